"""How the site is built: ``python -m sphinx -W -b html docs build/docs``."""

from importlib.metadata import version as version_of

project = "picostream-pymeasure"
author = copyright = "the picostream-pymeasure contributors"
version = release = version_of("picostream-pymeasure")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_click",
]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = project

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_class_signature = "separated"
autodoc_mock_imports: list[str] = []
exclude_patterns = ["_build"]
