"Sphinx settings of the docs site; .ci/docs/build calls them."
from configparser import ConfigParser
from pathlib import Path

here = Path(__file__).resolve().parent
config = ConfigParser(delimiters=['='], interpolation=None)
config.read(here.parent.parent/'settings.ini', encoding='utf-8')
cfg = config['DEFAULT']

project, version, author, copyright = cfg['title'], cfg['version'], cfg['author'], cfg['copyright']
html_title = cfg['title']
html_baseurl = cfg['doc_host'] + cfg['doc_baseurl'] + '/'
extensions = ['myst_nb', 'sphinx.ext.mathjax']
myst_enable_extensions = ['amsmath', 'attrs_block', 'attrs_inline', 'colon_fence', 'deflist', 'dollarmath']
myst_heading_anchors = 3
nb_execution_mode = 'off'
nb_number_source_lines = False
nb_merge_streams = True
nb_render_markdown_format = 'myst'
nb_code_prompt_show = 'Code'
nb_code_prompt_hide = 'Code'
mathjax_path = 'mathjax.js'
smartquotes_action = 'q'    # no dashes out of `--say`
html_use_index = False
html_theme = 'furo'
html_static_path = [str(here/'static')]
html_css_files = ['musechat.css']
html_show_sourcelink = False
html_copy_source = False
pygments_style, pygments_dark_style = 'friendly', 'monokai'
html_theme_options = dict(source_repository=cfg['git_url'] + '/', source_branch=cfg['branch'],
                          source_directory='nbs/', top_of_page_buttons=[])
