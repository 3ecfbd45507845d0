"""The ratchet: how much worse than a rule each file still is, in limits.toml. A figure there may only fall.

A file is a line of its rule: how many places break the rule, and how far the worst of them goes."""
import re
from collections import defaultdict
from pathlib import Path

path = Path(__file__).with_name('limits.toml')
head = """# Files that are still worse than a rule of checks.py: how many places, and the figure of the worst.
# A figure may only fall, and a file that is not named meets the rule. `python .ci/checks.py --tighten` writes what has
# become better, and joins the two sides of a merge. A file with a new name takes its figures along by
# `python .ci/checks.py --moved OLD NEW`.
"""
line = re.compile(r'"(?P<file>[^"]+)" = \{ (?P<figures>.*?) \}')

how = 'run .ci/checks.py --tighten'

def better(one, other):
    "The lower figure of each kind."
    return {k: min(one.get(k, v), other.get(k, v)) for k, v in {**one, **other}.items()}

def load():
    "{rule: {file: {'count': 3, 'worst': 140}}}; of two lines for one file, as a merge leaves them, the lower figures."
    found, rule = defaultdict(dict), None
    for text in path.read_text(encoding='utf-8').splitlines() if path.exists() else []:
        if m := re.match(r'\[(\w+)\]', text): rule = m[1]
        elif m := line.match(text):
            figures = {k: int(v) for k, v in re.findall(r'(\w+) = (\d+)', m['figures'])}
            found[rule][m['file']] = better(figures, found[rule].get(m['file'], {}))
    return dict(found)

def entry(file, figures):
    inner = ', '.join(f'{k} = {v}' for k, v in figures.items())
    return f'"{file}" = {{ {inner} }}'

def as_text(limits, notes):
    "limits.toml; `notes` has what to say of each rule, in order."
    parts = [head]
    for rule, note in notes.items():
        found = limits.get(rule)
        if found: parts += ['', f'[{rule}]    # {note}', *(entry(f, found[f]) for f in sorted(found))]
    return '\n'.join(parts).rstrip() + '\n'

def save(limits, notes): path.write_text(as_text(limits, notes), encoding='utf-8')

def is_tidy(notes): return path.read_text(encoding='utf-8') == as_text(load(), notes)

def measured(breaches):
    "{file: {'count': 3, 'worst': 140}} of what a rule found."
    found = defaultdict(list)
    for b in breaches: found[b.file].append(b.figure)
    return {file: summary(figures) for file, figures in found.items()}

def summary(figures):
    known = [f for f in figures if f is not None]
    return dict(count=len(figures)) | (dict(worst=max(known)) if known else {})

def tightened(limits, now):
    "Limits of a rule lowered to what is there now; never raised, and none added."
    return {file: better(old, now[file]) for file, old in limits.items() if file in now}

def moved(limits, old, new):
    "Limits with the figures of one file under another name."
    for files in limits.values():
        if old in files: files[new] = joined(files.pop(old), files.get(new, {}))
    return limits

def joined(one, other):
    "Figures of two files that are one now."
    if not other: return one
    worst = [f['worst'] for f in (one, other) if 'worst' in f]
    return dict(count=one['count'] + other['count']) | (dict(worst=max(worst)) if worst else {})

def complaints(breaches, limits):
    "What is worse than its limit, and what is better: both fail."
    now = measured(breaches)
    bad = []
    for file in sorted(now.keys() | limits.keys()):
        old, new = limits.get(file, {}), now.get(file, {})
        raised = [f'{k} {new[k]} instead of {old[k]}' for k in new if k in old and new[k] > old[k]]
        lowered = [f'{k} {new.get(k, 0)} instead of {v}' for k, v in old.items() if new.get(k, 0) < v]
        places = [b.text for b in sorted(breaches, key=lambda b: -(b.figure or 0)) if b.file == file]
        if not old: bad += places
        elif raised: bad += [f'{file} is worse than its limit: {", ".join(raised)}', *(f'    {p}' for p in places)]
        elif lowered: bad.append(f'{file} is better than its limit: {", ".join(lowered)}. Lower it: {how}')
    return bad
