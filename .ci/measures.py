"What can be counted in code and in cells: the rules of checks.py and the table of density.py use the same counts."
import ast
import re
from functools import cache

from notebooks import alt, directives, source, without_directives, without_number

functions = (ast.FunctionDef, ast.AsyncFunctionDef)
comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

def is_exported(cell): return bool(directives(cell) & {'export', 'exporti', 'exports'})

def is_shown(cell):
    "Whether a reader sees the source of a code cell that is not exported: a lesson."
    folded = re.search(r'^#\|\s*echo:\s*false', source(cell), re.M)
    return not (folded or is_exported(cell) or directives(cell) & {'hide', 'hide_input', 'default_exp'})

def is_lesson(cell): return cell['cell_type'] == 'code' and bool(source(cell).strip()) and is_shown(cell)

def code_of(cell): return without_directives(source(cell)).strip('\n')

@cache
def tree(text):
    "Syntax tree of a cell; lines for the shell and for IPython are left out."
    return ast.parse(without_directives(re.sub(r'^[%!].*', '', text, flags=re.M)))

def tree_if_python(text):
    "The same; nothing for a cell in IPython's own language, such as `help?`."
    try: return tree(text)
    except SyntaxError: return ast.Module([], [])

def full_lines(text): return [line for line in text.splitlines() if line.strip()]

def code_lines(text): return [line for line in full_lines(text) if not line.lstrip().startswith('#')]

def line_count(text): return len(full_lines(text))

def all_functions(tree): return [n for n in ast.walk(tree) if isinstance(n, functions)]

def span(node): return node.end_lineno - node.lineno + 1

@cache
def lines_of(text): return text.split('\n')

def characters(text, node):
    "Characters of a definition, from its `def` to its end."
    *lines, last = lines_of(text)[node.lineno - 1:node.end_lineno]
    last = last.encode()[:node.end_col_offset].decode()
    return len('\n'.join([*lines, last])) - node.col_offset

def is_assertion(node):
    "`assert x`, or a call of fastcore's `test_eq` and its kin."
    if isinstance(node, ast.Assert): return True
    called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ''
    return bool(re.match(r'test(_|$)', called))

def assertions(text): return sum(map(is_assertion, ast.walk(tree_if_python(text))))

def is_nested(node):
    "Whether a comprehension has a second loop in it."
    if not isinstance(node, comprehensions): return False
    return len(node.generators) > 1 or any(isinstance(n, comprehensions) for n in ast.walk(node) if n is not node)

def nested_comprehensions(tree): return sum(map(is_nested, ast.walk(tree)))

def prose_and_code(nb):
    "Characters of a page's Markdown cells, and of its code cells."
    sizes = dict(markdown=0, code=0, raw=0)
    for cell in nb['cells']: sizes[cell['cell_type']] += len(source(cell))
    return sizes['markdown'], sizes['code']

def public_functions(body, public=True):
    "Functions and methods that users may call."
    for n in body:
        shown = public and not getattr(n, 'name', '_').startswith('_')
        if isinstance(n, ast.ClassDef): yield from public_functions(n.body, shown)
        elif isinstance(n, functions) and shown: yield n

def parameters(f):
    named = f.args.posonlyargs + f.args.args + f.args.kwonlyargs
    return [a for a in named if a.arg not in ('self', 'cls')]

def outer_functions(body):
    "Functions and methods, but none inside other functions."
    for n in body:
        if isinstance(n, ast.ClassDef): yield from outer_functions(n.body)
        elif isinstance(n, functions): yield n

def any_of(f):
    "Parameters of a function that are `Any`, and 'its result'."
    annotations = [(a.arg, a.annotation) for a in parameters(f)] + [('its result', f.returns)]
    return [name for name, node in annotations if node and 'Any' in re.split(r'\s*\|\s*', ast.unparse(node))]

def swallows(node):
    "`except ...: pass`"
    return isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass)

def is_star(node): return isinstance(node, ast.ImportFrom) and node.names[0].name == '*'

def without_code(text): return re.sub(r'^\s*(```|~~~).*?^\s*\1|`[^`\n]*`', '', text, flags=re.M | re.S)

def dead_links(path, nb):
    "Links of a notebook's Markdown to files that are not there."
    text = '\n'.join(without_code(source(c)) for c in nb['cells'] if c['cell_type'] == 'markdown')
    targets = re.findall(r'\]\(\s*<?([^)>\s]+)', text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    local = [t.partition('#')[0] for t in targets if not re.match(r'\w+:|//|#|@', t)]
    return [t for t in local if t and not leads_somewhere(path.parent/t)]

def leads_somewhere(target):
    "Whether a file is there, or a notebook whose page has that name: words.ipynb for 42_words.ipynb."
    return target.exists() or any(without_number(p.name) == target.name for p in target.parent.glob('[0-9]*.ipynb'))

def code_share(nb):
    "Share of code in a page's characters."
    prose, code = prose_and_code(nb)
    return code/max(prose + code, 1)

def is_one_class(tree): return len(tree.body) == 1 and isinstance(tree.body[0], ast.ClassDef)

def is_class_name(node): return isinstance(node, ast.Name) and node.id.lstrip('_')[:1].isupper()

def top_level(body):
    "Statements that run when a module is imported, those inside loops and conditions too."
    for n in body:
        if isinstance(n, (*functions, ast.ClassDef)): continue
        yield n
        yield from top_level(ast.iter_child_nodes(n))

def attached(tree):
    "Attributes that classes are given from outside: `A.f = g`, `A.f, A.g = g, h`, `setattr(A, name, g)`."
    for n in top_level(tree.body):
        given = isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and is_class_name(n.value)
        called = isinstance(n, ast.Call) and ast.unparse(n.func) == 'setattr'
        if given or called: yield ast.unparse(n)

def is_patched(f):
    names = [ast.unparse(d.func if isinstance(d, ast.Call) else d) for d in f.decorator_list]
    return any(name.split('.')[-1] in ('patch', 'patch_to', 'patch_property') for name in names)

def mute_pictures(text):
    "Pictures in Markdown or HTML without a text that says what they show."
    found = re.findall(r'!\[\s*\]\([^)]*\)(?!\{[^}]*fig-alt=)', without_code(text))
    tags = re.findall(r'<img\b[^>]*>', without_code(text))
    return found + [t[:80] for t in tags if not re.search(r'\balt="\s*[^"\s]', t)]

def mute_outputs(cell):
    "Saved figures of a cell that no text describes."
    if 'hide' in directives(cell): return []
    kinds = [kind for o in cell['outputs'] for kind in o.get('data', {})]
    html = '\n'.join(''.join(o.get('data', {}).get('text/html', '')) for o in cell['outputs'])
    drawn = ['a figure'] if any(kind.startswith('image/') for kind in kinds) and not alt(cell) else []
    return drawn + mute_pictures(html)

def calls(node, name):
    "Whether a node calls a function of this name."
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name

def strings(call):
    "Strings among a call's positional arguments, those inside a starred list, too."
    return [n.value for a in call.args for n in ast.walk(a) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
