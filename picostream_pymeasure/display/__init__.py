"""Widgets that show recordings; they read files and never touch hardware."""

from . import binding

binding.settle()
