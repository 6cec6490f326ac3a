"""Figures of the events that a recording keeps, in a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import ConfigurationError
from ...reader import PicoStreamReader


@dataclass(frozen=True, eq=False)  # arrays are neither equal nor unequal
class EventFigures:
    """Of the n events in a stretch.

    :param channel: that was searched.
    :param durations_s: float64, shape ``(n,)``.
    :param amplitudes_v: float64, shape ``(n,)``: largest distance from the baseline.
    :param between_s: float64, shape ``(n - 1,)``: from each begin to the next.
    :param rate_hz: events a second.
    :param passed_over: in the whole stream, too soon after another or too many.
    """

    channel: str
    durations_s: NDArray[np.float64]
    amplitudes_v: NDArray[np.float64]
    between_s: NDArray[np.float64]
    rate_hz: float
    passed_over: int


def event_figures(reader: PicoStreamReader, begin_s: float, end_s: float) -> EventFigures | None:
    """Look at the events of a stretch; None if the recording keeps none."""
    try:
        events = reader.captures.events
    except ConfigurationError:
        return None
    begin_s, end_s = max(begin_s, reader.begin_s), min(end_s, reader.end_s)
    inside = (events.start_s >= begin_s) & (events.start_s < end_s)
    return EventFigures(
        channel=events.rule.channel,
        durations_s=events.duration_s[inside],
        amplitudes_v=events.amplitude_v[inside],
        between_s=np.diff(events.start_s[inside]),
        rate_hz=float(inside.sum() / (end_s - begin_s)) if end_s > begin_s else 0.0,
        passed_over=events.passed_over,
    )
