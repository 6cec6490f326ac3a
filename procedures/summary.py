"""The row that PyMeasure's CSV gets a few times a second."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.config import CHANNEL_NAMES
from picostream_pymeasure.records import Health, StreamDescription

if TYPE_CHECKING:
    from picostream_pymeasure.streaming import Piece

ELAPSED = "Elapsed Time (s)"
SAMPLES = "Samples (count)"
RATE = "Sample Rate (Hz)"
LOST = "Lost Samples (count)"
GAPS = "Gaps (count)"
POOL_FILL = "Pool Fill (percent)"
OVER_RANGE = "Over-Range (count)"

_STATISTICS = ("Minimum", "Maximum", "Mean", "RMS")


def column(channel: str, statistic: str) -> str:
    """Name of a column, such as ``"A Mean (V)"``."""
    return f"{channel} {statistic} (V)"


#: Units are such that Pint, with which PyMeasure reads them, knows them.
COLUMNS = [
    ELAPSED,
    SAMPLES,
    RATE,
    *(column(channel, statistic) for channel in CHANNEL_NAMES for statistic in _STATISTICS),
    OVER_RANGE,
    LOST,
    GAPS,
    POOL_FILL,
]


def totals(health: Health) -> dict[str, float]:
    """The part of a row that counts."""
    return {
        ELAPSED: health.elapsed_s,
        SAMPLES: health.stored,
        RATE: health.actual_rate_hz,
        OVER_RANGE: sum(health.over_range.values()),
        LOST: health.lost,
        GAPS: health.gaps,
        POOL_FILL: 100 * health.pool_fill,
    }


def statistics(pieces: Sequence[Piece], description: StreamDescription) -> dict[str, float]:
    """The part of a row that tells the voltages of the newest stretch, per recorded channel.

    In aggregate mode mean and RMS are those of all mins and maxes.
    """
    row: dict[str, float] = {}
    for index, name in enumerate(description.channel_names):
        if name in CHANNEL_NAMES:
            values_v = voltages(pieces, description, index)
            row[column(name, "Minimum")] = float(values_v.min())
            row[column(name, "Maximum")] = float(values_v.max())
            row[column(name, "Mean")] = float(values_v.mean())
            row[column(name, "RMS")] = math.sqrt(float(np.square(values_v).mean()))
    return row


def voltages(
    pieces: Sequence[Piece], description: StreamDescription, index: int
) -> NDArray[np.float64]:
    """Volts at the analogue input of row ``index``, pieces joined (float64, one-dimensional)."""
    channel = description.config.channels[index]
    return description.volts(channel, np.concatenate([piece.rows[index] for piece in pieces]))
