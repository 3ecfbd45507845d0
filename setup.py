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
for_users = 'notebook train simulation synthesis youtube evaluation app quantised milvus ray'.split()
for_tests = 'notebook train simulation synthesis youtube evaluation docs'.split()

def packages_of(*extras):
    "Requirements of some extras, each once."
    return list(dict.fromkeys(r for extra in extras for r in shlex.split(cfg[f'{extra}_requirements'])))

def about():
    "README with links that work outside the repository."
    text = Path('README.md').read_text(encoding='utf-8')
    return text.replace('](nbs/', f"]({cfg['git_url']}/raw/{cfg['branch']}/nbs/")

setup(
    name=cfg['lib_name'],
    version=cfg['version'],
    license_expression='Apache-2.0',
    license_files=['LICENSE'],
    description=cfg['description'],
    long_description=about(),
    long_description_content_type='text/markdown',
    keywords=', '.join(cfg['keywords'].split()),
    author=cfg['author'],
    author_email=cfg['author_email'],
    url=cfg['git_url'],
    project_urls={
        'Documentation': cfg['doc_host'] + cfg['doc_baseurl'],
        'Source': cfg['git_url'],
        'Issues': cfg['git_url'] + '/issues',
        'Changelog': f"{cfg['git_url']}/blob/{cfg['branch']}/CHANGELOG.md",
    },
    classifiers=[
        'Development Status :: ' + statuses[int(cfg['status']) - 1],
        'Environment :: Console',
        'Framework :: Jupyter',
        'Intended Audience :: ' + cfg['audience'],
        'Intended Audience :: End Users/Desktop',
        'Intended Audience :: Science/Research',
        'Natural Language :: ' + cfg['language'],
        'Operating System :: OS Independent',
        'Programming Language :: Python :: 3 :: Only',
        *(f'Programming Language :: Python :: {v}' for v in pythons[pythons.index(cfg['min_python']):]),
        'Topic :: Multimedia :: Sound/Audio',
        'Topic :: Multimedia :: Video',
        'Topic :: Scientific/Engineering :: Artificial Intelligence',
        'Typing :: Typed',
    ],
    packages=find_namespace_packages(include=['musechat', 'musechat.*'], exclude=['*.__pycache__']),
    include_package_data=True,
    install_requires=shlex.split(cfg['requirements']),
    extras_require={extra: packages_of(extra) for extra in [*for_users, 'docs']}
    | {'dev': packages_of('dev', *for_tests), 'all': packages_of(*for_users)},
    python_requires='>=' + cfg['min_python'],
    zip_safe=False,
    entry_points={
        'console_scripts': shlex.split(cfg['console_scripts']),
        'nbdev': [f"{cfg['lib_name']}={cfg['lib_name']}._modidx:d"],
    },
)
