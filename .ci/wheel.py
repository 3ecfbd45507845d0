"Check what a wheel holds and says of itself: wheel.py FILE.whl"
import re
import subprocess
import sys
import zipfile
from email import message_from_bytes

from notebooks import root

extras = set('notebook train simulation synthesis youtube evaluation app quantised milvus ray docs dev all'.split())
links = {'Documentation', 'Source', 'Issues', 'Changelog'}

def packaged():
    "Files of the package that git knows."
    said = subprocess.run(['git', 'ls-files', 'musechat'], cwd=root, check=True, capture_output=True, text=True).stdout
    return set(said.splitlines())

def contents(wheel):
    "Files that are missing, and files that nobody asked for."
    held = {n for n in wheel.namelist() if '.dist-info/' not in n}
    yield from (f'the wheel lacks {n}' for n in sorted(packaged() - held))
    yield from (f'the wheel has {n}, which git does not know' for n in sorted(held - packaged()))

def metadata(about):
    "What the metadata lacks."
    if about['License-Expression'] != 'Apache-2.0': yield f"License-Expression is {about['License-Expression']}"
    named = {line.split(',')[0] for line in about.get_all('Project-URL')}
    if links - named: yield f'no project link {links - named}'
    declared = set(about.get_all('Provides-Extra'))
    if declared != extras: yield f'extras are missing or new: {declared ^ extras}'
    if 'Typing :: Typed' not in about.get_all('Classifier'): yield 'the classifier for types is missing'

def needed(about):
    "A package of an extra that everybody has to install."
    lines = about.get_all('Requires-Dist')
    name = lambda line: re.match(r'[\w.-]+', line)[0].lower()
    plain = {name(line) for line in lines if 'extra ==' not in line}
    apart = {name(line) for line in lines if 'extra ==' in line}
    return (f'{p} belongs to an extra, and is required without it' for p in sorted(plain & apart))

def main(path):
    with zipfile.ZipFile(path) as wheel:
        about = message_from_bytes(wheel.read(next(n for n in wheel.namelist() if n.endswith('.dist-info/METADATA'))))
        wrong = [*contents(wheel), *metadata(about), *needed(about)]
    if wrong: sys.exit('\n'.join(wrong))

if __name__ == '__main__': main(sys.argv[1])
