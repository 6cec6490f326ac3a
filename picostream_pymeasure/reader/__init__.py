"""Reading recordings: ``PicoStreamReader``, and what others need to read them by parts.

The door of this room; what is behind it is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..doors import door

if TYPE_CHECKING:  # "as" tells type checkers that a name is handed on
    from .captures import RecordedCaptures as RecordedCaptures
    from .event_levels import EventLevels as EventLevels
    from .event_levels import find_levels as find_levels
    from .event_text import parse_keep as parse_keep
    from .event_text import parse_rule as parse_rule
    from .event_text import rule_text as rule_text
    from .exporting.export import export_recording as export_recording
    from .found_events import FoundEvents as FoundEvents
    from .source import Scales as Scales
    from .source import Source as Source
    from .stream_reader import PicoStreamReader as PicoStreamReader
    from .window import draw_window as draw_window

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

__getattr__ = door(__name__, _PLACES)
