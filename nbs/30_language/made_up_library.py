"""A made-up library: tracks of the styles in made_up_styles.tsv, the same ones for the same seed."""
import csv
from pathlib import Path

import numpy as np
import torch

from musechat.core.types import Track, TrackTable
from musechat.encoders.musicnn import msd_tags, mtt_tags
from musechat.language.vocabulary import columns, read_weights

def style_rows():
    with open(Path(__file__).parent/'made_up_styles.tsv', encoding='utf-8', newline='') as f:
        return {row['style']: row for row in csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE)}

def style_logits(tags, rng):
    "Logits (3, 100) of a track's three segments, around those of its style."
    level = {tag.lower(): p for tag, p in read_weights(tags)}
    p = np.array([level.get(tag.lower(), .03) for _, tag in columns])
    return np.log(p/(1 - p)) + rng.normal(0, .5, (3, 100)) + rng.normal(0, .4, 100)

def made_up_track(style, i, bpm, logits, rng):
    scores = (1/(1 + np.exp(-logits))).mean(0).tolist()
    year, length = 1970 + 5*int(rng.integers(10)), float(rng.integers(60, 400))
    return Track(f'{style}{i}', f'{style}{i}.mp3', title=f'{style} number {i}', artist=f'{style} band {i % 3}',
                 year=year, duration_s=length, bpm=float(bpm + rng.integers(-6, 7)),
                 mtt=dict(zip(mtt_tags, scores)), msd=dict(zip(msd_tags, scores[50:])))

def made_up_library(kinds=None, per_style=6, seed=0):
    "Tracks of known styles, all twelve by default, with three segments each."
    rng, styles, tracks, segments = np.random.default_rng(seed), style_rows(), [], []
    for style in styles if kinds is None else kinds:
        for i in range(per_style):
            logits = style_logits(styles[style]['tags'], rng)
            tracks.append(made_up_track(style, i, int(styles[style]['bpm']), logits, rng))
            segments.append(torch.from_numpy(logits).float())
    n, unit = len(tracks), torch.nn.functional.normalize
    flat = torch.cat([torch.zeros(0, len(columns)), *segments])
    mean = unit(flat, dim=1).reshape(n, 3, len(columns)).mean(1)
    times = torch.tensor([[10.*i, 10.*i + 10] for i in range(3)]*n).reshape(-1, 2)
    return TrackTable(tracks, unit(mean, dim=1), flat, torch.arange(n + 1)*3, times, flat.sigmoid())
