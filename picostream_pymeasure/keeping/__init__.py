"""Keeps the events of a stream and lets the rest go, on the way from the pool to a sink.

The door of this room. What is searched for is told by :class:`~..config.EventRule`; the search is
the one that finds events of a recording, so that both find the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..doors import door

if TYPE_CHECKING:  # "as" tells type checkers that a name is handed on
    from .rules import converter_step as converter_step
    from .rules import kernel_rule as kernel_rule
    from .rules import pace_of as pace_of
    from .rules import samples_in as samples_in
    from .sink import KeepingSink as KeepingSink
    from .totals import KeptTotals as KeptTotals

_PLACES = {
    ".rules": ("converter_step", "kernel_rule", "pace_of", "samples_in"),
    ".sink": ("KeepingSink",),
    ".totals": ("KeptTotals",),
}

__getattr__ = door(__name__, _PLACES)
