"""Check that a plain installation can chat, and holds nothing that only other tasks need: chat_only.py MUSECHAT

MUSECHAT is the command of the installation, and this is run by its Python."""
import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import musechat

heavy = 'peft accelerate datasets midirenderer openai torchmetrics matplotlib tensorboard yt_dlp jupyterlab'.split()
sample = Path(musechat.__file__).parent/'sample'

def run(*args):
    "What a command prints."
    done = subprocess.run([sys.argv[1], *args], text=True, capture_output=True, timeout=600)
    if done.returncode: sys.exit(f"musechat {' '.join(args)} failed: {done.stderr[-2000:]}")
    return done.stdout

def main():
    if there := [m for m in heavy if find_spec(m)]: sys.exit(f"a chat does not need {', '.join(there)}")
    video, library, made = next(sample.glob('*.mp4')), Path('library'), Path('with-music.mp4')
    run('index', *map(str, sorted(sample.glob('0*.mp3'))[:5]), '--library', str(library))
    first = json.loads(run('recommend', str(video), '--library', str(library), '--json'))
    track = first['turns'][0]['tracks'][0]['track_id']
    talk = json.loads(run('chat', str(video), '--library', str(library), '--say', 'slower, with a piano', '--json'))
    assert len(talk['turns']) == 2 and all(turn['reply'] for turn in talk['turns']), talk
    run('export', str(video), track, '--library', str(library), '--out', str(made))
    assert made.stat().st_size > 10_000
    asked = [sys.argv[1], 'train', 'generator', '--data', '.', '--out', 'x']
    refused = subprocess.run(asked, text=True, capture_output=True)
    assert refused.returncode == 1 and "pip install 'musechat[train]'" in refused.stderr, refused.stderr

if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as tmp:
        os.chdir(tmp)
        main()
