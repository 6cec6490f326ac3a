"""The PicoScope 5000A as a PyMeasure instrument.

Importing it loads neither the driver nor compiled code; both come when a scope is opened.
"""

from .adapter import PicoScopeAdapter
from .capture import Capture
from .channel import ScopeChannel
from .digital_port import DigitalPort
from .generator import ScopeGenerator
from .scope import PicoScope5000A
from .trigger import ScopeTrigger

__all__ = [
    "Capture",
    "DigitalPort",
    "PicoScope5000A",
    "PicoScopeAdapter",
    "ScopeChannel",
    "ScopeGenerator",
    "ScopeTrigger",
]
