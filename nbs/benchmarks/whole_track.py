"""How many pieces of a track are enough: `python whole_track.py MUSIC... --out whole_track.json`.

Hears all of each track, piece after piece, and asks how near a few of the pieces come to it. MUSIC are files and folders
that you have; what is written holds figures only, no name and no sound."""
import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from musechat.chat.recommenders import shipped_recommender
from musechat.core.errors import MediaError
from musechat.core.files import content_hash
from musechat.encoders.audio import is_score, MusicnnMusic, summary_tags
from musechat.library.scan import find_audio
from musechat.media.pieces import read_pieces, sound_id, spread_starts
from musechat.media.read import probe, read_audio, segment_waves
from musechat.media.tempo import estimate_bpm
from musechat.models.fusion import Fusion
from musechat.models.saving import evaluating

counts = 4, 6, 8, 10, 12, 14, 16, 18, 24, 36

def nearest(starts, wanted):
    "Numbers of the pieces that start nearest to some times, each once."
    return sorted({int(np.abs(starts - t).argmin()) for t in wanted})

def chosen(starts, whole_s):
    "Which pieces each way hears."
    ways = {'all': range(len(starts))}
    middle = (starts + 1.5 > whole_s/2 - 60) & (starts + 1.5 < whole_s/2 + 60)
    ways['central 120 s'] = np.flatnonzero(middle)
    for n in counts: ways[f'{n} spread'] = nearest(starts, spread_starts(whole_s, 3., n))
    return {name: list(map(int, rows)) for name, rows in ways.items()}

def tempi(waves):
    "Beats a minute of the middle 15, 30, 60 and 120 s."
    wave = waves.reshape(-1)
    middle = len(wave)//2
    return {s: estimate_bpm(wave[max(0, middle - s*8000):middle + s*8000]) for s in (15, 30, 60, 120)}

def hear(music, path):
    "Vectors and scores of a track by way of hearing it."
    heard = read_pieces(path, n=None)
    tokens, _ = music.encode(heard.waves, heard.mask)
    summary = tokens[:, 0, :500]
    scores = torch.tensor([[*r['mtt'].values(), *r['msd'].values()] for r in summary_tags(summary)])
    ways = {}
    for name, rows in chosen(heard.times_s[:, 0], heard.duration_s).items():
        vector = F.normalize(F.normalize(summary[rows], dim=-1).mean(0), dim=0)
        ways[name] = dict(vector=vector.numpy(), scores=scores[rows].mean(0).numpy(), n=len(rows))
    return dict(ways=ways, seconds=heard.duration_s, bpm=tempi(heard.waves), summary=summary, times=heard.times_s)

def rank_correlation(a, b):
    "Spearman's, of values without ties."
    ranks = [np.argsort(np.argsort(x)) for x in (a, b)]
    return float(np.corrcoef(*ranks)[0, 1])

def similarities(vectors):
    "Cosines of all pairs of tracks."
    return (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]

def compare(tracks, way):
    "How near a way comes to hearing all."
    ours, whole = ([t['ways'][name] for t in tracks] for name in (way, 'all'))
    vectors, all_vectors = (np.array([r['vector'] for r in rows]) for rows in (ours, whole))
    a, b = (np.array([r['scores'] for r in rows]) for rows in (ours, whole))
    return dict(way=way, similarities=rank_correlation(similarities(vectors), similarities(all_vectors)),
                tags_over_tracks=float(np.mean([rank_correlation(x, y) for x, y in zip(a.T, b.T)])),
                tags_of_a_track=float(np.mean([rank_correlation(x, y) for x, y in zip(a, b)])),
                network=sum(r['n'] for r in ours)/sum(r['n'] for r in whole))

def same_tempo(tracks, s):
    "Share of the tracks with a tempo over 120 s that have the same, to 4 %, over s seconds."
    told = [(t['bpm'][s], t['bpm'][120]) for t in tracks if t['bpm'][120]]
    return float(np.mean([bool(x) and abs(x/y - 1) < .04 for x, y in told]))

def in_threes(summary):
    "Summaries of nine seconds out of those of three: what the shipped model was trained on, but for a second."
    x, n = summary.double(), len(summary)//3*3
    x[:, is_score] = x[:, is_score].sigmoid()
    x = x[:n].unflatten(0, (-1, 3)).mean(1)
    x[:, is_score] = torch.logit(x[:, is_score], eps=1e-7)
    return x.float()

@torch.no_grad()
def compare_model(tracks):
    "Tracks as the shipped recommender places them, by what it is given; and how near that is to all of the track."
    model, ways = Fusion.from_pretrained(shipped_recommender()), {}
    for t in tracks:
        x, rows = t['summary'], chosen(t['times'][:, 0], t['seconds'])
        given = {'all, 9 s': in_threes(x), 'central 120 s, 9 s': in_threes(x[rows['central 120 s']])}
        given |= {f'{n} pieces': x[rows[f'{n} spread']] for n in (12, 16, 24)}
        with evaluating(model): found = {name: model.track(part.float()) for name, part in given.items()}
        for name, emb in found.items(): ways.setdefault(name, []).append(F.normalize(F.normalize(emb).mean(0), dim=0))
    ways = {name: torch.stack(rows).numpy() for name, rows in ways.items()}
    whole = ways['all, 9 s']
    def order(v): return float(np.mean([rank_correlation(v @ q, whole @ q) for q in whole]))
    return [dict(given=name, cosine=float((v*whole).sum(1).mean()), order=order(v)) for name, v in ways.items()]

def take_turns(music, paths):
    "Seconds of identifying, reading and encoding, as 0.1.0 did and as now, track by track."
    def encode(waves, mask): music.encode(waves, mask)
    def before(path):
        yield content_hash(path)
        audio = read_audio(path)
        yield
        encode(*segment_waves(audio.wave)[:2])
        yield
    def now(path):
        yield sound_id(path)
        heard = read_pieces(path)
        yield
        encode(heard.waves, heard.mask)
        yield
    def clock(steps):
        at = [time.perf_counter()]
        for _ in steps: at.append(time.perf_counter())
        return np.diff(at).tolist()
    return [dict(before=clock(before(p)), now=clock(now(p))) for p in paths]

def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('music', nargs='+')
    parser.add_argument('--out', default='whole_track.json')
    parser.add_argument('--timed', type=int, default=8, help="tracks that are also timed, the old way and the new in turns")
    parser.add_argument('--keep', help="a file for the summaries of all pieces (torch)")
    args = parser.parse_args()
    music, tracks = MusicnnMusic.from_pretrained(device='cpu'), []
    for path in find_audio(args.music).files:
        try:
            if not 90 <= probe(path).duration_s <= 600: continue
            tracks.append(hear(music, path))
        except MediaError as e: print(e)
        if len(tracks) < 3: continue
        seconds = [t['seconds'] for t in tracks]
        about = dict(n_track=len(tracks), hours=sum(seconds)/3600, median_s=float(np.median(seconds)))
        about |= dict(rows=[compare(tracks, way) for way in tracks[0]['ways']])
        about |= dict(n_tempo=len(tracks), same_tempo={s: same_tempo(tracks, s) for s in (15, 30, 60)})
        about |= dict(model=compare_model(tracks))
        Path(args.out).write_text(json.dumps(about, indent=1) + '\n')
        if args.keep: torch.save([{k: t[k] for k in ('summary', 'times', 'seconds', 'bpm')} for t in tracks], args.keep)
    paths = list(find_audio(args.music).files)[:args.timed]
    Path(args.out).write_text(json.dumps(about | dict(timed=take_turns(music, paths)), indent=1) + '\n')

if __name__ == '__main__': main()
