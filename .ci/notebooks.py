"What the checks and the docs both need to know of the notebooks."
import json
import re
from pathlib import Path

root = Path(__file__).resolve().parent.parent
nbs = root/'nbs'

def source(cell): return ''.join(cell['source'])

def directives(cell):
    "Names behind `#|` in a code cell, such as {'export'}."
    return set(re.findall(r'^#\|\s*(\w+)', source(cell), re.M)) if cell['cell_type'] == 'code' else set()

def without_directives(text): return re.sub(r'^#\|.*\n?', '', text, flags=re.M)

def notebooks():
    "Paths in reading order: index, the numbered ones, then the rest by name; folders after their parent's files."
    found = [p for p in nbs.rglob('*.ipynb') if not any(part.startswith(('.', '_')) for part in p.relative_to(nbs).parts)]
    return sorted(found, key=lambda p: (len(p.parts), p.stem != 'index', not p.stem[0].isdigit(), p.as_posix()))

def read(path): return json.loads(path.read_text(encoding='utf-8'))

def module(nb):
    "Name after `default_exp`, or None for a page without a module."
    for cell in nb['cells']:
        if cell['cell_type'] == 'code' and (m := re.search(r'^#\|\s*default_exp\s+(\S+)', source(cell), re.M)): return m[1]

def page(path):
    "The page of a notebook, as nbdev names it: without its number."
    return path.relative_to(nbs).with_name(re.sub(r'^\d+[a-zA-Z0-9]*_', '', path.name.lower())).with_suffix('')
