"""Rules that a program can check, one function each; a function returns the places that break it.

    checks.py                       lists the rules
    checks.py NAME                  runs one; a file in limits.toml may break it as far as stands there, and no less
    checks.py [NAME] --all [PATH]   every place that breaks it, whatever limits.toml says; PATH: only below it
    checks.py [NAME] --tighten      writes lower figures into limits.toml where files have become better
    checks.py --moved OLD NEW       a file was moved: its figures go with it
    checks.py [NAME] --record       writes limits.toml anew, higher figures too: for the step that lays out the rooms

Without a name, --tighten and --record leave out what takes minutes: `types`."""
import argparse
import ast
import re
import subprocess
import sys
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cache

import limits
import measures as m
from imports import (dotted, folder_of, imported, inits, is_import, modules, notebook_of, number, package, parsed,
                     places, private_names, shown, where)
from notebooks import module, notebooks, place, read, root, source

@dataclass(frozen=True)
class Breach:
    "A place that breaks a rule."
    file: str
    text: str
    figure: int|None = None    # how far, where the rule has a limit

@dataclass(frozen=True)
class Code:
    "Code of one cell, or of a module that no notebook makes."
    file: str
    at: str          # what a message calls the place
    text: str
    home: str        # folder of its module inside the package
    exported: bool
    cell: dict|None = None

    @property
    def tree(self): return m.tree(self.text)

    def breach(self, text='', figure=None): return Breach(self.file, f'{self.at}{text}', figure)

@cache
def pages(): return [(p, read(p)) for p in notebooks()]

def cells(kind='code'):
    "Every cell of a kind, as (file, place, cell)."
    for path, nb in pages():
        for i, c in enumerate(nb['cells']):
            if c['cell_type'] == kind: yield shown(path), f'{shown(path)} cell {i}', c

@cache
def codes():
    "The code of every cell, in order."
    found = []
    for path, nb in pages():
        home = folder_of(module(nb) or '')
        for i, c in enumerate(nb['cells']):
            if c['cell_type'] != 'code': continue
            found.append(Code(shown(path), f'{shown(path)} cell {i}', m.code_of(c), home, m.is_exported(c), c))
    return found

def by_hand():
    "Modules that no notebook makes: the sub-packages' own files."
    return [Code(shown(p), shown(p), p.read_text(encoding='utf-8'), dotted(p), True) for p in inits()]

def exported(): return [c for c in codes() if c.exported] + by_hand()

def lessons(): return [c for c in codes() if m.is_lesson(c.cell)]

def git(*args): return subprocess.run(['git', *args], cwd=root, check=True, capture_output=True, text=True).stdout

# The order of the rooms, and what may be imported

def stale_modules():
    "A module whose notebook is gone or renamed, or a sub-package without modules: export never removes them."
    made = notebook_of()
    lost = [Breach(shown(p), f'{shown(p)} comes from no notebook') for p in modules() if dotted(p) not in made]
    folders = {folder_of(name) for name in made}
    def is_empty(name): return not any(f'{folder}.'.startswith(f'{name}.') for folder in folders)
    empty = [p for p in inits() if p.parent != package and is_empty(dotted(p))]
    return lost + [Breach(shown(p), f'{shown(p)} is in a folder for which no notebook makes a module') for p in empty]

dist_names = dict(PIL='pillow', decord='decord2')    # packages whose import has another name

def named(text): return {name.lower().replace('_', '-') for name in re.findall(r'(?:^|\s)([A-Za-z][\w.-]*)', text)}

def settings():
    config = ConfigParser(delimiters=['='], interpolation=None)
    config.read(root/'settings.ini', encoding='utf-8')
    return config['DEFAULT']

def extras():
    "Packages of each extra that settings.ini has."
    found = {k.removesuffix('_requirements'): named(v) for k, v in settings().items() if k.endswith('_requirements')}
    return found | {'all': set().union(*found.values())}

def required():
    "Packages that settings.ini asks for: (always, with an extra)."
    users = [packages for name, packages in extras().items() if name not in ('dev', 'docs', 'all')]
    return named(settings()['requirements']), set().union(*users)

def as_dist(name): return dist_names.get(name, name).lower().replace('_', '-')

def named_extras():
    "An extra that a page or `require(...)` names is one of settings.ini, and has the packages that are asked of it."
    known = extras()
    texts = [(shown(p), source(c)) for p, nb in pages() for c in nb['cells']]
    said = [(file, e) for file, text in texts for names in re.findall(r'musechat\[([\w, ]+)\]', text)
            for e in re.split('[, ]+', names)]
    bad = [Breach(file, f'{file} names the extra {e}') for file, e in said if e not in known]
    asking = [(c, m.strings(n)) for c in exported() for n in ast.walk(c.tree) if m.calls(n, 'require')]
    for c, (extra, *asked) in asking:
        lacking = [a for a in asked if as_dist(a) not in known.get(extra, ())]
        if extra not in known or lacking: bad.append(c.breach(f': {extra} has no {lacking or "packages"}'))
    return bad

def requirements():
    "A module imports Python's own and the requirements; a package of an extra is imported only inside a function."
    always, extras = required()
    own = set(sys.stdlib_module_names) | {'musechat'}
    bad = []
    for path in [*inits(), *modules()]:
        for name, at_top in sorted(outside(path)):
            dist = as_dist(name)
            if name in own or dist in always or dist in extras and not at_top: continue
            bad.append(Breach(shown(path), f'{shown(path)} imports {dist}' + (' at the top' if dist in extras else '')))
    return bad

def is_run_later(node):
    "Whether what stands below a node is left alone when the module is imported."
    types_only = isinstance(node, ast.If) and ast.unparse(node.test).endswith('TYPE_CHECKING')
    return types_only or isinstance(node, m.functions)

def outside(path):
    "(top-level name, whether imported when the module is) of what a file imports by its full name."
    later = {n for f in ast.walk(parsed(path)) if is_run_later(f) for n in ast.walk(f) if n is not f}
    found = set()
    for n in ast.walk(parsed(path)):
        if isinstance(n, ast.Import): found |= {(a.name.split('.')[0], n not in later) for a in n.names}
        elif isinstance(n, ast.ImportFrom) and not n.level: found.add((n.module.split('.')[0], n not in later))
    return found

def import_order():
    "A module imports only from rooms above its own and, inside its room, from lower numbers."
    lost = [p for p in modules() if dotted(p) not in places()]
    bad = [Breach(shown(p), f'{shown(p)} comes from a notebook without a number') for p in lost]
    for path in modules():
        here = places().get(dotted(path))
        if here is None: continue
        others = set(imported(parsed(path), folder_of(dotted(path))))
        wrong = sorted(other for other in others if places().get(other, here) >= here)
        bad += [Breach(shown(path), f'{shown(path)} ({number(here)}) imports {other}{where(other)}') for other in wrong]
    return bad + twins() + foreign_inits()

def twins():
    "Modules whose notebooks have the same number."
    seen, bad = {}, []
    for name, at in places().items():
        path = shown(notebook_of()[name])
        other = seen.setdefault(at, path)
        if other != path: bad.append(Breach(path, f'{path} has the number {number(at)} of {other}'))
    return bad

def foreign_inits():
    "Sub-packages that import from outside themselves."
    bad = []
    for path in inits():
        if path.parent == package: continue
        names = sorted(set(imported(parsed(path), dotted(path))))
        foreign = [name for name in names if not f'{name}.'.startswith(f'{dotted(path)}.')]
        bad += [Breach(shown(path), f'{shown(path)} imports {name}, from outside') for name in foreign]
    return bad

def lesson_order():
    "A lesson, too, imports only from rooms above its own, from lower numbers in its room, and from its own module."
    bad = []
    for code in codes():
        here = place(root/code.file)
        if here is None or code.exported: continue
        later = {other for other in imported(code.tree, code.home) if places().get(other, here) > here}
        bad += [code.breach(f' imports {other}{where(other)}') for other in sorted(later)]
    return bad

def private_imports():
    "No private name of another module is used."
    return [c.breach(f' uses {name}') for c in codes() + by_hand() for name in private_names(c.tree, c.home)]

def pyflakes():
    "What pyflakes finds in the package and in .ci."
    files = [*sorted(package.rglob('*.py')), *sorted((root/'.ci').rglob('*.py')), *root.glob('setup.py')]
    command = [sys.executable, '-m', 'pyflakes', *map(shown, files)]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True)
    return [Breach(line.partition(':')[0], line) for line in (found.stdout + found.stderr).splitlines()]

# How a notebook is laid out

def opening_cells():
    "A page opens with title and summary; one with a module then names it, and imports in its first exported cell."
    return [Breach(shown(p), f'{shown(p)}: {text}') for p, nb in pages() for text in openings(nb['cells'])]

def openings(nb):
    "What is wrong with the first cells of a page."
    titled = nb[0]['cell_type'] == 'markdown' and re.match(r'# \S.*\n+> \S', source(nb[0]))
    if not titled: yield 'first cell is no "# title" and "> summary"'
    if module(dict(cells=nb)) is None: return
    if len(nb) < 2 or 'default_exp' not in m.directives(nb[1]): yield 'second cell is not "#| default_exp"'
    first = next((c for c in nb if 'export' in m.directives(c)), None)
    if first and not all(map(opens, m.tree(source(first)).body)):
        yield 'the first exported cell holds more than imports'

def opens(node):
    "Whether a statement belongs in the cell that opens a module: an import or its logger."
    return is_import(node) or ast.unparse(node) == '_log = logging.getLogger(__name__)'

def lonely_imports():
    "An exported cell with imports holds nothing else."
    def mixed(body): return any(map(is_import, body)) and not all(map(opens, body))
    return [c.breach() for c in codes() if c.exported and mixed(c.tree.body)]

def shell_lines():
    "No `!command` in a cell: it passes when it fails."
    return [Breach(f, at) for f, at, c in cells() if re.search(r'^\s*!', source(c), re.M)]

def programs(text):
    "Syntax tree of a cell, and of each script that stands in it as a string."
    whole = m.tree(text)
    yield whole
    for node in ast.walk(whole):
        if not isinstance(node, ast.Constant) or '\n' not in str(node.value): continue
        try: yield ast.parse(node.value)
        except (SyntaxError, ValueError): continue       # no script

def forks(node):
    "Whether a part of a program forks, itself, through pexpect, or by Linux's default, fork before Python 3.14."
    if isinstance(node, (ast.Attribute, ast.alias)):
        return getattr(node, 'attr', getattr(node, 'name', '')) in ('fork', 'forkpty', 'pexpect', 'ptyprocess')
    if isinstance(node, ast.Constant): return node.value == 'fork'
    if not isinstance(node, ast.Call): return False
    name, call = getattr(node.func, 'attr', getattr(node.func, 'id', '')), ast.unparse(node)
    starts = name in ('Process', 'Pool', 'ProcessPoolExecutor') or name == 'DataLoader' and 'num_workers' in call
    return starts and 'context' not in call

def no_fork():
    "No fork: a child of a process with threads can hang. Spawn, or run a script in a process of its own."
    found = [(f, at, n) for f, at, c in cells() for t in programs(source(c)) for n in ast.walk(t) if forks(n)]
    return [Breach(f, f'{at}: {ast.unparse(n)[:80]}') for f, at, n in found]

def notebook_size():
    "No notebook of 300 kB or more."
    large = [p for p in notebooks() if p.stat().st_size >= 300_000]
    return [Breach(shown(p), f'{shown(p)}: {p.stat().st_size//1000} kB', p.stat().st_size//1000) for p in large]

def saved_errors():
    "No traceback in a saved output."
    def failed(o):
        return o['output_type'] == 'error' or 'Traceback (most recent call last)' in ''.join(o.get('text', ''))
    return [Breach(f, at) for f, at, c in cells() for o in c['outputs'] if failed(o)]

def dead_links():
    "Links between pages, and to pictures, lead to files that are there."
    return [Breach(shown(p), f'{shown(p)} links {target}') for p, nb in pages() for target in m.dead_links(p, nb)]

def alt_text():
    "Every figure says what is in it: `![what is in it](x.png)`, `#| fig-alt: what is in it` in the cell that draws it."
    bad = [Breach(f, f'{at}: {picture}') for f, at, c in cells('markdown') for picture in m.mute_pictures(source(c))]
    return bad + [Breach(f, f'{at}: {what}') for f, at, c in cells() for what in m.mute_outputs(c)]

# How much a reader has to hold in the head

def line_length():
    "Code lines have at most 120 characters."
    texts = [(c.file, c.at, c.text) for c in codes() + by_hand()]
    texts += [(shown(p), shown(p), p.read_text(encoding='utf-8')) for p in sorted((root/'.ci').rglob('*.py'))]
    bad = []
    for file, at, text in texts:
        long = [(i, len(line)) for i, line in enumerate(text.splitlines(), 1) if len(line) > 120]
        bad += [Breach(file, f'{at} line {i}: {n} characters', n) for i, n in long]
    return bad

def function_lines():
    "Functions have at most 30 lines."
    return [c.breach(f': {f.name} has {m.span(f)} lines', m.span(f)) for c in exported()
            for f in m.all_functions(c.tree) if m.span(f) > 30]

def function_characters():
    "Functions have at most 1,200 characters."
    sizes = [(c, f.name, m.characters(c.text, f)) for c in exported() for f in m.all_functions(c.tree)]
    return [c.breach(f': {name} has {n:,} characters', n) for c, name, n in sizes if n > 1200]

def module_lines():
    "Modules have at most 600 lines."
    sizes = [(shown(p), len(p.read_text(encoding='utf-8').splitlines())) for p in [*inits(), *modules()]]
    def tens(n): return -(-n//10)*10        # a line for an import that has moved is no news
    return [Breach(file, f'{file} has {n} lines', tens(n)) for file, n in sizes if n > 600]

def exported_cells():
    "Exported cells have at most 30 lines; a class that stays whole, 60."
    sizes = [(c, m.line_count(c.text)) for c in codes() if c.exported]
    return [c.breach(f': {n} lines', n) for c, n in sizes if n > (60 if m.is_one_class(c.tree) else 30)]

def lesson_lines():
    "Lesson cells have at most 12 lines."
    return [c.breach(f': {n} lines', n) for c in lessons() if (n := m.line_count(c.text)) > 12]

def lesson_assertions():
    "Lesson cells show at most 4 assertions; those that pin details stand together under `#| hide`."
    return [c.breach(f': {n} assertions', n) for c in lessons() if (n := m.assertions(c.text)) > 4]

def prose():
    "At least 15 % of a page's characters are prose: code is at most 85 %."
    shares = [(shown(p), 100*m.code_share(nb)) for p, nb in pages()]
    return [Breach(file, f'{file}: {100 - code:.1f} % prose', round(code)) for file, code in shares if code > 85]

# What editors, type checkers and readers can follow

def attached_methods():
    "Methods stand in their class: no `A.f = g`, no `setattr(A, ...)`."
    return [c.breach(f': {what}') for c in exported() for what in m.attached(c.tree)]

def patched_methods():
    "Methods stand in their class: no `@patch`, whose methods type checkers do not see."
    return [c.breach(f': {f.name}') for c in exported() for f in m.all_functions(c.tree) if m.is_patched(f)]

def typed_parameters():
    "Every parameter of a public function or method has a type."
    def untyped(f): return ', '.join(a.arg for a in m.parameters(f) if a.annotation is None)
    found = [(c, f.name, untyped(f)) for c in exported() for f in m.public_functions(c.tree.body)]
    return [c.breach(f': {name}({names})') for c, name, names in found if names]

def any_types():
    "No parameter or result is `Any`: a tensor is a torch.Tensor, and what may be anything at all is an `object`."
    found = [(c, f, m.any_of(f)) for c in exported() for f in m.outer_functions(c.tree.body)]
    return [c.breach(f': {f.name}, {what}') for c, f, names in found for what in names]

def types():
    "What mypy finds in the package, by .ci/mypy.ini."
    command = [sys.executable, '-m', 'mypy', '--config-file', '.ci/mypy.ini', '--cache-dir', '_build/mypy']
    found = subprocess.run(command, cwd=root, capture_output=True, text=True)
    errors = [line for line in found.stdout.splitlines() if re.match(r'\S+\.py:\d+: error: ', line)]
    broken = found.returncode > 1 or found.returncode and not errors    # mypy did not come to an end
    if broken: return [Breach('.ci/mypy.ini', line) for line in (found.stdout + found.stderr).splitlines()]
    return [Breach(line.partition(':')[0], line) for line in errors]

def swallowed_errors():
    "No `except ...: pass`."
    return [c.breach() for c in exported() for n in ast.walk(c.tree) if m.swallows(n)]

def star_imports():
    "No `from x import *`."
    return [c.breach() for c in codes() + by_hand() for n in ast.walk(c.tree) if m.is_star(n)]

@cache
def top_names(file):
    "What stands at the top of a module: definitions, variables, imports."
    found = set()
    for node in parsed(file).body:
        if isinstance(node, ast.If): found |= {a.asname or a.name for n in node.body if is_import(n) for a in n.names}
        if is_import(node): found |= {a.asname or a.name for a in node.names}
        if hasattr(node, 'name'): found.add(node.name)
        found |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return found

def is_there(name):
    "Whether `musechat.a.b` is a module, a package, or a name at the top of one."
    parts, path = name.split('.')[1:], package
    for k, part in enumerate(parts):
        if (path/part).is_dir(): path = path/part
        elif (path/f'{part}.py').is_file():
            return parts[k + 1:] == [] or parts[k + 1] in top_names(path/f'{part}.py')
        else: return k == len(parts) - 1 and part in top_names(path/'__init__.py')
    return True

def module_names():
    "A module that a text or a cell names, such as `musechat.core.types`, is there."
    named = re.compile(r'(?<![\w./@-])musechat(?:\.[A-Za-z]\w*)+(?!\S*\.(?:io|git)\b)')
    texts = [(file, source(c)) for kind in ('markdown', 'code') for file, _, c in cells(kind)]
    kept = [root/f for f in git('ls-files').splitlines() if f.endswith(('.md', '.tsv', '.toml'))]
    kept = [p for p in kept if p.is_file() and not {'.ci', 'files'} & set(p.parts)]
    texts += [(shown(p), p.read_text(encoding='utf-8')) for p in kept]
    found = sorted({(file, m[0]) for file, text in texts for m in named.finditer(text) if not is_there(m[0])})
    return [Breach(file, f'{file} names {name}') for file, name in found]

def machine_paths():
    "No path of one machine in a file that is kept."
    path = re.compile(r'(?<![\w.~$}])/(?:work|root|tmp|home)/\w+')
    kinds = {'.py', '.md', '.ini', '.yml', '.yaml', '.toml', '.sh', '.ipynb', ''}
    files = [root/f for f in git('ls-files').splitlines()]
    texts = [p for p in files if p.is_file() and p.suffix in kinds]
    found = [(shown(p), path.search(p.read_text(encoding='utf-8', errors='ignore'))) for p in texts]
    return [Breach(file, f'{file}: {match[0]}') for file, match in found if match]

def limits_are_tidy():
    "limits.toml is as `checks.py --tighten` writes it, and names only files that are there."
    gone = sorted({file for files in limits.load().values() for file in files if not (root/file).exists()})
    bad = [Breach(file, f'{file} is in limits.toml and not there: {limits.how}, or --moved') for file in gone]
    return bad if limits.is_tidy(notes()) else [*bad, Breach('.ci/limits.toml', limits.how)]

ratcheted = [
    lesson_order, private_imports, alt_text, line_length, function_lines, function_characters, module_lines,
    exported_cells, lesson_lines, lesson_assertions, prose, attached_methods, patched_methods, any_types, types]
slow = [types]
rules = [
    stale_modules, requirements, named_extras, import_order, pyflakes, opening_cells, lonely_imports, shell_lines,
    no_fork, notebook_size, saved_errors, dead_links, typed_parameters, swallowed_errors, star_imports, machine_paths,
    module_names,
    *ratcheted, limits_are_tidy]

def notes(): return {f.__name__: f.__doc__ for f in ratcheted}

def check(rule):
    "What is wrong by a rule and the limits."
    breaches = rule()
    return limits.complaints(breaches, limits.load().get(rule.__name__, {}) if rule in ratcheted else {})

def below(prefix):
    "Whether a breach's file, its module or its notebook is below a path."
    pairs = [(f'musechat/{name.replace(".", "/")}.py', shown(p)) for name, p in notebook_of().items()]
    twin = {**dict(pairs), **{b: a for a, b in pairs}}
    return lambda breach: any(f.startswith(prefix) for f in (breach.file, twin.get(breach.file, '')))

def report(chosen, prefix):
    "Print every breach of some rules."
    inside = below(prefix.removeprefix('./'))
    for rule in chosen:
        found = list(filter(inside, rule()))
        if found: print(f'{rule.__name__}: {len(found)}. {rule.__doc__}', *(f'    {b.text}' for b in found), sep='\n')

def chosen_limits(name): return [f for f in ratcheted if name == f.__name__ or name is None and f not in slow]

def tighten(name):
    "Lower the figures of limits.toml."
    found = limits.load()
    for rule in chosen_limits(name):
        old = found.get(rule.__name__)
        if old: found[rule.__name__] = limits.tightened(old, limits.measured(rule()))
    limits.save(found, notes())

def record(name):
    "Write the figures of limits.toml anew."
    new = {rule.__name__: limits.measured(rule()) for rule in chosen_limits(name)}
    limits.save({**limits.load(), **new}, notes())

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('name', nargs='?', choices=[f.__name__ for f in rules], metavar='NAME')
    parser.add_argument('--all', nargs='?', const='', metavar='PATH')
    parser.add_argument('--tighten', action='store_true')
    parser.add_argument('--record', action='store_true')
    parser.add_argument('--moved', nargs=2, metavar=('OLD', 'NEW'))
    args = parser.parse_args()
    chosen = [f for f in rules if args.name == f.__name__ or args.name is None and f not in slow]
    if args.all is not None: report(chosen, args.all)
    elif args.tighten: tighten(args.name)
    elif args.record: record(args.name)
    elif args.moved: limits.save(limits.moved(limits.load(), *args.moved), notes())
    elif args.name is None: print(*(f.__name__ for f in rules), sep='\n')
    elif broken := check(chosen[0]): sys.exit('\n'.join([chosen[0].__doc__, *broken]))

if __name__ == '__main__': main()
