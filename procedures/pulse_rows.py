"""The rows that PyMeasure's CSV gets, one a capture: what was measured of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from picostream_pymeasure.config import CHANNEL_NAMES

if TYPE_CHECKING:
    from picostream_pymeasure.capture import Pulses

CAPTURE = "Capture (count)"
TRIGGER_TIME = "Trigger Time (s)"
OVER_RANGE = "Over-Range (count)"

#: Words of the columns with their units, and which attribute of a ``Pulse`` it is.
_MEASURED = (
    ("Amplitude (V)", "amplitude_v"),
    ("Baseline (V)", "baseline_v"),
    ("Minimum (V)", "minimum_v"),
    ("Maximum (V)", "maximum_v"),
    ("Mean (V)", "mean_v"),
    ("Area (V*s)", "area_vs"),
)

#: Units are such that Pint, with which PyMeasure reads them, knows them.
COLUMNS = [
    CAPTURE,
    TRIGGER_TIME,
    *(f"{channel} {words}" for channel in CHANNEL_NAMES for words, _ in _MEASURED),
    OVER_RANGE,
]


def rows(pulses: Pulses) -> dict[str, list[Any]]:
    """Give the captures of a run as PyMeasure's "batch results" takes them: column → values.

    Over-range counts the channels that were clipped.
    """
    clipped = np.sum(list(pulses.over_range.values()), axis=0)
    found: dict[str, list[Any]] = {
        CAPTURE: list(range(pulses.first, pulses.first + len(pulses))),
        TRIGGER_TIME: pulses.times_s.tolist(),
        OVER_RANGE: clipped.tolist(),
    }
    for channel, pulse in pulses.channels.items():
        for words, name in _MEASURED:
            found[f"{channel} {words}"] = getattr(pulse, name).tolist()
    return found
