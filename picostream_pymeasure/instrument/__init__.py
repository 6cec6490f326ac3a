"""The PicoScope 5000A as a PyMeasure instrument.

The door of this room; what is behind it is imported when it is used. That loads neither the driver
nor compiled code; both come when a scope is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..doors import door

if TYPE_CHECKING:
    from .adapter import PicoScopeAdapter
    from .capture import Capture
    from .channel import ScopeChannel
    from .digital_port import DigitalPort
    from .found_scopes import FoundScopes
    from .generator import ScopeGenerator
    from .ordered_captures import OrderedCaptures
    from .recording import capture_recorder, keep_config, recorder_for
    from .scope import PicoScope5000A
    from .trigger import ScopeTrigger

_PLACES = {
    ".adapter": ("PicoScopeAdapter",),
    ".capture": ("Capture",),
    ".channel": ("ScopeChannel",),
    ".digital_port": ("DigitalPort",),
    ".found_scopes": ("FoundScopes",),
    ".generator": ("ScopeGenerator",),
    ".ordered_captures": ("OrderedCaptures",),
    ".recording": (
        "capture_recorder",
        "keep_config",
        "recorder_for",
    ),
    ".scope": ("PicoScope5000A",),
    ".trigger": ("ScopeTrigger",),
}

__all__ = [
    "Capture",
    "DigitalPort",
    "FoundScopes",
    "OrderedCaptures",
    "PicoScope5000A",
    "PicoScopeAdapter",
    "ScopeChannel",
    "ScopeGenerator",
    "ScopeTrigger",
    "capture_recorder",
    "keep_config",
    "recorder_for",
]

__getattr__ = door(__name__, _PLACES)
