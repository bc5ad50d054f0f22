"""Sphinx's settings.

Words live in the pages, programs in `examples/`; nothing here or in a built page comes from the
network.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

import cli_reference
import draw_lab
import draw_pictures

import glassnet
from glassnet.lab.page import lab_page

DOCS = Path(__file__).parent
ALONE = (
    *(
        "index",
        "files",
        "predicting",
        "distilling",
        "stopping",
        "large_tables",
        "derivation",
    ),
    *("notices", "scope", "search", "genindex"),
)
"""Pages of no section: they have no navigation beside them."""

project = "glassnet"
release = version = glassnet.__version__
copyright = "the authors of glassnet, MIT licence"  # noqa: A001
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "docstrings",  # before numpydoc, which reads what it leaves
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "mathml",
    "name_tables",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "images", "lab_screen", "_extensions", "**/GALLERY_HEADER.rst"]
default_role = "py:obj"  # `Model` in a docstring is a link where there is such a name, else code

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_dmath_allow_space = False  # "$5 and $6" are prices
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "inherited-members": True}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
add_module_names = False
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
numpydoc_attributes_as_param_list = True

sphinx_gallery_conf = {
    "examples_dirs": ["../examples/tutorial", "../examples/how_to"],
    "gallery_dirs": ["tutorial", "how_to"],
    "filename_pattern": "/",  # run them all
    "within_subsection_order": "FileNameSortKey",
    "image_srcset": ["2x"],
    "default_thumb_file": str(DOCS / "images" / "network.svg"),
    "capture_repr": ("_repr_html_",),
    "run_stale_examples": True,  # the program may have changed where the page has not
    "abort_on_example_error": True,
    "download_all_examples": False,
    "write_computation_times": False,
    "min_reported_time": float("inf"),
    "show_signature": False,
    "remove_config_comments": True,
}

html_theme = "pydata_sphinx_theme"
html_title = "glassnet"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_js_files = ["pages.js"]
html_math_renderer = "mathml"
html_sidebars = {name: [] for name in ALONE}
html_copy_source = html_show_sourcelink = False
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 4,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "collapse_navigation": True,
}


def setup(app: Any) -> None:
    """Before pages are looked for: the command line's own help becomes one; pictures are drawn.

    At the end: the lab, which is a page of its own.
    """
    app.connect("builder-inited", lambda _: _write_made_files(), priority=100)
    app.connect("build-finished", lambda _, error: error or _write_lab(Path(app.outdir) / "lab"))


def _write_made_files() -> None:
    cli_reference.write(DOCS / "reference" / "command_line.md")
    draw_pictures.write(DOCS / "reference" / "drawn")
    draw_lab.write(DOCS / "lab_screen")


def _write_lab(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text(lab_page({}).html, encoding="utf-8")
