"""Turn the notebooks into what Sphinx reads: adapter.py OUT; or write nbs/sidebar.yml for Quarto: adapter.py --sidebar.

Nothing is run: the outputs shown are those saved in the notebooks.

Title and summary open the page; cells under `#| hide` go; an exported cell becomes its reference entries with the
source folded below; callouts become admonitions; links between notebooks and `names` in backticks become links between
pages."""
import ast
import json
import re
import shutil
import sys
from configparser import ConfigParser
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from api import attributes, entries, functions, markdown, of_value, plain
from notebooks import (alt, directives, module, module_file, nbs, notebooks, page, read, room, root, source,
                       without_directives)

def settings():
    "The default section of settings.ini."
    config = ConfigParser(delimiters=['='], interpolation=None)
    config.read(root/'settings.ini', encoding='utf-8')
    return config['DEFAULT']

cfg = settings()
defined = (ast.ClassDef, *functions)
in_backticks = re.compile(r'(?<![\[`])`((?:musechat\.)?([A-Za-z_][\w.]*)(?:\(\))?)`(?![\]`])')
callout = r'^(:{3,})\s*\{\.callout-(\w+)[^}]*'

def exported(cell): return bool(directives(cell) & {'export', 'exports'})

def label(entry, mod):
    "Target of an entry. Targets know no capitals, so a class has another one than a function of its name."
    return ('class-' if entry.kind == 'class' else '') + f'{mod}.{entry.name}'.lower()

def symbols(books):
    "Every public name with its page's label: `probe`, `Track.top`, and the same with the module in front."
    found = {}
    for path, nb in books:
        for cell in filter(exported, nb['cells']):
            for e in entries(without_directives(source(cell))):
                found.setdefault(e.name, label(e, module(nb)))
                found[f'{module(nb)}.{e.name}'] = label(e, module(nb))
                found.setdefault(f"{module(nb).split('.')[-1]}.{e.name}", label(e, module(nb)))
    return found

def linked(text, names):
    "Backticked names that are documented become links; code blocks, headings and links stay as they are."
    def link(m): return f'[`{m[1]}`](#{names[m[2]]})' if m[2] in names else m[0]
    lines, fenced = text.split('\n'), False
    for i, line in enumerate(lines):
        if re.match(r'\s*(```|~~~)', line): fenced = not fenced
        elif not fenced and not line.startswith('#'): lines[i] = in_backticks.sub(link, line)
    return '\n'.join(lines)

def admonitions(text):
    "`::: {.callout-note title=\"x\"}` as MyST writes it."
    text = re.sub(callout + r'title="([^"]*)"[^}]*\}', r'\1{admonition} \3\n:class: \2', text, flags=re.M)
    return re.sub(callout + r'\}', r'\1{\2}', text, flags=re.M)

def page_links(text):
    "`](10_media.ipynb#x)` to the page's own name."
    def link(m):
        folder, _, name = m[1].rpartition('/')
        return f"]({folder + '/' if folder else ''}{page(nbs/name).name}.ipynb{m[2] or ''})"
    return re.sub(r'\]\(([\w./-]+\.ipynb)(#[^)]*)?\)', link, text)

def prose(text, names):
    "A Markdown cell."
    text = re.sub(r'\A(# .*)\n+> (.*)', r'\1\n\n{.summary}\n\2', text)
    return linked(page_links(admonitions(text)), names)

def line_of(mod):
    "Line of every definition in a module, for links to its source."
    tree, found = ast.parse(module_file(mod).read_text(encoding='utf-8')), {}
    for n in ast.walk(tree):
        if isinstance(n, ast.ClassDef):
            found |= {f'{n.name}.{m.name}': m.lineno for m in n.body if isinstance(m, defined)}
        if isinstance(n, defined): found.setdefault(n.name, n.lineno)
        if isinstance(n, (ast.Assign, ast.AnnAssign)) and n.col_offset == 0:
            found |= {e.name: n.lineno for e in of_value(n)}
    for n in tree.body:
        given = attributes(n) if isinstance(n, ast.Assign) else []
        found |= {f'{owner}.{name}': found[f] for owner, name, f, _ in given if f in found}
    return found

def reference(cell, mod, level, names, lines, folded):
    "Reference entries of an exported cell, as Markdown; values say themselves where the code below is not folded."
    found = list(entries(without_directives(source(cell))))
    if not folded: found = [replace(e, signature='', doc='') if e.kind == 'value' else e for e in found]
    blob = f"{cfg['git_url']}/blob/{cfg['branch']}/{module_file(mod).relative_to(root).as_posix()}"
    def url(e): return f"{blob}#L{lines.get(e.name) or lines.get(e.name.split('.')[-1], 1)}"
    def link(text): return linked(text, names)
    deeper = any(e.kind == 'class' for e in found)     # methods stand below their class; those of a later cell, alone
    def depth(e): return level + (deeper and e.kind in ('method', 'property'))
    return '\n'.join(markdown(e, label(e, mod), depth(e), url(e), link) for e in found)

def only_imports(text):
    "Whether an exported cell holds imports and the module's logger, which teach a reader nothing."
    def teaches(n): return not (isinstance(n, (ast.Import, ast.ImportFrom)) or ast.unparse(n).startswith('_log = '))
    return not any(map(teaches, ast.parse(text).body))

def md_cell(text): return dict(cell_type='markdown', metadata={}, source=text)

def code_cell(cell, text, *tags):
    "A code cell with its saved outputs, but for widgets (progress bars): they would need another server's scripts."
    outputs = [o for o in cell['outputs'] if 'application/vnd.jupyter.widget-view+json' not in o.get('data', {})]
    metadata = dict(tags=list(tags))
    if alt(cell): metadata['mystnb'] = dict(image=dict(alt=alt(cell)))
    return dict(cell, source=text, metadata=metadata, execution_count=None, outputs=outputs)

def shown(cell, mod, level, names, lines):
    "The cells that a reader gets for a code cell."
    text, has = without_directives(source(cell)).strip('\n'), directives(cell)
    of_nbdev = re.match(r'(from nbdev\.showdoc import|show_doc\()', text)
    if not text or has & {'hide', 'default_exp'} or of_nbdev: return []
    if has & {'export', 'exporti', 'exports'}:
        if only_imports(text): return []
        folded = 'exports' not in has and any(isinstance(n, defined) for n in ast.parse(text).body)
        docs = reference(cell, mod, level, names, lines, folded) if exported(cell) else ''
        return ([md_cell(docs)] if docs else []) + [code_cell(cell, text, *(['hide-input'] if folded else []))]
    silent = re.search(r'^#\|\s*echo:\s*false', source(cell), re.M)
    return [code_cell(cell, text, *(['remove-input'] if silent else []))]

def adapt(nb, names):
    "A notebook as its page."
    mod, level, cells = module(nb), 1, []
    lines = line_of(mod) if mod else {}
    for cell in nb['cells']:
        if cell['cell_type'] == 'markdown':
            cells.append(md_cell(prose(source(cell), names)))
            if heads := re.findall(r'^(#+) ', source(cell), re.M): level = len(heads[-1])
        elif cell['cell_type'] == 'code': cells += shown(cell, mod, level + 1, names, lines)
    for i, cell in enumerate(cells): cell['id'] = f'cell-{i}'
    return dict(nb, cells=cells, metadata=dict(nb['metadata'], widgets={}), nbformat=4, nbformat_minor=5)

def caption(folder):
    "What the navigation calls a folder: 20_encoders is Encoders."
    return re.sub(r'^\d+[a-zA-Z]?_', '', folder.name).replace('_', ' ').capitalize()

def opens_the_site(path): return room(path) == nbs/'tutorials' or path == nbs/'how_it_works.ipynb'

def groups(paths):
    "The navigation, in the notebooks' own order: (caption, notebooks)."
    paths = [p for p in paths if p != nbs/'index.ipynb']
    found = dict(Start=[p for p in paths if opens_the_site(p)])
    for p in paths:
        if opens_the_site(p): continue
        top = 'Commands' if p.name == '95_cli.ipynb' else 'Parts' if p.name[0].isdigit() else 'Reference'
        found.setdefault(caption(room(p)) if room(p) else top, []).append(p)
    return [*((c, ps) for c, ps in found.items() if c != 'Reference'), ('Reference', found.get('Reference', []))]

def navigation(paths):
    "The navigation as Sphinx wants it."
    extra = dict(Start=['Overview <self>'], Reference=['reference'])
    lists = [(caption, extra.get(caption, []) + [page(p).as_posix() for p in ps]) for caption, ps in groups(paths)]
    trees = [['```{toctree}', ':hidden:', f':caption: {c}', '', *pages, '```', ''] for c, pages in lists if pages]
    return '\n'.join('\n'.join(tree) for tree in trees)

def sidebar(paths):
    "The navigation as Quarto wants it."
    lines = ['website:', '  sidebar:', '    contents:', '      - index.ipynb']
    for name, found in groups(paths):
        if found: lines += [f'      - section: {name}', '        contents:']
        lines += [f'          - {p.relative_to(nbs).as_posix()}' for p in found]
    return '\n'.join(lines) + '\n'

def index_of_names(books, names):
    "The page that lists every public name of every module with its summary."
    lines = ['# All names', '', '{.summary}', 'Every public function and class, by module.', '']
    for path, nb in books:
        every = [e for c in filter(exported, nb['cells']) for e in entries(without_directives(source(c)))]
        found = [e for e in every if e.kind in ('function', 'class', 'value')]
        if not found: continue
        lines += [f'## musechat.{module(nb)}', '', '| name | what it does |', '| --- | --- |']
        summaries = [linked(plain(e.doc.partition('\n')[0]), names) for e in found]
        lines += [f'| [`{e.name}`](#{label(e, module(nb))}) | {text} |' for e, text in zip(found, summaries)] + ['']
    return '\n'.join(lines)

def main(out):
    "Write every page below `out`."
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    books = [(p, read(p)) for p in notebooks()]
    names = symbols(books)
    for path, nb in books:
        made = adapt(nb, names)
        if path == nbs/'index.ipynb':
            made['cells'].append(dict(md_cell(navigation([p for p, _ in books])), id='navigation'))
        target = (out/page(path)).with_suffix('.ipynb')
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(made), encoding='utf-8')
    for folder in nbs.rglob('images'): shutil.copytree(folder, out/folder.relative_to(nbs), dirs_exist_ok=True)
    (out/'reference.md').write_text(index_of_names(books, names), encoding='utf-8')

if __name__ == '__main__':
    if sys.argv[1] == '--sidebar': (nbs/'sidebar.yml').write_text(sidebar(notebooks()), encoding='utf-8')
    else: main(Path(sys.argv[1]))
