"""The site that `make docs` builds."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Backline"
author = "The authors of Backline"
copyright = author
version = release = version_of("backline")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sitetools.extension",
]
exclude_patterns = ["_ext", "_static"]
suppress_warnings = ["config.cache"]

# Pages
smartquotes_action = "D"  # dashes alone: messages are shown with the quotes that they have
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]
default_role = "py:obj"
highlight_language = "none"
pygments_style = "friendly"
pygments_dark_style = "monokai"

# The reference
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_attr_annotations = False  # what an attribute is stands in its description
napoleon_custom_sections = [("Options", "notes_style")]
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
python_display_short_literal_types = True
toc_object_entries_show_parents = "hide"

# A reference to a name of ours leads somewhere. Others are in libraries whose documentation is not
# read while the site is built, so that it can be built without a network.
nitpicky = True
nitpick_ignore_regex = [(r"py:.*", r"(?!backline\b).*")]

# Looks
html_theme = "furo"
html_title = "Backline"
html_static_path = ["_static"]
html_css_files = ["backline.css"]
html_show_sourcelink = False
html_copy_source = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
