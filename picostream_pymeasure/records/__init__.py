"""The nouns that pass from a stream to whatever stores it.

``streaming`` makes them, sinks (``storage``) take them; neither room knows the other.
"""

from __future__ import annotations

from .happenings import CapturedRun, ClockPair, Event, Gap, number_of_mark
from .native import (
    CAPTURE_DTYPE,
    CAPTURES,
    CAPTURES_MESSAGE_DTYPE,
    CAUSE_BYTES,
    CLOCK,
    CLOCK_DTYPE,
    EVENT_VALUES,
    GAP,
    GAP_MESSAGE_DTYPE,
    GAP_NUMBERS,
    HEALTH,
    HEALTH_MESSAGE_DTYPE,
    KEPT,
    KEPT_BINS,
    KEPT_DTYPE,
    KEPT_MESSAGE_DTYPE,
    STRETCH,
    STRETCH_DTYPE,
    NativeSink,
    words,
)
from .outcome import (
    ABORTED,
    CRASH,
    DISK,
    ENDINGS,
    FAILED,
    FINISHED,
    LOST_SCOPE,
    STOPPED,
    TARGET,
    Health,
    Outcome,
    Proof,
)
from .sink import Sink
from .stream import Block, StreamDescription

__all__ = [
    "ABORTED",
    "CAPTURES",
    "CAPTURES_MESSAGE_DTYPE",
    "CAPTURE_DTYPE",
    "CAUSE_BYTES",
    "CLOCK",
    "CLOCK_DTYPE",
    "CRASH",
    "DISK",
    "ENDINGS",
    "EVENT_VALUES",
    "FAILED",
    "FINISHED",
    "GAP",
    "GAP_MESSAGE_DTYPE",
    "GAP_NUMBERS",
    "HEALTH",
    "HEALTH_MESSAGE_DTYPE",
    "KEPT",
    "KEPT_BINS",
    "KEPT_DTYPE",
    "KEPT_MESSAGE_DTYPE",
    "LOST_SCOPE",
    "STOPPED",
    "STRETCH",
    "STRETCH_DTYPE",
    "TARGET",
    "Block",
    "CapturedRun",
    "ClockPair",
    "Event",
    "Gap",
    "Health",
    "NativeSink",
    "Outcome",
    "Proof",
    "Sink",
    "StreamDescription",
    "number_of_mark",
    "words",
]
