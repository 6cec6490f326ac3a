"""Widgets that show recordings; they read files and never touch hardware.

The door of this room; what is behind it is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..doors import door
from . import binding

if TYPE_CHECKING:
    from .application import QtCore, make_application, run_event_loop
    from .command_options import plot_options
    from .experiment.menus import add_menus
    from .experiment.recording_tab import RecordingTab
    from .experiment.scopes import ScopeInput
    from .experiment.window import ExperimentWindow
    from .live_plotter import HDF5LivePlotter
    from .painting.theme import dress
    from .screen import require_screen

_PLACES = {
    ".application": (
        "QtCore",
        "make_application",
        "run_event_loop",
    ),
    ".command_options": ("plot_options",),
    ".experiment.menus": ("add_menus",),
    ".experiment.recording_tab": ("RecordingTab",),
    ".experiment.scopes": ("ScopeInput",),
    ".experiment.window": ("ExperimentWindow",),
    ".live_plotter": ("HDF5LivePlotter",),
    ".painting.theme": ("dress",),
    ".screen": ("require_screen",),
}

__all__ = [
    "ExperimentWindow",
    "HDF5LivePlotter",
    "QtCore",
    "RecordingTab",
    "ScopeInput",
    "add_menus",
    "dress",
    "make_application",
    "plot_options",
    "require_screen",
    "run_event_loop",
]

binding.settle()

__getattr__ = door(__name__, _PLACES)
