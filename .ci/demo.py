"Check what `musechat demo --out FOLDER` left: one page that needs nothing else, and a video with sound: demo.py FOLDER"
import re
import sys
from pathlib import Path

import av

def check_page(page):
    "Pictures and players are inside the page; nothing comes from elsewhere."
    text = page.read_text(encoding='utf-8')
    outside = [u for u in re.findall(r'(?:src|href)\s*=\s*["\']([^"\']+)', text) if not re.match(r'data:|#', u)]
    assert not outside, f'{page.name} needs {outside[:5]}'
    for what in ('<audio', '<img', 'data:audio', 'data:image'): assert what in text, f'{page.name} has no {what}'

def check_video(path):
    "The video opens and has a second or more of sound that is not silence."
    with av.open(str(path)) as file:
        assert file.streams.video and file.streams.audio, f'{path.name} lacks a picture or a sound stream'
        frames = [abs(f.to_ndarray().astype(float)).max() for f in file.decode(audio=0)]
        assert len(frames) > 20 and max(frames) > 0, f'{path.name} is silent'

def main(folder):
    pages, videos = list(folder.rglob('*.html')), list(folder.rglob('*.mp4'))
    assert len(pages) == 1 and videos, f'{folder} has pages {pages} and videos {videos}'
    check_page(pages[0])
    for path in videos: check_video(path)
    def size(path): return f'{path}: {path.stat().st_size/1e6:.1f} MB'
    print('; '.join(map(size, [pages[0], *videos])))

if __name__ == '__main__': main(Path(sys.argv[1]))
