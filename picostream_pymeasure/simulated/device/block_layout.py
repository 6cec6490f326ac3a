"""Memory that the calls of block mode share with the native code that makes the captures."""

from __future__ import annotations

from .layout import words

#: One run: what it makes, and how far it is.
RUN = words(
    (
        "stop",  # must be first: set by one thread, seen by the other
        "made",  # must be second: likewise
        "first",  # raw index at which the run was armed
        "pre",
        "post",
        "captures",
        "first_segment",
        "segments",
        "rearm_samples",
        "auto_samples",  # from being armed to the auto-trigger, or -1
        "has_trigger",
        "never_triggers",
        "ends_after",  # captures after which the unit fails, or -1
    )
)
STOP, MADE = 0, 1

#: What one segment holds; raw indices.
CAPTURE = words(
    (
        "run",  # which made it, counted from 1; 0 for an empty segment
        "first",
        "count",
        "trigger",
        "since_run",  # samples from the run's begin to the trigger
        "is_first",  # of its run
        "is_auto",
    )
)
