"""Rules that a program can check, one function each; a function returns the places that break it.

`checks.py` lists their names, `checks.py NAME` runs one."""
import ast
import re
import subprocess
import sys
from configparser import ConfigParser
from functools import cache

from notebooks import directives, module, notebooks, place, read, root, source, without_directives

package = root/'musechat'

def shown(path): return path.relative_to(root).as_posix()

def cells(kind='code'):
    "Every cell of a kind, as (place, cell)."
    for path in notebooks():
        for i, cell in enumerate(read(path)['cells']):
            if cell['cell_type'] == kind: yield f'{shown(path)} cell {i}', cell

def is_exported(cell): return bool(directives(cell) & {'export', 'exporti', 'exports'})

def exported(): return ((at, c) for at, c in cells() if is_exported(c))

def inits(): return sorted(package.rglob('__init__.py'))

def modules(): return sorted(p for p in package.rglob('*.py') if p.name not in ('__init__.py', '_modidx.py'))

def dotted(path):
    "Name of a module inside the package: 'encoders.musicnn', 'encoders' for its __init__.py, '' for the package."
    parts = path.relative_to(package).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)

@cache
def parsed(path): return ast.parse(path.read_text(encoding='utf-8'))

def tree(text): return ast.parse(without_directives(re.sub(r'^[%!].*', '', text, flags=re.M)))

def is_import(node): return isinstance(node, (ast.Import, ast.ImportFrom))

def opens(node):
    "Whether a statement belongs in the cell that opens a module: an import or its logger."
    return is_import(node) or ast.unparse(node) == '_log = logging.getLogger(__name__)'

@cache
def notebook_of():
    "The notebook of each module, by the module's name."
    return {name: p for p in notebooks() if (name := module(read(p)))}

def stale_modules():
    "A module whose notebook is gone or renamed, or a sub-package without modules: export never removes them."
    made = notebook_of()
    lost = [f'{shown(p)} comes from no notebook' for p in modules() if dotted(p) not in made]
    empty = [p for p in inits() if p.parent != package and not any(m.startswith(dotted(p) + '.') for m in made)]
    return lost + [f'{shown(p)} is in a folder for which no notebook makes a module' for p in empty]

def git(*args): return subprocess.run(['git', *args], cwd=root, check=True, capture_output=True, text=True).stdout

def base_of(node, home):
    "Name inside the package that `from X import ...` speaks of, or None; `home` is the importing module's folder."
    if node.level:
        folders = home.split('.') if home else []
        kept = folders[:len(folders) - node.level + 1]
        return '.'.join([*kept, *filter(None, [node.module])])
    if node.module == 'musechat': return ''
    return node.module.removeprefix('musechat.') if node.module.startswith('musechat.') else None

@cache
def known():
    "Every module and sub-package, as written and as the notebooks will export it."
    made = set(notebook_of())
    folders = {name.rpartition('.')[0] for name in made}
    return made | folders | {dotted(p) for p in [*modules(), *inits()]}

def imported(tree, home):
    "Modules of this package that a piece of code imports, anywhere in it."
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [a.name.removeprefix('musechat.') for a in node.names if a.name.startswith('musechat.')]
            yield from names
        elif isinstance(node, ast.ImportFrom) and (base := base_of(node, home)) is not None:
            for a in node.names: yield from meant(base, a.name)

def meant(base, name):
    "The modules behind `from base import name`: one of that name, or where the sub-package has the name from."
    inner = f'{base}.{name}'.strip('.')
    if inner in known(): return [inner]
    init = package.joinpath(*base.split('.'))/'__init__.py'
    if base and not (init.is_file() and parsed(init).body): return [base]
    if name.startswith('__') or not init.is_file(): return []
    return sources_of(init, name)

def sources_of(init, name):
    "Modules that a sub-package's own file takes a name from; all that it imports where the name is not found."
    nodes = [n for n in ast.walk(parsed(init)) if isinstance(n, ast.ImportFrom)]
    having = [n for n in nodes if name in {a.asname or a.name for a in n.names}]
    found = [m for n in having or nodes for a in n.names for m in imported(n, dotted(init))]
    return sorted(set(found))

dist_names = dict(PIL='pillow', decord='decord2')    # packages whose import has another name

def named(text): return {name.lower().replace('_', '-') for name in re.findall(r'(?:^|\s)([A-Za-z][\w.-]*)', text)}

def required():
    "Packages that settings.ini asks for: (always, with an extra)."
    config = ConfigParser(delimiters=['='], interpolation=None)
    config.read(root/'settings.ini', encoding='utf-8')
    extras = [k for k in config['DEFAULT'] if re.fullmatch(r'(?!dev|docs)\w+_requirements', k)]
    return named(config['DEFAULT']['requirements']), named(' '.join(config['DEFAULT'][k] for k in extras))

def requirements():
    "A module imports Python's own and the requirements; a package of an extra is imported only inside a function."
    always, extras = required()
    own = set(sys.stdlib_module_names) | {'musechat'}
    found = [(p, name, at_top) for p in [*inits(), *modules()] for name, at_top in sorted(outside(p)) if name not in own]
    bad = []
    for path, name, at_top in found:
        dist = dist_names.get(name, name).lower().replace('_', '-')
        if dist in always or dist in extras and not at_top: continue
        bad.append(f'{shown(path)} imports {dist}' + (' at the top' if dist in extras else ''))
    return bad

def is_run_later(node):
    "Whether what stands below a node is left alone when the module is imported."
    types_only = isinstance(node, ast.If) and ast.unparse(node.test).endswith('TYPE_CHECKING')
    return types_only or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))

def outside(path):
    "(top-level name, whether imported when the module is) of what a file imports by its full name."
    later = {n for f in ast.walk(parsed(path)) if is_run_later(f) for n in ast.walk(f) if n is not f}
    found = set()
    for n in ast.walk(parsed(path)):
        if isinstance(n, ast.Import): found |= {(a.name.split('.')[0], n not in later) for a in n.names}
        elif isinstance(n, ast.ImportFrom) and not n.level: found.add((n.module.split('.')[0], n not in later))
    return found

@cache
def places():
    "Where each module stands, by its name; pages without a number are left out."
    return {name: place(p) for name, p in notebook_of().items() if place(p) is not None}

def number(place): return '/'.join(map(str, place))

def import_order():
    "A module imports only from rooms above its own and, inside its room, from lower numbers."
    bad = [f'{shown(p)} comes from a notebook without a number' for p in modules() if dotted(p) not in places()]
    for path in modules():
        here = places().get(dotted(path))
        if here is None: continue
        home = dotted(path).rpartition('.')[0]
        wrong = {m for m in imported(parsed(path), home) if places().get(m, here) >= here}
        bad += [f'{shown(path)} ({number(here)}) imports {m}' + where(m) for m in sorted(wrong)]
    return bad + twins() + foreign_inits()

def where(name): return f' ({number(places()[name])})' if name in places() else ', which is not there'

def twins():
    "Modules whose notebooks have the same number."
    by_place = {}
    for name, at in places().items(): by_place.setdefault(at, []).append(name)
    return [f'{" and ".join(names)} have the same number {number(at)}' for at, names in by_place.items() if len(names) > 1]

def foreign_inits():
    "Sub-packages that import from outside themselves."
    return [f'{shown(p)} imports {m}, from outside' for p in inits() if p.parent != package
            for m in sorted(set(imported(parsed(p), dotted(p)))) if not f'{m}.'.startswith(dotted(p) + '.')]

def lesson_order():
    "A lesson cell imports, as its module does, only from rooms above its own and from lower numbers, and its own module."
    bad = []
    for path in notebooks():
        nb, here = read(path), place(path)
        if here is None: continue
        home = (module(nb) or '').rpartition('.')[0]
        for i, cell in enumerate(nb['cells']):
            if cell['cell_type'] != 'code' or is_exported(cell): continue
            later = {m for m in imported(tree(source(cell)), home) if places().get(m, here) > here}
            bad += [f'{shown(path)} cell {i} imports {m}' + where(m) for m in sorted(later)]
    return bad

def pyflakes():
    "What pyflakes finds in the package and in .ci."
    files = [*sorted(package.rglob('*.py')), *sorted((root/'.ci').rglob('*.py')), *root.glob('setup.py')]
    found = subprocess.run([sys.executable, '-m', 'pyflakes', *map(shown, files)], cwd=root, capture_output=True, text=True)
    return (found.stdout + found.stderr).splitlines()

def opening_cells():
    "A notebook opens with a title and a one-line summary; one with a module then names it, and imports in the first exported cell."
    bad = []
    for path in notebooks():
        nb, name = read(path)['cells'], shown(path)
        if nb[0]['cell_type'] != 'markdown' or not re.match(r'# \S.*\n+> \S', source(nb[0])): bad.append(f'{name}: first cell is no "# title" and "> summary"')
        if module(dict(cells=nb)) is None: continue
        if 'default_exp' not in directives(nb[1]): bad.append(f'{name}: second cell is not "#| default_exp"')
        first = next((c for c in nb if 'export' in directives(c)), None)
        if first and not all(map(opens, tree(source(first)).body)): bad.append(f'{name}: the first exported cell holds more than imports')
    return bad

def lonely_imports():
    "An exported cell with imports holds nothing else."
    def mixed(body): return any(map(is_import, body)) and not all(map(opens, body))
    return [at for at, cell in exported() if mixed(tree(source(cell)).body)]

def function_length():
    "No function of more than 40 lines."
    return [f'{shown(p)}:{n.lineno}: {n.name} has {n.end_lineno - n.lineno + 1} lines' for p in modules()
            for n in ast.walk(parsed(p))
            if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) and n.end_lineno - n.lineno > 40]

def swallowed_errors():
    "No `except ...: pass`."
    return [f'{shown(p)}:{n.lineno}' for p in modules() for n in ast.walk(parsed(p))
            if isinstance(n, ast.ExceptHandler) and len(n.body) == 1 and isinstance(n.body[0], ast.Pass)]

def typed_parameters():
    "Every parameter of a public function or method has a type."
    def defs(body, public=True):
        for n in body:
            if isinstance(n, ast.ClassDef): yield from defs(n.body, not n.name.startswith('_'))
            elif isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) and public and not n.name.startswith('_'): yield n
    def untyped(f): return [a.arg for a in f.args.posonlyargs + f.args.args + f.args.kwonlyargs if a.annotation is None and a.arg not in ('self', 'cls')]
    return [f'{at}: {f.name}({", ".join(names)})' for at, c in exported() for f in defs(tree(source(c)).body) if (names := untyped(f))]

def shell_lines():
    "No `!command` in a cell: it passes when it fails."
    return [at for at, c in cells() if re.search(r'^\s*!', source(c), re.M)]

def star_imports():
    "No `from x import *`."
    return [at for at, c in cells() for n in ast.walk(tree(source(c))) if isinstance(n, ast.ImportFrom) and n.names[0].name == '*']

def notebook_size():
    "No notebook of 300 kB or more."
    return [f'{shown(p)}: {p.stat().st_size/1000:.0f} kB' for p in notebooks() if p.stat().st_size >= 300_000]

def saved_errors():
    "No traceback in a saved output."
    return [at for at, c in cells() for o in c['outputs'] if o['output_type'] == 'error' or 'Traceback (most recent call last)' in ''.join(o.get('text', ''))]

def machine_paths():
    "No path of one machine in a file that is kept."
    path = re.compile(r'(?<![\w.~$}])/(?:work|root|tmp|home)/\w+')
    files = [root/f for f in git('ls-files').splitlines()]
    texts = [p for p in files if p.is_file() and p.suffix in {'.py', '.md', '.ini', '.yml', '.yaml', '.sh', '.ipynb', ''}]
    return [f'{shown(p)}: {m[0]}' for p in texts if (m := path.search(p.read_text(encoding='utf-8', errors='ignore')))]

rules = [stale_modules, requirements, import_order, pyflakes, opening_cells, lonely_imports, function_length, swallowed_errors, typed_parameters,
         shell_lines, star_imports, notebook_size, saved_errors, machine_paths]

def main():
    if len(sys.argv) < 2: return print(*(f.__name__ for f in rules), sep='\n')
    rule = next(f for f in rules if f.__name__ == sys.argv[1])
    broken = rule()
    if broken: sys.exit(f'{rule.__doc__}\n' + '\n'.join(broken))

if __name__ == '__main__': main()
