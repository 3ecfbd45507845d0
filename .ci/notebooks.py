"What the checks and the docs both need to know of the notebooks."
import json
import math
import re
from pathlib import Path

root = Path(__file__).resolve().parent.parent
nbs = root/'nbs'

def source(cell): return ''.join(cell['source'])

def directives(cell):
    "Names behind `#|` in a code cell, such as {'export'}."
    return set(re.findall(r'^#\|\s*(\w+)', source(cell), re.M)) if cell['cell_type'] == 'code' else set()

def alt(cell):
    "What `#| fig-alt:` says of a cell's figure; lines that go on with more than one space belong to it."
    found = re.search(r'^#\|\s*fig-alt:[ \t]*[>|]?-?[ \t]*(.*(?:\n#\|[ \t]{2,}\S.*)*)', source(cell), re.M)
    return ' '.join(re.sub(r'\n#\|\s+', ' ', found[1]).split()).strip('"\'') if found else ''

def without_directives(text): return re.sub(r'^#\|.*\n?', '', text, flags=re.M)

def notebooks(folder=nbs):
    "Paths in reading order: index, the numbered files and rooms, other pages, then the other folders by name."
    found = [p for p in folder.rglob('*.ipynb') if not is_private(p.relative_to(folder))]
    return sorted(found, key=lambda p: reading_order(p, folder))

def is_private(path): return any(part.startswith(('.', '_')) for part in path.parts)

def reading_order(path, folder):
    "What notebooks are sorted by."
    at = place(path, folder)
    return path != folder/'index.ipynb', at is None, at or (), len(path.parts), path.as_posix()

def read(path): return json.loads(path.read_text(encoding='utf-8'))

def module(nb):
    "Name after `default_exp`, or None for a page without a module."
    for cell in nb['cells']:
        if cell['cell_type'] != 'code': continue
        if m := re.search(r'^#\|\s*default_exp\s+(\S+)', source(cell), re.M): return m[1]

def module_file(name): return root.joinpath('musechat', *name.split('.')).with_suffix('.py')

def place(path, folder=nbs):
    """Where a notebook stands in the order, by the numbers of its folders and its own: (20, 10) for
    20_encoders/10_musicnn.ipynb. None for pages outside the numbered rooms, which may use everything."""
    numbers = [re.match(r'(\d+)[a-zA-Z]?_', part) for part in path.relative_to(folder).parts]
    if not numbers[0]: return None
    found = tuple(int(m[1]) for m in numbers if m)
    return found if numbers[-1] else (*found, math.inf)    # without a number: at the end of its room

def room(path):
    "Folder below nbs/ that a notebook stands in, or None at the top."
    parts = path.relative_to(nbs).parts
    return nbs/parts[0] if len(parts) > 1 else None

def without_number(name): return re.sub(r'^\d+[a-zA-Z0-9]*_', '', name.lower())

def page(path):
    "The page of a notebook, as nbdev names it: without its number."
    return path.relative_to(nbs).with_name(without_number(path.name)).with_suffix('')
