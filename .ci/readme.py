"Write README.md from nbs/index.ipynb, or check that it is what would be written: readme.py [--check]"
import difflib
import re
import sys
from configparser import ConfigParser

import nbformat
from nbconvert import MarkdownExporter

from notebooks import directives, nbs, page, root, source, without_directives

def visible(cell):
    "The cell as a reader sees it: no directives, no hidden cells, no source under `#| echo: false`."
    if cell['cell_type'] != 'code': return cell
    if directives(cell) & {'hide', 'default_exp'}: return None
    cell['source'] = '' if re.search(r'^#\|\s*echo:\s*false', source(cell), re.M) else without_directives(source(cell))
    return cell

def absolute_links(text, site):
    "Pictures in nbs/ by their path in the repository, pages by their address on the site."
    text = re.sub(r'\]\((images/[^)]+)\)', r'](nbs/\1)', text)
    text = re.sub(r'src="(images/[^"]+)"', r'src="nbs/\1"', text)
    def address(m): return f"]({site}/{page(nbs/m[1]).as_posix()}.html{m[2] or ''})"
    return re.sub(r'\]\(([\w/]+\.ipynb)(#[^)]*)?\)', address, text)

def readme():
    "README.md as it should be."
    config = ConfigParser(delimiters=['='], interpolation=None)
    config.read(root/'settings.ini', encoding='utf-8')
    site = config['DEFAULT']['doc_host'] + config['DEFAULT']['doc_baseurl']
    nb = nbformat.read(nbs/'index.ipynb', as_version=4)
    nb.cells = [cell for cell in map(visible, nb.cells) if cell]
    text, resources = MarkdownExporter().from_notebook_node(nb)
    if resources.get('outputs'):
        raise SystemExit("index.ipynb has a picture as a cell's output: save it in nbs/images/ and link it")
    return re.sub(r'\n{3,}', '\n\n', absolute_links(text, site)).strip() + '\n'

def main():
    file, want = root/'README.md', readme()
    if '--check' not in sys.argv: return file.write_text(want, encoding='utf-8')
    have = file.read_text(encoding='utf-8')
    lines = have.splitlines(), want.splitlines()
    diff = list(difflib.unified_diff(*lines, 'README.md', 'from index.ipynb', lineterm=''))
    if have != want: raise SystemExit('\n'.join(diff[:40]) + '\nREADME.md is stale: run python .ci/readme.py')
    missing = [m for m in re.findall(r'(?:\]\(|src=")(nbs/[^)"]+)', want) if not (root/m).is_file()]
    if missing: raise SystemExit(f'README.md shows pictures that are not there: {missing}')

if __name__ == '__main__': main()
