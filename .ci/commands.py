"""Rehearse every command that the documentation shows: commands.py WHEEL, or commands.py --list

Each `sh` block of README.md and of the notebooks is run as `commands.toml` says, in an environment that holds the
wheel with the extras that the page has named so far, and nothing else."""
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from notebooks import notebooks, read, root, source

try: import tomllib
except ModuleNotFoundError: from pip._vendor import tomli as tomllib      # Python 3.10

table = tomllib.loads((root/'.ci'/'commands.toml').read_text(encoding='utf-8'))

# What the pages say

_fence = re.compile(r'^```(?:sh|bash|shell|console)\n(.*?)^```', re.M | re.S)
_installs = re.compile(r"""pip install (?:-e )?['"]?(?:musechat|\.)(?:\[([\w, ]+)\])?""")

@dataclass
class Block:
    "An `sh` block: its page, the extras that are installed by then, its commands."
    page: str
    extras: frozenset
    lines: list

def pages():
    "Text of README.md and of every notebook with its name; index.ipynb is README.md."
    yield 'README.md', (root/'README.md').read_text(encoding='utf-8')
    for path in notebooks():
        if path.stem == 'index': continue
        cells = read(path)['cells']
        yield path.relative_to(root).as_posix(), '\n\n'.join(source(c) for c in cells if c['cell_type'] == 'markdown')

def commands_of(text):
    "Commands of a block, each on one line, without comments."
    joined = re.sub(r'\\\n\s*', ' ', text)
    bare = (re.sub(r'\s+#.*', '', line).strip() for line in joined.splitlines())
    return [line for line in bare if line and not line.startswith('#')]

def blocks():
    "All blocks in the order of the pages; what a page installs stays installed."
    for page, text in pages():
        installed, extras = False, set()
        for m in _fence.finditer(text):
            lines = commands_of(m[1])
            named = _installs.findall('\n'.join(lines))
            installed, extras = installed or bool(named), extras | names_in(named)
            uses = [line for line in lines if re.match(r'(musechat|accelerate) ', line)]
            if uses and not installed: sys.exit(f'{page} does not say what to install before: {uses[0]}')
            yield Block(page, frozenset(extras), lines)

def names_in(lists):
    "Extras in lists such as 'train,evaluation'; that of developers is no part of what a user installs."
    return {name.strip() for names in lists for name in names.split(',') if name.strip()} - {'dev'}

# How they are rehearsed

def entry(command):
    "The entry of the table for a command."
    found = next((e for e in table['command'] if re.match(e['like'], command)), None)
    if found is None: sys.exit(f'commands.toml has no entry for this command: {command}')
    return found

@dataclass(frozen=True)
class Step:
    "What is run for a documented command; two that are run alike are one."
    shown: str = field(compare=False)
    run: str
    typed: str = ''

def step(command):
    "The step for a command, or None where it is run elsewhere."
    if command.startswith('pip install '): return None
    e = entry(command)
    if 'skip' in e: return None
    run = command
    for pattern, text in e.get('swap', ()): run = re.sub(pattern, text.replace('{many}', table['many']), run)
    run = ' '.join(f"{run} {e.get('also', '')}".split())
    first = e.get('first', '').replace('{root}', str(root))
    return Step(command, '\n'.join([first, run, e.get('then', '')]).strip(), e.get('typed', ''))

def paths():
    "(page, extras, steps from an empty folder to the end of a block), for every block."
    before = {}
    for b in blocks():
        first = next((line for line in b.lines if not line.startswith('pip install')), '')
        start = next((s['after'] for s in table['start'] if s['page'] == b.page and first.startswith(s['block'])), None)
        known = before.get(b.page, []) if start is None else list(filter(None, map(step, start)))
        before[b.page] = [*known, *filter(None, map(step, b.lines))]
        yield b.page, b.extras, before[b.page]

@dataclass
class Node:
    "A place in the tree of steps: what can be run next, for which pages, and what those have installed."
    children: dict = field(default_factory=dict)
    pages: list = field(default_factory=list)
    extras: list = field(default_factory=list)

def tree():
    "The steps of all pages; what several of them have in common is there once."
    top = Node()
    for page, extras, steps in paths():
        node = top
        for s in steps:
            node = node.children.setdefault(s, Node())
            if page not in node.pages: node.pages.append(page)
            if extras not in node.extras: node.extras.append(extras)
    return top

def least(sets):
    "Those that hold no other: a step that runs with few extras runs with more."
    return [s for s in sets if not any(other < s for other in sets)]

# Environments

def uv(work):
    "The uv that is installed, or one of its own."
    if found := shutil.which('uv'): return found
    subprocess.run([sys.executable, '-m', 'venv', work/'uv'], check=True)
    subprocess.run([work/'uv'/'bin'/'pip', 'install', '-q', 'uv'], check=True)
    return str(work/'uv'/'bin'/'uv')

def as_pip_is_set():
    "Where pip looks for packages, in the variables that uv reads."
    said = subprocess.run([sys.executable, '-m', 'pip', 'config', 'list'], capture_output=True, text=True).stdout
    settings = dict(re.findall(r"^[\w:]+\.([\w-]+)='(.*)'$", said, re.M))
    found = dict(UV_INDEX_STRATEGY='unsafe-best-match', UV_LINK_MODE='hardlink')
    for pip, name in (('index-url', 'DEFAULT_INDEX'), ('extra-index-url', 'INDEX'), ('constraint', 'CONSTRAINT')):
        if pip in settings: found[f'UV_{name}'] = settings[pip]
    if 'find-links' in settings: found['UV_FIND_LINKS'] = settings['find-links'].replace(' ', ',')
    return found

def cache_for(uv, work):
    "uv's cache if it lies on the disk of `work`, where links reach, else one for this run."
    usual = Path(subprocess.run([uv, 'cache', 'dir'], check=True, capture_output=True, text=True).stdout.strip())
    usual.mkdir(parents=True, exist_ok=True)
    return usual if usual.stat().st_dev == work.stat().st_dev else work/'uv-cache'

def extras_of(wheel):
    "Names of the extras that a wheel has: of another one, installers only warn."
    with zipfile.ZipFile(wheel) as z:
        about = z.read(next(n for n in z.namelist() if n.endswith('.dist-info/METADATA'))).decode()
    return set(re.findall(r'^Provides-Extra: (\S+)', about, re.M))

@cache
def build(uv, wheel, extras, work):
    "An environment with the wheel and some extras; files are links to those in uv's cache."
    folder, start = work/'-'.join(['env', *sorted(extras)]), time.monotonic()
    if unknown := extras - extras_of(wheel): sys.exit(f"musechat has no extra {', '.join(sorted(unknown))}")
    env = os.environ | as_pip_is_set() | dict(UV_CACHE_DIR=str(cache_for(uv, work)))
    named = f"musechat[{','.join(sorted(extras))}] @ {wheel.resolve().as_uri()}"
    subprocess.run([uv, 'venv', '-q', '--seed', '--python', sys.executable, folder], check=True, env=env)
    install = [uv, 'pip', 'install', '-q', '--python', folder/'bin'/'python', named.replace('[]', '')]
    done = subprocess.run(install, env=env, capture_output=True, text=True)
    if done.returncode: sys.exit(f'cannot install {named}:\n{done.stderr}')
    print(f"environment musechat[{','.join(sorted(extras))}] ({time.monotonic() - start:.0f} s)", flush=True)
    return folder

# Running

def environment(env, home):
    "Variables of a user: a home of their own, this environment first, and no others of ours but the cache of weights."
    kept = {k: v for k, v in os.environ.items() if not k.startswith(('PYTHON', 'VIRTUAL_ENV', 'OMP_', 'MKL_'))}
    sample = next(env.glob('lib/python*/site-packages/musechat/sample'))
    path = f"{env/'bin'}{os.pathsep}{os.environ['PATH']}"
    return kept | dict(HOME=str(home), PATH=path, SAMPLE=str(sample), TQDM_DISABLE='1')

def run(s, env, folder):
    "Run a step in a folder; the end of what it printed where it failed, else None."
    home = folder/'home'
    home.mkdir(exist_ok=True)
    settings = dict(cwd=folder, env=environment(env, home), timeout=table['needed_s'])
    pipes = dict(input=s.typed.lstrip(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try: done = subprocess.run(['bash', '-ec', s.run], **settings, **pipes)
    except subprocess.TimeoutExpired as e: return f"not done after {e.timeout:.0f} s\n{str(e.stdout)[-2000:]}"
    return done.stdout[-3000:] if done.returncode else None

def walk(node, folder, environment_of, failed):
    "Run what follows, each branch in its own copy of the folder."
    places = [folder, *(copy_of(folder) for _ in list(node.children)[1:])]
    for place, (s, child) in zip(places, node.children.items()):
        *others, last = least(child.extras)
        wrong = [told(s, child, environment_of(extras), copy_of(place)) for extras in others]
        wrong = list(filter(None, [*wrong, told(s, child, environment_of(last), place)]))
        if not wrong: walk(child, place, environment_of, failed)
        failed += [f'{s.shown}\nrehearsed as: {s.run}\n{end}' for end in wrong]

def told(s, node, env, folder):
    "Run a step and print how it went; the end of what it printed where it failed."
    start = time.monotonic()
    wrong = run(s, env, folder)
    took_s, pages = time.monotonic() - start, ', '.join(node.pages)
    print(f"{'ok  ' if wrong is None else 'FAIL'}  {s.shown}  ({took_s:.0f} s; {pages})", flush=True)
    return wrong

def copy_of(folder):
    "A copy of a folder beside it."
    return Path(shutil.copytree(folder, tempfile.mkdtemp(dir=folder.parent), dirs_exist_ok=True, symlinks=True))

def main():
    if sys.argv[1:] == ['--list']:
        print(json.dumps([dict(page=b.page, extras=sorted(b.extras), commands=b.lines) for b in blocks()], indent=1))
        return
    wheel, steps, failed = Path(sys.argv[1]), tree(), []
    with tempfile.TemporaryDirectory() as tmp:
        work = Path(tmp)
        installer = uv(work)
        walk(steps, Path(tempfile.mkdtemp(dir=work)), lambda extras: build(installer, wheel, extras, work), failed)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f'{used.ru_utime + used.ru_stime:.0f} s of processor time')
    if failed: sys.exit('\n\n'.join(failed))

if __name__ == '__main__': main()
