"Packaging of musechat: everything that changes from release to release stands in `settings.ini`."
import shlex
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_namespace_packages, setup

config = ConfigParser(delimiters=['='])
config.read('settings.ini', encoding='utf-8')
cfg = config['DEFAULT']

pythons = '3.10 3.11 3.12 3.13 3.14'.split()
statuses = ['1 - Planning', '2 - Pre-Alpha', '3 - Alpha', '4 - Beta', '5 - Production/Stable', '6 - Mature', '7 - Inactive']
extras = {name: shlex.split(cfg[f'{name}_requirements']) for name in ('notebook', 'synthesis', 'youtube', 'evaluation', 'docs', 'dev')}

setup(
    name=cfg['lib_name'],
    version=cfg['version'],
    license='Apache-2.0',
    description=cfg['description'],
    long_description=Path('README.md').read_text(encoding='utf-8').replace('](nbs/', f"]({cfg['git_url']}/raw/{cfg['branch']}/nbs/"),
    long_description_content_type='text/markdown',
    keywords=cfg['keywords'],
    author=cfg['author'],
    author_email=cfg['author_email'],
    url=cfg['git_url'],
    classifiers=[
        'Development Status :: ' + statuses[int(cfg['status']) - 1],
        'Intended Audience :: ' + cfg['audience'],
        'Natural Language :: ' + cfg['language'],
    ] + [f'Programming Language :: Python :: {v}' for v in pythons[pythons.index(cfg['min_python']):]],
    packages=find_namespace_packages(include=['musechat', 'musechat.*']),
    include_package_data=True,
    install_requires=shlex.split(cfg['requirements']),
    extras_require=extras,
    python_requires='>=' + cfg['min_python'],
    zip_safe=False,
    entry_points={'console_scripts': shlex.split(cfg['console_scripts']), 'nbdev': [f"{cfg['lib_name']}={cfg['lib_name']}._modidx:d"]},
)
