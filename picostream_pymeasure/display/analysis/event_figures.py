"""Figures of the events that a recording keeps, in a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...config import EventRule
from ...errors import ConfigurationError
from ...quantities import base_unit
from ...reader import PicoStreamReader

#: So many are searched at most, the newest of a stretch.
_MOST_SAMPLES = 16_000_000


@dataclass(frozen=True, eq=False)  # arrays are neither equal nor unequal
class EventFigures:
    """Of the n events in a stretch.

    :param channel: that was searched, in ``unit``.
    :param durations_s: float64, shape ``(n,)``.
    :param amplitudes_v: float64, shape ``(n,)``: largest distance from the baseline.
    :param between_s: float64, shape ``(n - 1,)``: from each begin to the next.
    :param rate_hz: events a second.
    :param cut: of them, that were longer than the rule's greatest width, or lasted at the end.
    :param passed_over: in the whole stream, too soon after another or too many.
    :param searched_s: of the stretch, where events are not kept but were looked for.
    """

    channel: str
    durations_s: NDArray[np.float64]
    amplitudes_v: NDArray[np.float64]
    between_s: NDArray[np.float64]
    rate_hz: float
    cut: int
    passed_over: int
    unit: str = "V"
    searched_s: float | None = None


def find_event_figures(
    reader: PicoStreamReader, begin_s: float, end_s: float, rule: EventRule | None
) -> EventFigures | None:
    """Look at the events of a stretch; None if the recording keeps none and there is no rule.

    :param rule: is looked for in a recording that keeps everything, at the end of the stretch.
    """
    begin_s, end_s = max(begin_s, reader.begin_s), min(end_s, reader.end_s)
    is_kept = True
    try:
        events = reader.captures.events
    except ConfigurationError:
        is_kept = False
        begin_s = max(begin_s, end_s - _MOST_SAMPLES * reader.sample_interval_ns * 1e-9)
        try:
            if rule is None or begin_s >= end_s:
                return None
            events = reader.find_events(rule, from_s=begin_s, to_s=end_s)
        except ConfigurationError:  # it has no such channel, or pairs of min and max
            return None
    inside = (events.start_s >= begin_s) & (events.start_s < end_s)
    settings = reader.settings(events.rule.channel)
    return EventFigures(
        channel=events.rule.channel,
        durations_s=events.duration_s[inside],
        amplitudes_v=events.amplitude_v[inside] * settings.per_volt,
        between_s=np.diff(events.start_s[inside]),
        rate_hz=float(inside.sum() / (end_s - begin_s)) if end_s > begin_s else 0.0,
        cut=int(events.is_cut[inside].sum()),
        passed_over=events.passed_over,
        unit="V" if settings.scale is None else base_unit(settings.scale.unit)[0],
        searched_s=None if is_kept else end_s - begin_s,
    )
