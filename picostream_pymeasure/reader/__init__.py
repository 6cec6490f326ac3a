"""Reading recordings: ``PicoStreamReader``, and what others need to read them by parts.

The door of this room; what is behind it is imported when it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .captures import RecordedCaptures
    from .event_text import parse_rule
    from .export import export_recording
    from .found_events import FoundEvents
    from .source import Scales, Source
    from .stream_reader import PicoStreamReader
    from .window import draw_window

_PLACES = {
    ".captures": ("RecordedCaptures",),
    ".event_text": ("parse_rule",),
    ".export": ("export_recording",),
    ".found_events": ("FoundEvents",),
    ".source": ("Scales", "Source"),
    ".stream_reader": ("PicoStreamReader",),
    ".window": ("draw_window",),
}
_HOME = {name: place for place, names in _PLACES.items() for name in names}

__all__ = [
    "FoundEvents",
    "PicoStreamReader",
    "RecordedCaptures",
    "Scales",
    "Source",
    "draw_window",
    "export_recording",
    "parse_rule",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name], __name__), name)
