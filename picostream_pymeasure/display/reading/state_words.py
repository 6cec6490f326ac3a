"""The one word for each state of a recording, in the list of runs, in the picture and below it."""

from __future__ import annotations

from ...records import ABORTED, CRASH, DISK, FAILED, LOST_SCOPE, STOPPED
from .recording_facts import RecordingFacts, RecordingState

#: Nothing is wrong in these states.
ARMED, RECORDING, COMPLETE, BY_HAND = GOOD = ("armed", "recording", "complete", "stopped")

#: Samples are missing, or part of the file.
INCOMPLETE, CUT_OFF = "incomplete", "cut off"

#: It was stopped before its trigger came.
NO_TRIGGER = "no trigger"

_BROKEN_OFF = {
    ABORTED: "aborted",
    FAILED: "failed",
    LOST_SCOPE: "failed",
    DISK: "failed",
    CRASH: "failed",
}

_WORDS = {
    RecordingState.ARMED: ARMED,
    RecordingState.RECORDING: RECORDING,
    RecordingState.SILENT: "not closed",
    RecordingState.UNKNOWN: "finished",  # a file of PicoStream, which tells no more
}


def state_word(facts: RecordingFacts, state: RecordingState) -> str:
    """What a recording is called in a state."""
    if state in _WORDS:
        return _WORDS[state]
    if facts.missing_bytes:
        return CUT_OFF
    if facts.never_triggered:
        return NO_TRIGGER
    if facts.ended_by in _BROKEN_OFF:
        return _BROKEN_OFF[facts.ended_by]
    if state is RecordingState.INCOMPLETE or facts.n_gaps or facts.lacks:
        return INCOMPLETE
    return BY_HAND if facts.ended_by == STOPPED else COMPLETE
