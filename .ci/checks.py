"""Rules that a program can check, one function each; a function returns the places that break it.

`checks.py` lists their names, `checks.py NAME` runs one."""
import ast
import re
import subprocess
import sys
from configparser import ConfigParser

from notebooks import directives, module, notebooks, read, root, source, without_directives

package = root/'musechat'

def cells(kind='code'):
    "Every cell of a kind, as (place, cell)."
    for path in notebooks():
        for i, cell in enumerate(read(path)['cells']):
            if cell['cell_type'] == kind: yield f'{path.relative_to(root)} cell {i}', cell

def exported(): return ((at, c) for at, c in cells() if directives(c) & {'export', 'exporti', 'exports'})

def modules(): return sorted(p for p in package.rglob('*.py') if p.name not in ('__init__.py', '_modidx.py'))

def tree(text): return ast.parse(without_directives(re.sub(r'^[%!].*', '', text, flags=re.M)))

def is_import(node): return isinstance(node, (ast.Import, ast.ImportFrom))

def opens(node):
    "Whether a statement belongs in the cell that opens a module: an import or its logger."
    return is_import(node) or ast.unparse(node) == '_log = logging.getLogger(__name__)'

def stale_modules():
    "A module whose notebook is gone or renamed: export never removes it."
    made = {module(read(p)) for p in notebooks()}
    return [f'{p.relative_to(root)} comes from no notebook' for p in modules() if '.'.join(p.relative_to(package).with_suffix('').parts) not in made]

def git(*args): return subprocess.run(['git', *args], cwd=root, check=True, capture_output=True, text=True).stdout

def imported(path):
    "Modules of this package that a file imports, anywhere in it."
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.ImportFrom):
            base = ('musechat.' if node.level else '') + (node.module or '')
            if base.strip('.') == 'musechat': yield from (a.name for a in node.names)
            elif base.startswith('musechat.'): yield base.split('.')[1]
        elif isinstance(node, ast.Import): yield from (a.name.split('.')[1] for a in node.names if a.name.startswith('musechat.'))

def requirements():
    "What a module imports is Python's own or among the requirements; a package of an extra is imported only inside a function."
    config = ConfigParser(delimiters=['='], interpolation=None)
    config.read(root/'settings.ini', encoding='utf-8')
    def named(text): return set(re.findall(r'(?:^|\s)([A-Za-z][\w-]*)', text))
    always = named(config['DEFAULT']['requirements']) | set(sys.stdlib_module_names) | {'musechat'}
    extras = named(' '.join(config['DEFAULT'][f'{e}_requirements'] for e in ('notebook', 'synthesis', 'youtube', 'evaluation')))
    dist = dict(PIL='pillow', yt_dlp='yt-dlp')
    found = [(p, dist.get(name, name), at_top) for p in modules() for name, at_top in sorted(outside(p))]
    return [f'{p.relative_to(root)} imports {name}' + (' at the top' if name in extras else '') for p, name, at_top in found
            if name not in always and (at_top or name not in extras)]

def outside(path):
    "(top-level name, whether imported when the module is) of what a file imports by its full name."
    tree, found = ast.parse(path.read_text(encoding='utf-8')), set()
    inner = {n for f in ast.walk(tree) if isinstance(f, (ast.FunctionDef, ast.AsyncFunctionDef)) for n in ast.walk(f) if n is not f}
    for n in ast.walk(tree):
        if isinstance(n, ast.Import): found |= {(a.name.split('.')[0], n not in inner) for a in n.names}
        elif isinstance(n, ast.ImportFrom) and not n.level: found.add((n.module.split('.')[0], n not in inner))
    return found

def import_order():
    "A module imports only from notebooks with lower numbers."
    number = {module(read(p)): int(m[1]) for p in notebooks() if (m := re.match(r'(\d+)_', p.name))}
    rank = {p: number.get(p.stem) for p in modules()}
    lost = [f'{p.relative_to(root)} comes from a notebook without a number' for p, n in rank.items() if n is None]
    return lost + [f'{p.relative_to(root)} ({n}) imports {m} ({number[m]})' for p, n in rank.items() if n is not None
                   for m in imported(p) if number.get(m, -1) >= n]

def opening_cells():
    "A notebook opens with a title and a one-line summary; one with a module then names it, and imports in the first exported cell."
    bad = []
    for path in notebooks():
        nb, name = read(path)['cells'], path.relative_to(root)
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
    return [f'{p.relative_to(root)}:{n.lineno}: {n.name} has {n.end_lineno - n.lineno + 1} lines' for p in modules()
            for n in ast.walk(ast.parse(p.read_text(encoding='utf-8')))
            if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) and n.end_lineno - n.lineno > 40]

def swallowed_errors():
    "No `except ...: pass`."
    return [f'{p.relative_to(root)}:{n.lineno}' for p in modules() for n in ast.walk(ast.parse(p.read_text(encoding='utf-8')))
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
    return [f'{p.relative_to(root)}: {p.stat().st_size/1000:.0f} kB' for p in notebooks() if p.stat().st_size >= 300_000]

def saved_errors():
    "No traceback in a saved output."
    return [at for at, c in cells() for o in c['outputs'] if o['output_type'] == 'error' or 'Traceback (most recent call last)' in ''.join(o.get('text', ''))]

def machine_paths():
    "No path of one machine in a file that is kept."
    path = re.compile(r'(?<![\w.~$}])/(?:work|root|tmp|home)/\w+')
    files = [root/f for f in git('ls-files').splitlines()]
    texts = [p for p in files if p.is_file() and p.suffix in {'.py', '.md', '.ini', '.yml', '.yaml', '.sh', '.ipynb', ''}]
    return [f'{p.relative_to(root)}: {m[0]}' for p in texts if (m := path.search(p.read_text(encoding='utf-8', errors='ignore')))]

rules = [stale_modules, requirements, import_order, opening_cells, lonely_imports, function_length, swallowed_errors, typed_parameters,
         shell_lines, star_imports, notebook_size, saved_errors, machine_paths]

def main():
    if len(sys.argv) < 2: return print(*(f.__name__ for f in rules), sep='\n')
    rule = next(f for f in rules if f.__name__ == sys.argv[1])
    broken = rule()
    if broken: sys.exit(f'{rule.__doc__}\n' + '\n'.join(broken))

if __name__ == '__main__': main()
