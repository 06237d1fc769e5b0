"""The site: ``python -m sphinx -W -n docs build/html``, with the extra ``docs``; no network is needed.

The manual is the Markdown pages of this folder. The reference is written from the docstrings by
`_ext/reference.py`, and the gallery is made of the scripts in `gallery`.
"""

import os
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS))
os.environ.setdefault("MPLBACKEND", "Agg")

import voicefeat  # noqa: E402

project = "voicefeat"
author = "The voicefeat authors"
version = release = voicefeat.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "sphinx_design",
    "sphinx_copybutton",
    "_ext.pictures",
    "_ext.reference",
    "_ext.links",
]
exclude_patterns = ["landing.md", "_ext", "_made", "gallery", "pictures/*.py"]
nitpicky = True
default_role = "literal"

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4

autodoc_typehints = "none"
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
python_maximum_signature_line_length = 80
toc_object_entries = False

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"\.py$",
    "within_subsection_order": "_ext.gallery.Reading",
    "remove_config_comments": True,
    "backreferences_dir": "auto_gallery/backreferences",
    "doc_module": ("voicefeat",),
    "inspect_global_variables": False,
    "capture_repr": (),
    "download_all_examples": False,
    "write_computation_times": False,
    "show_memory": False,
    "min_reported_time": 1000,
    "copyfile_regex": r"$^",
    "plot_gallery": True,
    "abort_on_example_error": True,
}

html_theme = "pydata_sphinx_theme"
html_title = "voicefeat"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_sidebars = {"index": []}
html_theme_options = {
    "logo": {"text": "voicefeat"},
    "navigation_with_keys": False,
    "show_nav_level": 1,
    "show_toc_level": 2,
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "footer_start": ["copyright"],
    "footer_end": [],
}
copyright = "The voicefeat authors. ISC licence"
copybutton_prompt_text = ">>> |\\.\\.\\. |\\$ "
copybutton_prompt_is_regexp = True
