"""The memory of a stream's counts and settings, made and kept alive for the native loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import access
from .clock import clock_ns
from .layout import CAUSE_RESTART, DRAIN, GAP, MAX_GAPS, MAX_PAIRS, NO_LAG, PAIR, STATE, cause_texts

_NONE_YET = (
    "triggered_at",
    "target",
    "wanted",
    "post_trigger",
    "pre_trigger",
    "broken_start",
    "settled_gap",
    "unsure_gap",
    "unwritten_row",
)
_NO_LAGS = (
    "base_ns",
    "base_kept_ns",
    "first_base_ns",
    "anchor_lag_ns",
    "open_lag_ns",
    "suspect_lag_ns",
    "window_lag_ns",
    "pair_lag_ns",
)


class SharedState:
    """A stream in which nothing has happened; see :mod:`.layout` for the fields.

    ``records`` (``STATE``) and ``drains`` (``DRAIN``) hold one record each, which native functions
    take; ``gaps`` and ``pairs`` are tables. ``state[name]`` reads a plain field.
    """

    def __init__(self) -> None:
        self.records = np.zeros(1, STATE)
        self.drains = np.zeros(1, DRAIN)
        self.gaps = np.zeros(MAX_GAPS, GAP)
        self.pairs = np.zeros(MAX_PAIRS, PAIR)
        self._causes = cause_texts().copy()
        for name in _NONE_YET:
            self[name] = -1
        for name in _NO_LAGS:
            self[name] = NO_LAG
        self.drains["first"] = -1
        self["item_bytes"] = 2
        self["values_per_sample"] = self["n_inputs"] = 1
        self["gaps_address"] = self.gaps.ctypes.data
        self["pairs_address"] = self.pairs.ctypes.data
        self["causes_address"] = self._causes.ctypes.data

    def __getitem__(self, name: str) -> Any:
        return self.records[name][0]

    def __setitem__(self, name: str, value: Any) -> None:
        self.records[name][0] = value

    def set_restart_cause(self, text: str) -> None:
        """Say what gaps of the next restart are called."""
        self._causes[CAUSE_RESTART] = cause_texts([text])

    def drain(self, name: str) -> int:
        """Read a field of the drain."""
        return int(self.drains[name][0])

    def read(self, field: int) -> int:
        """Read a published field, one of :mod:`.access`."""
        return int(access.read(self.records, field))

    def publish(self, field: int, value: int) -> None:
        """Write a published field after all that it announces."""
        access.publish(self.records, field, value)

    def now_ns(self) -> int:
        """Time of the clock that the native loops go by."""
        return int(clock_ns(self.records))
