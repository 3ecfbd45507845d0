"""Judge what is seen in labelled shots, once: `python judge_sights.py HELDOUT OUT.json`.

`HELDOUT` holds `labels.tsv` (columns id, repo, yes, maybe) and `clips/ID.mp4`. With a folder of an older musechat in
PYTHONPATH its scenes are judged by the kinds that `old` names for each.
"""
import csv, json, sys
from pathlib import Path

import numpy as np

from musechat.encoders.vision import LiteVideo
from musechat.language.scenes import describe_video, scenes
from musechat.media.read import read_frames

named, plain = .25, ('indoor', 'outdoor', 'day')
instruments = 'guitar, electric guitar, piano, strings, wind instruments, percussion'.split(', ')
old = {
    'sport': 'sport', 'racing and riding': 'car or racing, sport', 'food and kitchen': 'food and drink, kitchen',
    'sea and mountains': 'beach and sea, river and lake, mountains', 'stage': 'stage and concert', 'dress and dance': 'dance',
    'home and rest': 'home', 'children and toys': 'children', 'pets': 'pets', 'wildlife': 'wild animals, fish, underwater',
    'birds and flowers': 'birds, garden and flowers', 'insects and reptiles': 'wild animals',
    'churches and castles': 'church, ruins and castle', 'town and traffic': 'city, street and traffic, shop or restaurant',
    'machines and screens': 'office and screens, drawing or text on screen, video game', 'space and flight': 'space, aircraft',
    'war': 'fight and war', 'party': 'crowd, dance, stage and concert, wedding', 'wedding': 'wedding',
    'country life': 'fields and countryside, farm animals', 'winter': 'snow and ice', 'craft and work': 'workshop and machines',
    'books and desks': 'office and screens', 'laboratory and health': 'laboratory and health',
    **dict.fromkeys(instruments, 'playing an instrument')}

def kinds_of(text): return {k.strip() for k in text.replace(';', ',').split(',') if k.strip()}

def watch(net, path, is_new):
    "What is said to be seen in a clip: sets of kinds, any of which makes the saying right."
    frames = read_frames(path, fps=1.)
    emb, logits = net.encode_and_classify(frames.images)
    if not is_new:
        shown = describe_video(frames.images, frames.times_s, logits).scenes
        first = shown and shown[0][1] >= .25
        return [kinds_of(old[name]) for name, share in shown[:2] if first and share >= .15]
    shown = describe_video(frames.images, frames.times_s, logits, emb).scenes
    name_of = {scene.said: scene.name for scene in scenes}
    return [{name_of[said]} for said, share in shown if share >= named]

def verdicts(said, yes, maybe):
    "1 right, 0 wrong, None neither, of each saying."
    return [1 if kinds & yes else None if kinds & maybe else 0 for kinds in said]

def figures(shots, keep=lambda kinds: True, n=2000):
    "Precision and share of shots named, each with its interval."
    said = [[kinds for kinds in shot['said'] if keep(kinds)] for shot in shots]
    judged = [verdicts(s, shot['yes'], shot['maybe']) for s, shot in zip(said, shots)]
    right, known = (np.array([sum(x is not None and x >= least for x in v) for v in judged]) for least in (1, 0))
    has = np.array([len(s) > 0 for s in said])
    pick = np.random.default_rng(0).integers(len(shots), size=(n, len(shots)))
    def row(value, draws): return [round(float(x), 4) for x in (value, *np.quantile(draws, (.025, .975)))]
    precision = row(right.sum()/max(1, known.sum()), right[pick].sum(1)/np.maximum(1, known[pick].sum(1)))
    return dict(precision=precision, named=row(has.mean(), has[pick].mean(1)), n_said=int(known.sum()))

def by_kind(shots):
    "How often each kind was said, was right, was wrong, and was there without being said."
    out = {}
    for scene in scenes:
        said = [{scene.name} in shot['said'] for shot in shots]
        right = [s and scene.name in shot['yes'] for s, shot in zip(said, shots)]
        wrong = [s and scene.name not in shot['yes'] | shot['maybe'] for s, shot in zip(said, shots)]
        missed = [not s and scene.name in shot['yes'] for s, shot in zip(said, shots)]
        if any(said) or any(missed): out[scene.name] = {
            name: sum(x) for name, x in dict(said=said, right=right, wrong=wrong, missed=missed).items()}
    return out

def main(heldout, out):
    "Watch every shot and save the figures."
    is_new = hasattr(scenes[0], 'said')
    with open(Path(heldout)/'labels.tsv', newline='') as f: rows = list(csv.DictReader(f, delimiter='\t'))
    net = LiteVideo.from_pretrained()
    shots = [dict(id=r['id'], source=r['repo'], yes=kinds_of(r['yes']), maybe=kinds_of(r['maybe']),
                  said=watch(net, Path(heldout)/'clips'/f"{r['id']}.mp4", is_new)) for r in rows]
    table = {'now' if is_new else 'before': figures(shots)}
    if is_new: table['now, without indoor, outdoor and day'] = figures(shots, lambda kinds: not kinds & set(plain))
    result = dict(n_shot=len(shots), n_source=len({s['source'] for s in shots}), rows=table,
                  kinds=by_kind(shots) if is_new else {})
    Path(out).write_text(json.dumps(result, indent=1) + '\n', 'utf-8')
    print(json.dumps(table, indent=1))

if __name__ == '__main__': main(*sys.argv[1:])
