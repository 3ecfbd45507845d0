"Which modules of the package a piece of code imports, and where modules stand in the order of the rooms."
import ast
from functools import cache

from notebooks import module, notebooks, place, read, root

package = root/'musechat'

def shown(path): return path.relative_to(root).as_posix()

def inits(): return sorted(package.rglob('__init__.py'))

def modules(): return sorted(p for p in package.rglob('*.py') if p.name not in ('__init__.py', '_modidx.py'))

def dotted(path):
    "Name of a module inside the package: 'encoders.musicnn', 'encoders' for its __init__.py, '' for the package."
    parts = path.relative_to(package).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)

def folder_of(name): return name.rpartition('.')[0]

@cache
def parsed(path): return ast.parse(path.read_text(encoding='utf-8'))

@cache
def notebook_of():
    "The notebook of each module, by the module's name."
    return {name: p for p in notebooks() if (name := module(read(p)))}

@cache
def known():
    "Every module and sub-package, as written and as the notebooks will export it."
    made = set(notebook_of())
    return made | set(map(folder_of, made)) | {dotted(p) for p in [*modules(), *inits()]}

@cache
def places():
    "Where each module stands, by its name; pages without a number are left out."
    return {name: place(p) for name, p in notebook_of().items() if place(p) is not None}

def number(place): return '/'.join(map(str, place))

def where(name): return f' ({number(places()[name])})' if name in places() else ', which is not there'

def is_import(node): return isinstance(node, (ast.Import, ast.ImportFrom))

def base_of(node, home):
    "Name inside the package that `from X import ...` speaks of, or None; `home` is the importing module's folder."
    if node.level:
        folders = home.split('.') if home else []
        kept = folders[:len(folders) - node.level + 1]
        return '.'.join([*kept, *filter(None, [node.module])])
    if node.module == 'musechat': return ''
    return node.module.removeprefix('musechat.') if node.module.startswith('musechat.') else None

def imported(tree, home):
    "Modules of this package that a piece of code imports, anywhere in it."
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name.removeprefix('musechat.') for a in node.names if a.name.startswith('musechat.'))
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
    return sorted({m for n in having or nodes for m in imported(n, dotted(init))})

def module_aliases(tree, home):
    "What the code calls modules of this package: {'types': 'core.types'}."
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.asname or a.name: a.name for a in node.names if a.name.startswith('musechat.')}
        elif isinstance(node, ast.ImportFrom) and (base := base_of(node, home)) is not None:
            inner = {a.asname or a.name: f'{base}.{a.name}'.strip('.') for a in node.names}
            found |= {name: m for name, m in inner.items() if m in known()}
    return found

def is_private(name): return name.startswith('_') and not name.endswith('__')

def private_names(tree, home):
    "Private names of other modules that the code takes: `from .x import _y`, `x._y`."
    aliases = module_aliases(tree, home)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and base_of(node, home) is not None:
            yield from (a.name for a in node.names if is_private(a.name))
        elif isinstance(node, ast.Attribute) and is_private(node.attr) and ast.unparse(node.value) in aliases:
            yield ast.unparse(node)
