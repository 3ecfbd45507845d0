"""The reference entry of an exported function or class, from its source alone: signature, what it does, a table of
parameters.

nbdev's `show_doc` has the same parts, but since fastcore 1.14 it makes no table, drops the inside of types such as
`list[str]`, and its source links end in `#LNone`."""
import ast
import copy
import io
import re
import tokenize
from dataclasses import dataclass, field

functions = (ast.FunctionDef, ast.AsyncFunctionDef)

@dataclass
class Entry:
    "One documented name."
    name: str                                   # 'probe' or 'Track.top'
    kind: str                                   # 'function', 'class', 'method', 'property' or 'value'
    signature: str
    doc: str
    rows: list = field(default_factory=list)    # (name, type, default, comment), each text

def comments(text):
    "Comment of each line, by line number; a comment on a line of its own continues the one above."
    found, last = {}, None
    for t in tokenize.generate_tokens(io.StringIO(text).readline):
        if t.type != tokenize.COMMENT: continue
        alone, words = not t.line[:t.start[1]].strip(), t.string.lstrip('# ').strip()
        if alone and last == t.start[0] - 1 and any(found.values()):
            key = max(found)
            found[key] += ' ' + words
        elif not alone: found[t.start[0]] = words
        last = t.start[0]
    return found

def text_of(node): return '' if node is None else ast.unparse(node)

def parameters(f, notes):
    "Rows of a function's table; a comment belongs to the last parameter on its line."
    a = f.args
    positional = a.posonlyargs + a.args
    defaults = [None]*(len(positional) - len(a.defaults)) + a.defaults + a.kw_defaults
    args = [(arg.arg, arg, d) for arg, d in zip(positional + a.kwonlyargs, defaults)]
    for star, arg in (('*', a.vararg), ('**', a.kwarg)):
        if arg: args.append((star + arg.arg, arg, None))
    args = [(name, arg, d) for name, arg, d in args if name not in ('self', 'cls')]
    ends = [(d or arg).end_lineno for _, arg, d in args]
    return [(name, text_of(arg.annotation), text_of(d), notes.get(end, '') if end not in ends[i + 1:] else '')
            for i, ((name, arg, d), end) in enumerate(zip(args, ends))]

def returned(f, notes):
    "The row of what a function returns, or none."
    if f.returns is None or text_of(f.returns) == 'None': return []
    first = f.body[0].lineno
    note = next((notes[n] for n in range(f.returns.end_lineno, first + 1) if n in notes and n < first), '')
    shared = any(row[3] == note for row in parameters(f, notes))
    return [('returns', text_of(f.returns), '', '' if shared else note)]

def fields(c, notes):
    "Rows of a dataclass's table."
    return [(n.target.id, text_of(n.annotation), text_of(n.value), notes.get(n.end_lineno, '')) for n in c.body
            if isinstance(n, ast.AnnAssign) and not n.target.id.startswith('_')]

def is_property(f): return any(text_of(d).endswith(('property', '.getter')) for d in f.decorator_list)

def patched(f):
    "The class that `@patch` adds a function to, or None."
    if not any(text_of(d).startswith('patch') for d in f.decorator_list): return None
    return text_of(f.args.args[0].annotation).strip('\'"')

def of_function(f, notes, owner=None):
    "Entry of a function, method or property."
    name, doc = f'{owner}.{f.name}' if owner else f.name, ast.get_docstring(f) or ''
    if is_property(f): return Entry(name, 'property', f'{f.name}: {text_of(f.returns)}'.rstrip(': '), doc)
    rows, back = parameters(f, notes), returned(f, notes)
    shown = ', '.join(n + (f': {t}' if t else '') + (f' = {d}' if d else '') for n, t, d, _ in rows)
    arrow = f' -> {back[0][1]}' if back else ''
    return Entry(name, 'method' if owner else 'function', f'{f.name}({shown}){arrow}', doc, rows + back)

def of_class(c, notes):
    "Entry of a class, then those of its public methods."
    data = any('dataclass' in text_of(d) for d in c.decorator_list)
    init = next((n for n in c.body if isinstance(n, functions) and n.name == '__init__'), None)
    rows = fields(c, notes) if data or init is None else parameters(init, notes)
    bases = ', '.join(map(text_of, c.bases))
    yield Entry(c.name, 'class', f'class {c.name}' + (f'({bases})' if bases else ''), ast.get_docstring(c) or '', rows)
    for n in c.body:
        if isinstance(n, functions) and not n.name.startswith('_'): yield of_function(n, notes, c.name)

def of_value(n, notes=None):
    "Entries of the public names that an assignment makes, with what it says where it is short."
    shown = ast.unparse(n)
    targets = n.targets if isinstance(n, ast.Assign) else [n.target]
    names = [t for target in targets for t in (target.elts if isinstance(target, ast.Tuple) else [target])]
    public = [t.id for t in names if isinstance(t, ast.Name) and not t.id.startswith('_')]
    note = (notes or {}).get(n.end_lineno, '')
    return [Entry(name, 'value', shown if len(shown) < 120 else '', note) for name in public]

def attributes(n):
    """What an assignment gives a class, as (class, public name, function, what wraps it):
    `Writer.write, Writer.read = _write, classmethod(_read)`."""
    for target in n.targets:
        several = isinstance(target, ast.Tuple) and isinstance(n.value, ast.Tuple)
        pairs = zip(target.elts, n.value.elts) if several else [(target, n.value)]
        for t, value in pairs:
            wrapper = text_of(value.func) if isinstance(value, ast.Call) and len(value.args) == 1 else ''
            if wrapper not in ('classmethod', 'staticmethod', 'property'): wrapper = ''
            if not isinstance(t, ast.Attribute) or t.attr.startswith('_') or text_of(t.value).startswith('_'): continue
            yield text_of(t.value), t.attr, text_of(value.args[0] if wrapper else value), wrapper

def of_attributes(n, here, notes):
    "Entries of the methods that an assignment gives a class, where the functions are in the same cell."
    for owner, name, function, wrapper in attributes(n):
        if (f := here.get(function)) is None: continue
        method = copy.copy(f)
        method.name, method.decorator_list = name, [ast.Name('property')] if wrapper == 'property' else []
        yield of_function(method, notes, owner)

def entries(source):
    "Entries of every public name that a cell defines."
    notes, body = comments(source), ast.parse(source).body
    here = {n.name: n for n in body if isinstance(n, functions)}
    for n in body:
        if isinstance(n, ast.ClassDef) and not n.name.startswith('_'): yield from of_class(n, notes)
        elif isinstance(n, functions) and not n.name.startswith('_'): yield of_function(n, notes, patched(n))
        elif isinstance(n, (ast.Assign, ast.AnnAssign)):
            yield from of_value(n, notes)
            if isinstance(n, ast.Assign): yield from of_attributes(n, here, notes)

def plain(text):
    "Text from a comment or docstring as Markdown that shows it as it is; `code` stays code."
    def escaped(part): return re.sub(r'([\\*_<>\[\]{}$#~|])', r'\\\1', part)
    def is_code(part): return part.startswith('`') and part.endswith('`') and len(part) > 2
    return ''.join(part if is_code(part) else escaped(part) for part in re.split(r'(`[^`]+`)', text))

def code(text): return f'`{text}`' if text else ''

def table(rows, link):
    "Markdown table without the columns that are empty."
    cells = [[code(n) if n != 'returns' else '**returns**', code(t), code(d), link(plain(c))] for n, t, d, c in rows]
    keep = [0] + [i for i in (1, 2, 3) if any(row[i] for row in cells)]
    head = ['name', 'type', 'default', 'meaning']
    lines = [head, ['---']*4] + [[re.sub(r'(?<!\\)\|', r'\\|', c) for c in row] for row in cells]
    return '\n'.join('| ' + ' | '.join(line[i] for i in keep) + ' |' for line in lines)

def markdown(entry, target, level, source_url, link):
    "An entry as MyST Markdown, with `target` as its label; `link` turns known names in its text into links."
    lines = [f'({target})=', f'{"#"*level} `{entry.name}`', '']
    if entry.signature: lines += ['{.api-signature}', '```python', entry.signature, '```', '']
    if entry.doc: lines += [link(plain(entry.doc)), '']
    says_more = any(comment for *_, comment in entry.rows)
    if entry.kind == 'class' and entry.rows or says_more: lines += [table(entry.rows, link), '']
    if entry.kind != 'value': lines += ['{.api-source}', f'[source]({source_url})', '']
    return '\n'.join(lines)
