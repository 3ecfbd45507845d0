"""What musechat sees in videos and hears in tracks, beside what a person says of them.

`see_and_hear.py FOLDER` reads `FOLDER/videos/videos.tsv` and `FOLDER/tracks/tracks.tsv` (columns id, source, told; the file
of a row is named after its id) and prints JSON. Verdicts are written into it by a reader afterwards."""
import csv
import json
import sys
import tempfile
from pathlib import Path

from musechat.encoders.impression import sure_tags, words_for
from musechat.encoders.registry import load_encoders
from musechat.language.tag_recommender import TagRecommender
from musechat.library.library import Library
from musechat.media.read import read_frames

def rows_of(folder):
    "Rows of a table with the file of each."
    with open(folder/f'{folder.name}.tsv', encoding='utf-8', newline='') as f:
        return [(row, next(folder.glob(f"{row['id']}.*"))) for row in csv.DictReader(f, delimiter='\t')]

def look(recommender, folder):
    "What is seen in each video."
    for row, path in rows_of(folder):
        frames = read_frames(path, fps=1.)
        seen = recommender.watch(frames.images, frames.times_s)
        said = list(dict.fromkeys(r.seen for r in sorted(seen.reasons, key=lambda r: -r.weight)))
        yield dict(id=row['id'], source=row['source'], told=row['told'], said=said)

def listen(recommender, encoders, folder):
    "What is heard in each track."
    with tempfile.TemporaryDirectory() as tmp:
        library = Library.open(Path(tmp)/'library', encoders, recommender)
        library.add(folder)
        tracks = {Path(t.path).stem: t for t in library.tracks()}
    for row, path in rows_of(folder):
        track = tracks[path.stem]
        yield dict(id=row['id'], source=row['source'], told=row['told'], bpm=track.bpm,
                   said=words_for(track, [*sure_tags(track, 'mtt', 3), *sure_tags(track, 'msd', 2)]))

def main(folder):
    encoders = load_encoders()
    recommender = TagRecommender(encoders)
    print(json.dumps(dict(videos=list(look(recommender, folder/'videos')),
                          tracks=list(listen(recommender, encoders, folder/'tracks'))), indent=1))

if __name__ == '__main__': main(Path(sys.argv[1]))
