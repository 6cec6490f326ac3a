"""How the site is built: ``python -m sphinx -W -b html docs build/docs``."""

import re
from importlib.metadata import version as version_of

import click

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


def setup(app):
    """Let options read as ``--help`` prints them; sphinx-click has names of its own."""
    app.connect("sphinx-click-process-options", options_as_help_prints_them)


def options_as_help_prints_them(app, context, lines):
    """Put what click says of each option in place of ``lines``."""
    options = (each for each in context.command.params if isinstance(each, click.Option))
    lines[:] = []
    for names, text in (option.get_help_record(context) for option in options):
        text = re.sub(r"(?<!\S)--?[a-z]\S*\b", r"``\g<0>``", " ".join(text.split()))
        lines += [f".. option:: {names.replace(' / ', ', ')}", "", f"   {text}", ""]
