"""The PicoScope 5000A as a PyMeasure instrument.

The door of this room; what is behind it is imported when it is used. That loads neither the driver
nor compiled code; both come when a scope is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..doors import door

if TYPE_CHECKING:  # "as" tells type checkers that a name is handed on
    from .adapter import PicoScopeAdapter as PicoScopeAdapter
    from .capture import Capture as Capture
    from .channel import ScopeChannel as ScopeChannel
    from .digital_port import DigitalPort as DigitalPort
    from .found_scopes import FoundScopes as FoundScopes
    from .generator import ScopeGenerator as ScopeGenerator
    from .ordered_captures import OrderedCaptures as OrderedCaptures
    from .recording import capture_recorder as capture_recorder
    from .recording import keep_config as keep_config
    from .recording import recorder_for as recorder_for
    from .scope import PicoScope5000A as PicoScope5000A
    from .trigger import ScopeTrigger as ScopeTrigger

_PLACES = {
    ".adapter": ("PicoScopeAdapter",),
    ".capture": ("Capture",),
    ".channel": ("ScopeChannel",),
    ".digital_port": ("DigitalPort",),
    ".found_scopes": ("FoundScopes",),
    ".generator": ("ScopeGenerator",),
    ".ordered_captures": ("OrderedCaptures",),
    ".recording": ("capture_recorder", "keep_config", "recorder_for"),
    ".scope": ("PicoScope5000A",),
    ".trigger": ("ScopeTrigger",),
}

__getattr__ = door(__name__, _PLACES)
