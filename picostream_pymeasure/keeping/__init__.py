"""Keeps the events of a stream and lets the rest go, on the way from the pool to a sink.

The door of this room. What is searched for is told by :class:`~..config.EventRule`; the search is
the one that finds events of a recording, so that both find the same.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .rules import converter_step, kernel_rule, pace_of, samples_in
    from .sink import KeepingSink
    from .totals import KeptTotals

_PLACES = {
    ".rules": ("converter_step", "kernel_rule", "pace_of", "samples_in"),
    ".sink": ("KeepingSink",),
    ".totals": ("KeptTotals",),
}
_HOME = {name: place for place, names in _PLACES.items() for name in names}

__all__ = [
    "KeepingSink",
    "KeptTotals",
    "converter_step",
    "kernel_rule",
    "pace_of",
    "samples_in",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name], __name__), name)
