"""The figures of a project's density that a reader meets: density.py [FOLDER] [--compare FOLDER] [--save].

FOLDER is any nbdev project, this one by default. Beside its figures stand those of the day from which they were to
fall, kept in density.json, or those of another folder. --save keeps this folder's figures instead."""
import argparse
import ast
import json
import statistics
from configparser import ConfigParser
from pathlib import Path

import measures as m
from notebooks import directives, notebooks, read, root, source

kept = root/'.ci'/'density.json'
wanted = {
    'prose, share of characters': '20 % or more',
    'a function, median characters (lines)': '250 (6)',
    'code lines over 120 characters': 'none',
    'an exported cell, median lines (90th percentile)': '10 (25)',
    'a lesson cell, median lines (90th percentile)': '4 (10)',
    'assertions a test cell, 90th percentile (most)': '4 (6)',
    'nested comprehensions in 100 code lines': '0.2',
    'private functions': 'under half',
    'public parameters typed / docstrings': 'keep',
    'star imports, dead links, swallowed errors': 'keep',
    'characters of Python': '1.10 million or less'}

def folders(project):
    "Where a project's notebooks are, and its package: nbdev writes an index there."
    config = ConfigParser(delimiters=['='], interpolation=None)
    config.read(project/'settings.ini', encoding='utf-8')
    package = min(project.rglob('_modidx.py'), key=lambda p: len(p.parts)).parent
    return project/config['DEFAULT'].get('nbs_path', 'nbs'), package

class Project:
    "What is counted: pages with a module, their cells, the package's modules."
    def __init__(self, folder):
        nbs, package = folders(folder)
        self.books = {p: read(p) for p in notebooks(nbs)}
        self.pages = [nb for nb in self.books.values() if any('default_exp' in directives(c) for c in nb['cells'])]
        self.cells = [c for nb in self.pages for c in nb['cells'] if c['cell_type'] == 'code']
        self.texts = [p.read_text(encoding='utf-8') for p in sorted(package.rglob('*.py')) if p.name != '_modidx.py']
        self.trees = [ast.parse(text) for text in self.texts]

    @property
    def code(self): return [line for text in self.texts for line in m.code_lines(text)]

    def walk(self): return (n for tree in self.trees for n in ast.walk(tree))

def share(part, whole): return f'{100*part/max(whole, 1):.0f} %'

def percentile(values, at=.9):
    "The value that 90 % do not exceed, counted as the position of the nearest rank."
    ordered = sorted(values)
    return ordered[round(at*(len(ordered) - 1))] if ordered else 0

def median(values): return f'{statistics.median(values):.0f}' if values else '-'

def median_and_90(values): return f'{median(values)} ({percentile(values)})'

def prose(p):
    sizes = [m.prose_and_code(nb) for nb in p.pages]
    prose, code = (sum(s[i] for s in sizes) for i in (0, 1))
    return share(prose, prose + code)

def function_size(p):
    both = [(m.characters(text, f), m.span(f)) for text, tree in zip(p.texts, p.trees) for f in m.all_functions(tree)]
    return f'{median([size for size, _ in both])} ({median([lines for _, lines in both])})'

def long_lines(p):
    long = [len(line) for line in p.code if len(line) > 120]
    if not long: return 'none'
    return f'{share(len(long), len(p.code))}, {len(long):,}, the longest {max(long)}'

def exported_cells(p): return median_and_90([m.line_count(m.code_of(c)) for c in p.cells if m.is_exported(c)])

def lesson_cells(p): return median_and_90([m.line_count(m.code_of(c)) for c in p.cells if m.is_lesson(c)])

def test_cells(p):
    counts = [n for c in p.cells if not m.is_exported(c) and (n := m.assertions(source(c)))]
    return f'{percentile(counts)} ({max(counts, default=0)})'

def nesting(p): return f'{100*sum(map(m.nested_comprehensions, p.trees))/max(len(p.code), 1):.1f}'

def private(p):
    names = [n.name for tree in p.trees for n in tree.body if isinstance(n, m.functions)]
    return share(sum(name.startswith('_') for name in names), len(names))

def typed(p):
    public = [f for tree in p.trees for f in m.public_functions(tree.body)]
    typed = [a.annotation is not None for f in public for a in m.parameters(f)]
    told = [ast.get_docstring(f) is not None for f in public]
    return f'{share(sum(typed), len(typed))} / {share(sum(told), len(told))}'

def faults(p):
    cells = [c for nb in p.books.values() for c in nb['cells'] if c['cell_type'] == 'code']
    trees = [m.tree_if_python(source(c)) for c in cells]
    stars = sum(map(m.is_star, (n for tree in trees for n in ast.walk(tree))))
    links = sum(len(m.dead_links(path, nb)) for path, nb in p.books.items())
    return f'{stars}, {links}, {sum(map(m.swallows, p.walk()))}'

def size(p): return f'{sum(map(len, p.texts))/1e6:.2f} million'

rows = dict(zip(wanted, (prose, function_size, long_lines, exported_cells, lesson_cells, test_cells, nesting, private,
                         typed, faults, size)))

def figures(folder):
    "Every row of the table for a project."
    project = Project(Path(folder).resolve())
    return {name: row(project) for name, row in rows.items()}

def table(now, old):
    "The table as Markdown: `old` is (heading, figures)."
    heading, before = old
    lines = [['', heading, 'now', 'wanted'], ['---']*4]
    lines += [[name, before.get(name, ''), value, wanted[name]] for name, value in now.items()]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines)

def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('folder', nargs='?', default=root, type=Path)
    parser.add_argument('--compare', type=Path, help='a folder in place of the figures in density.json')
    parser.add_argument('--save', metavar='HEADING', help='keep this folder\'s figures in density.json')
    args = parser.parse_args()
    now = figures(args.folder)
    if args.save: return kept.write_text(json.dumps({args.save: now}, indent=1) + '\n', encoding='utf-8')
    old = json.loads(kept.read_text(encoding='utf-8'))
    if args.compare: old = {args.compare.name: figures(args.compare)}
    print(table(now, next(iter(old.items()))))

if __name__ == '__main__': main()
