"""The event before or after an instant, with a search that grows until it has one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...config import EventRule
from ...errors import ConfigurationError
from ...quantities import base_unit, si
from ...reader import FoundEvents, PicoStreamReader
from ..reading.failures import FILE_ERRORS, words
from .event_request import EventStep, SteppedEvent

#: Samples that are searched at first, at most, and how many times more each time.
_FIRST_SAMPLES, _MOST_SAMPLES, _MORE = 1 << 22, 1 << 28, 8

NO_RULE = "Type in the panel Events (V) what counts as an event."


def step_event(step: EventStep) -> SteppedEvent:
    """Look for the next event, or the one before; what cannot be searched says why."""
    try:
        with PicoStreamReader(step.path) as reader:
            reader.use_units(dict(step.scales))
            events = _kept_events(reader)
            if events is not None:
                return _told(reader, step, events, reader.begin_s, reader.end_s)
            if step.rule is None:
                return SteppedEvent(step, step.from_s, words=NO_RULE)
            return _search(reader, step, step.rule)
    except FILE_ERRORS as error:
        return SteppedEvent(step, step.from_s, words=words(error))


def _kept_events(reader: PicoStreamReader) -> FoundEvents | None:
    try:
        return reader.captures.events
    except ConfigurationError:  # it keeps everything
        return None


def _search(reader: PicoStreamReader, step: EventStep, rule: EventRule) -> SteppedEvent:
    """Search more and more of the recording, each time from the same instant."""
    from_s = min(max(step.from_s, reader.begin_s), reader.end_s)
    samples = _FIRST_SAMPLES
    while True:
        reach_s = samples * reader.sample_interval_ns * 1e-9
        begin_s, end_s = from_s, min(from_s + reach_s, reader.end_s)
        if not step.is_forth:
            begin_s, end_s = max(from_s - reach_s, reader.begin_s), from_s
        events = reader.find_events(rule, from_s=begin_s, to_s=end_s)
        found = _told(reader, step, events, begin_s, end_s)
        is_all = end_s >= reader.end_s if step.is_forth else begin_s <= reader.begin_s
        if found.duration_s or is_all or samples >= _MOST_SAMPLES:
            return found
        samples *= _MORE


def _told(
    reader: PicoStreamReader,
    step: EventStep,
    events: FoundEvents,
    begin_s: float,
    end_s: float,
) -> SteppedEvent:
    """The nearest of the events that were found in a stretch."""
    inside = _whole(reader, step, events, begin_s, end_s)
    if not inside.size:
        return _none(reader, step, end_s if step.is_forth else begin_s)
    number = int(inside[0 if step.is_forth else -1])
    start_s, duration_s = float(events.start_s[number]), float(events.duration_s[number])
    settings = reader.settings(events.rule.channel)
    unit = "V" if settings.scale is None else base_unit(settings.scale.unit)[0]
    amplitude = float(events.amplitude_v[number]) * settings.per_volt
    words = f"Event at {si(start_s, 's', 6)}: {si(duration_s, 's', 3)}, {si(amplitude, unit, 3)}."
    return SteppedEvent(step, start_s, duration_s, words)


def _whole(
    reader: PicoStreamReader,
    step: EventStep,
    events: FoundEvents,
    begin_s: float,
    end_s: float,
) -> NDArray[np.int64]:
    """Numbers of the events on the wanted side that do not go on beyond what was searched."""
    half_s = reader.sample_interval_ns * 0.5e-9
    if step.is_forth:
        is_wanted = events.start_s > step.from_s + half_s
    else:
        is_wanted = events.start_s < step.from_s - half_s
    stop_s = events.start_s + events.duration_s
    begins = (events.start_s > begin_s + half_s) | (begin_s <= reader.begin_s)
    ends = (stop_s < end_s - half_s) | (end_s >= reader.end_s)
    return np.flatnonzero(is_wanted & begins & ends)


def _none(reader: PicoStreamReader, step: EventStep, reached_s: float) -> SteppedEvent:
    if reader.begin_s < reached_s < reader.end_s:
        where = f"{'up' if step.is_forth else 'back'} to {si(reached_s, 's', 6)}"
        return SteppedEvent(step, reached_s, words=f"No event {where}; once more looks further.")
    which = "later" if step.is_forth else "earlier"
    return SteppedEvent(step, step.from_s, words=f"There is no {which} event.")
