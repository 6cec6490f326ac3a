"""Times of a recording that keeps only events."""

from __future__ import annotations

import numpy as np

from ..storage import Recording
from .timeline import Timeline


def timeline_of_kept(stream: Timeline, recording: Recording) -> Timeline:
    """When the stored samples were taken.

    :param stream: when those of the stream were.
    """
    runs = recording.runs
    assert runs is not None
    if not runs.stop:
        return Timeline(stream.interval_s, np.empty(0, np.int64), stream.missing[:1])
    gaps = runs.place_of(stream.gap_starts)
    starts = np.union1d(runs.first_samples, gaps[gaps < runs.stop])
    indices = runs.stream_of(starts)
    lost = stream.missing[np.searchsorted(stream.gap_starts, indices, side="right")]
    return Timeline(stream.interval_s, starts[1:], indices + lost - starts)
