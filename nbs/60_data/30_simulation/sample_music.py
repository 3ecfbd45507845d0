"""Makes the tracks of the sample library: composes, plays, levels, encodes and tags them. It needs FluidSynth and a soundfont."""
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from musechat.core.files import atomic_path, write_atomic
from musechat.data.simulation.music import compose, Score, styles, to_midi
from musechat.data.simulation.rendering import encode_mp3, render

if sys.version_info >= (3, 11): import tomllib
else: import tomli as tomllib

def level(
    wave:np.ndarray,            # float32 (n, 2)
    sample_rate_hz:int=32000,
    target_db:float=-18.,       # mean power of what sounds, dB of full scale
    max_s:float=27.,            # longer tails are faded out
)->np.ndarray:                  # float32 (n, 2), peak below 0.9
    "Trim, level and fade a rendering."
    block = sample_rate_hz//10
    power = (wave[:len(wave)//block*block].reshape(-1, block*wave.shape[1])**2).mean(1)
    if not power.max() > 0: raise ValueError('the rendering is silent')
    sounds = np.flatnonzero(power > power.max()*1e-5)
    wave = wave[:min((sounds[-1] + 2)*block, int(max_s*sample_rate_hz))]
    loud = power[power > power.max()*1e-3].mean()
    wave = wave*np.sqrt(10**(target_db/10)/loud)
    wave = np.where(np.abs(wave) > .6, np.sign(wave)*(.6 + .3*np.tanh((np.abs(wave) - .6)/.3)), wave)
    fade = min(len(wave), sample_rate_hz//2)
    wave[-fade:] *= np.linspace(1, 0, fade)[:, None]
    return wave.astype(np.float32)

def write_mp3(
    wave:np.ndarray,              # float32 (n, 2) in [-1, 1]
    path:str|Path,
)->Path:
    "Encode stereo at 32 kHz as an MP3 file that is whole or absent."
    with atomic_path(path) as tmp: encode_mp3(wave, tmp)
    return Path(path)

@dataclass(frozen=True)
class Piece:
    "A track of the sample library: how it is composed, and what its file says of itself."
    file: str
    style: str
    tempo_bpm: float
    key: str
    mode: str
    seed: int
    title: str|None = None
    artist: str|None = None
    album: str|None = None
    year: int|None = None

def _read_pieces()->tuple[Piece, ...]:
    rows = tomllib.loads((Path(__file__).parent/'pieces.toml').read_text('utf-8'))['pieces']
    return tuple(Piece(**row) for row in rows)

pieces = _read_pieces()

def compose_piece(
    piece:Piece,
)->Score:
    "The score of a track of the sample library."
    return compose(piece.style, piece.tempo_bpm, piece.key, piece.mode, piece.seed, duration_s=22.5)

def write_tags(
    path:str|Path,     # an MP3 file
    piece:Piece,
    genre:str,
)->None:
    "Write ID3 tags: what is not known stays out; the licence in its own frames."
    from mutagen.id3 import COMM, ID3, TALB, TCOP, TDRC, TCON, TIT2, TPE1, WCOP
    tags = ID3()
    for frame, text in ((TIT2, piece.title), (TPE1, piece.artist), (TALB, piece.album), (TDRC, piece.year and str(piece.year))):
        if text: tags.add(frame(encoding=3, text=text))
    if piece.title: tags.add(TCON(encoding=3, text=genre))
    tags.add(TCOP(encoding=3, text='CC0-1.0'))
    tags.add(WCOP(url='https://creativecommons.org/publicdomain/zero/1.0/'))
    tags.add(COMM(encoding=3, lang='eng', desc='', text='Composed by musechat, played by FluidSynth with the FluidR3 soundfont (Frank Wen, MIT)'))
    tags.save(path)

def ground_truth(
    piece:Piece,
    score:Score,
    duration_s:float,      # of the file
)->dict:
    "What is known of a track because we made it."
    s = styles[piece.style]
    return dict(file=piece.file, style=s.name, genre=s.genre, moods=list(s.moods), tempo_bpm=score.tempo_bpm, key=score.key, mode=score.mode,
                beats_per_bar=score.beats_per_bar, instruments=sorted(set(score.instruments)), has_drums=score.has_drums,
                has_choir=score.has_choir, seed=piece.seed, duration_s=round(duration_s, 2), title=piece.title, artist=piece.artist,
                album=piece.album, year=piece.year, licence='CC0-1.0')

def make_track(
    piece:Piece,
    folder:str|Path,                 # where the MP3 goes
    soundfont:str|Path|None=None,
)->dict:                             # its ground truth
    "Compose, play, level, encode and tag a piece."
    score = compose_piece(piece)
    wave = level(render(to_midi(score), soundfont, room=score.room))
    path = write_mp3(wave, Path(folder)/piece.file)
    write_tags(path, piece, styles[piece.style].genre)
    return ground_truth(piece, score, len(wave)/32000)

def make_library(
    folder:str|Path,
    soundfont:str|Path|None=None,
)->Path:                             # the folder
    "Make all tracks and `tracks.json`, which says what is true of them."
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    truth = [make_track(p, folder, soundfont) for p in pieces]
    write_atomic(folder/'tracks.json', json.dumps(dict(tracks=truth), indent=1, ensure_ascii=False))
    return folder
