"""How ``tox -e docs`` builds the documentation site: without network, and for pages that ask nobody for anything."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

from axme import __version__  # noqa: E402

project = "axme"
author = "The axme maintainers"
project_copyright = author
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "axme_site",
]
exclude_patterns = ["_ext", "_build"]
suppress_warnings = ["misc.highlighting_failure"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3

add_module_names = False
maximum_signature_line_length = 100
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True}
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"axme {__version__}"
html_static_path = ["_static"]
html_css_files = ["axme.css"]
html_favicon = "_static/axme.svg"
html_logo = "_static/axme.svg"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b6e8f", "color-brand-content": "#0b6e8f"},
    "dark_css_variables": {"color-brand-primary": "#6cc7e2", "color-brand-content": "#6cc7e2"},
}
copybutton_exclude = ".linenos, .gp, .go"
copybutton_selector = "div:not(.highlight-output):not(.highlight-text) > div.highlight > pre"
