"""Reading recordings: ``PicoStreamReader``, and what others need to read them by parts.

The door of this room; what is behind it is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..doors import door

if TYPE_CHECKING:
    from .captures import RecordedCaptures
    from .event_levels import EventLevels, find_levels
    from .event_text import parse_keep, parse_rule, rule_text
    from .exporting.export import export_recording
    from .found_events import FoundEvents
    from .source import Scales, Source
    from .stream_reader import PicoStreamReader
    from .window import draw_window

_PLACES = {
    ".captures": ("RecordedCaptures",),
    ".event_levels": ("EventLevels", "find_levels"),
    ".event_text": ("parse_keep", "parse_rule", "rule_text"),
    ".exporting.export": ("export_recording",),
    ".found_events": ("FoundEvents",),
    ".source": ("Scales", "Source"),
    ".stream_reader": ("PicoStreamReader",),
    ".window": ("draw_window",),
}

__all__ = [
    "EventLevels",
    "FoundEvents",
    "PicoStreamReader",
    "RecordedCaptures",
    "Scales",
    "Source",
    "draw_window",
    "export_recording",
    "find_levels",
    "parse_keep",
    "parse_rule",
    "rule_text",
]

__getattr__ = door(__name__, _PLACES)
