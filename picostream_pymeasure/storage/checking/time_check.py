"""Whether the times that a recording claims are possible."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np

from ..layout.attributes import NO_TRIGGER
from ..reading import Recording


def time_errors(recording: Recording, samples: int) -> list[str]:
    """What is wrong with the times of start, trigger, gaps and events; one sentence each.

    :param samples: how many the recording holds per channel.
    """
    errors = []
    start = recording.attributes.get("start_time")
    if not _is_time(start):
        errors.append(f"The attribute start_time is impossible: {start!r}.")
    trigger = recording.attributes.get("trigger_sample", NO_TRIGGER)
    is_whole = recording.status == "complete" and recording.runs is None
    latest = samples if is_whole else math.inf
    if not isinstance(trigger, int) or not NO_TRIGGER <= trigger <= latest:
        errors.append(f"The attribute trigger_sample is impossible: {trigger!r}.")
    for kind, times_s in (
        ("a gap", recording.gaps["noticed_s"]),
        ("an event", recording.events["time_s"]),
    ):
        if not np.isfinite(times_s).all() or (times_s < 0).any():
            errors.append(f"The time of {kind} is impossible.")
    if (recording.events["sample_index"] < 0).any():
        errors.append("An event lies before the recording.")
    return errors


def _is_time(text: object) -> bool:
    """Whether it is a date or a time in the form of ISO 8601."""
    try:
        datetime.fromisoformat(str(text))
    except ValueError:
        return False
    return True
