"""Widgets that show recordings; they read files and never touch hardware.

The door of this room; what is behind it is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..doors import door
from . import binding

if TYPE_CHECKING:  # "as" tells type checkers that a name is handed on
    from .application import QtCore as QtCore
    from .application import make_application as make_application
    from .application import run_event_loop as run_event_loop
    from .command_options import plot_options as plot_options
    from .experiment.menus import add_menus as add_menus
    from .experiment.recording_tab import RecordingTab as RecordingTab
    from .experiment.scopes import ScopeInput as ScopeInput
    from .experiment.window import ExperimentWindow as ExperimentWindow
    from .live_plotter import HDF5LivePlotter as HDF5LivePlotter
    from .painting.theme import dress as dress
    from .screen import require_screen as require_screen

_PLACES = {
    ".application": ("QtCore", "make_application", "run_event_loop"),
    ".command_options": ("plot_options",),
    ".experiment.menus": ("add_menus",),
    ".experiment.recording_tab": ("RecordingTab",),
    ".experiment.scopes": ("ScopeInput",),
    ".experiment.window": ("ExperimentWindow",),
    ".live_plotter": ("HDF5LivePlotter",),
    ".painting.theme": ("dress",),
    ".screen": ("require_screen",),
}


binding.settle()

__getattr__ = door(__name__, _PLACES)
