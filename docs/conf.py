"""How the site is made: ``sphinx-build -W docs docs/_build/html``."""

import sys
from pathlib import Path

import skmnist

sys.path.insert(0, str(Path(__file__).parent))  # for _cells.py and _site.py
from _site import link_estimators

project = "skmnist"
author = "The skmnist developers"
project_copyright = author
version = release = skmnist.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
    "_cells",
    "_site",
]
exclude_patterns = ["_build", "_templates", "changes.d"]
# Nothing is fetched, so a name of another package is text, not a link.
nitpicky = False
default_role = "py:obj"

autosummary_generate = True
templates_path = ["_templates"]
autodoc_typehints = "none"  # the docstrings say more
numpydoc_show_class_members = False  # _templates/autosummary/class.rst does
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

# Estimators shown in the gallery link to the reference beside it.
link_estimators("..")
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"/plot_",
    "ignore_pattern": r"(_common|draw_a_digit)\.py$",
    "reset_argv": "_site.arguments_of_examples",
    "within_subsection_order": "_site.place_of_example",
    "backreferences_dir": "gallery/backreferences",
    "doc_module": "skmnist",
    "reference_url": {"skmnist": None},
    "write_computation_times": False,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
}

html_theme = "pydata_sphinx_theme"
html_title = "skmnist"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = False
html_sidebars = {"*": []}  # pages without others below them
html_theme_options = {
    "header_links_before_dropdown": 9,
    "navbar_align": "left",
    "navbar_persistent": ["search-button"],
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": False,
    "footer_start": ["copyright"],
    "footer_end": [],
}
toc_object_entries_show_parents = "hide"
