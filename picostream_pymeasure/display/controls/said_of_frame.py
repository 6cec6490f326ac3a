"""What can be said of what is recorded, and of what is shown, in a frame."""

from __future__ import annotations

import math
import re

from ...quantities import duration, si, size
from ..reading.frame import Frame
from ..reading.recording_facts import RecordingFacts, RecordingState
from ..reading.state_words import (
    ARMED,
    BY_HAND,
    COMPLETE,
    CUT_OFF,
    INCOMPLETE,
    RECORDING,
    state_word,
)
from .statements import Statement

#: The rate may differ so much from what was set before it is worth a warning, beside the time
#: that samples may be on their way between two looks at the clock.
_RATE_TOLERANCE = 1e-3
_UNDER_WAY_S = 0.1

#: A sample older than this shows a recording that is late.
_LATE_S = 1.0

#: What stands at the end of a reason for those who look for the cause.
_DETAIL = re.compile(r"\s*\([^()]*\)\.?$")


def describe(
    frame: Frame, n_columns: int, unix_s: float
) -> tuple[list[Statement], list[Statement]]:
    """What can be said of what is recorded, and of what is shown.

    :param n_columns: of the picture.
    :param unix_s: the time now.
    """
    facts = frame.facts
    if facts is None:
        return [], []
    state = facts.state_at(unix_s)
    recorded = [
        _state(facts, state),
        _recorded(facts),
        *([_rate(facts, state)] if facts.recorded else []),  # before, nothing is known of either
        *([_lost(facts)] if facts.recorded or facts.n_gaps else []),
        *(_lacking(sentence) for sentence in facts.lacks),
    ]
    if facts.n_passed_over:
        recorded.append(_passed_over(facts.n_passed_over))
    shown = [_shown(frame, facts, n_columns), _over_range(facts)] if facts.recorded else []
    age_s = unix_s - facts.newest_unix_s
    if state in (RecordingState.RECORDING, RecordingState.SILENT) and age_s > _LATE_S:
        shown.append(_late(age_s))
    is_told = facts.reason in frame.message  # large, in the middle of an empty picture
    if state is RecordingState.INCOMPLETE and not (is_told or _only_lacks_samples(facts)):
        in_short = _DETAIL.sub("", facts.reason)
        shown.append(Statement(facts.reason, "how the recording ended", True, in_short))
    if frame.note:
        shown.append(Statement(frame.note, "what is not shown", True))
    for compared in frame.comparisons:
        if compared.message:
            shown.append(Statement(compared.message, "a recording to compare with", True))
    return recorded, shown


#: A mark, and what is meant, by the word for a state; all others are warnings.
_STATES = {
    ARMED: ("◌", "the recording begins at the trigger"),
    RECORDING: ("●", "samples are being added to the file"),
    COMPLETE: ("✔", "the recording ended as it should"),
    BY_HAND: ("✔", "it was stopped, and has all samples up to there"),
    "finished": ("■", "a file of PicoStream, which tells no more"),
}

#: Of a recorder that has not been heard of for some seconds.
_SILENT = (
    "the recorder has not been heard of for some seconds; if it has crashed, picostream repair "
    "mends the file"
)

#: What a finished file is that is shorter than it says.
_BROKEN_COPY = "a copy that broke off; another copy of the original brings the samples back"


def _state(facts: RecordingFacts, state: RecordingState) -> Statement:
    word = state_word(facts, state)
    if word in _STATES:
        mark, meaning = _STATES[word]
        return Statement(f"{mark} {word}", meaning, is_vital=True)
    if state is RecordingState.SILENT:
        return Statement(f"■ {word}", _SILENT, True, is_vital=True)
    if word == CUT_OFF:
        missing = f"{size(facts.missing_bytes)} at its end are missing"
        return Statement(f"▲ {word}: {missing}", _BROKEN_COPY, True, f"▲ {word}", is_vital=True)
    meaning = facts.reason or "the file says what is missing and why"
    return Statement(f"▲ {word}", meaning, True, is_vital=True)


def _only_lacks_samples(facts: RecordingFacts) -> bool:
    """Whether it ended as it should; what is missing is said beside its state."""
    is_told = state_word(facts, facts.state) == INCOMPLETE
    return bool(facts.n_gaps and facts.ended_by) and is_told


def _recorded(facts: RecordingFacts) -> Statement:
    if facts.n_kept is not None:
        return _kept(facts, facts.n_kept)
    held = f", newest {facts.stored:,} in the file" if facts.is_live_only else ""
    reduced = f" ({facts.downsampling})" if facts.downsampling else ""
    return Statement(
        f"{_samples(facts.recorded)}{reduced}{held}, {format_length(facts.end_s)}",
        "recorded so far, per channel",
        short=format_length(facts.end_s),
    )


def _kept(facts: RecordingFacts, n_kept: int) -> Statement:
    events = f"{n_kept:,} event{'s' * (n_kept != 1)}"
    return Statement(
        f"kept {facts.held:,} of {facts.recorded:,} samples ({events}), "
        f"{format_length(facts.end_s)}",
        "samples of the events, per channel, of all that came",
        short=f"{events} kept, {format_length(facts.end_s)}",
    )


def _passed_over(n_passed_over: int) -> Statement:
    return Statement(
        f"{n_passed_over:,} passed over",
        "events that came too soon or were too many a second",
        is_warning=True,
    )


def _shown(frame: Frame, facts: RecordingFacts, n_columns: int) -> Statement:
    begin_s, end_s = frame.recorded_s
    shown_s = end_s - begin_s
    per_pixel = frame.n_samples / n_columns
    detail = f"{format_count(per_pixel)} per pixel" if per_pixel > 2 else "every one"
    kept = "" if facts.n_kept is None else "kept "
    if facts.missing_bytes:
        shown = f"shown {format_length(shown_s)}, as far as its samples are in the file"
        return Statement(shown, _BROKEN_COPY, True, f"shown {format_length(shown_s)}")
    return Statement(
        f"shown {format_length(shown_s)}: {_samples(frame.n_samples, kept)}, {detail}",
        "the envelope of all samples is drawn in each column of pixels",
        short=f"shown {format_length(shown_s)}",
    )


def _samples(number: int, kind: str = "") -> str:
    return f"{number:,} {kind}sample{'' if number == 1 else 's'}"


def _lost(facts: RecordingFacts) -> Statement:
    meaning = "samples per channel that are missing"
    return Statement(_losses(facts), meaning, facts.n_gaps > 0, is_vital=True)


def _losses(facts: RecordingFacts) -> str:
    lost = f"lost {facts.lost_text}"
    if not facts.n_gaps:
        return lost
    return f"{lost} in {facts.n_gaps:,} gap{'s' if facts.n_gaps > 1 else ''}"


def _lacking(sentence: str) -> Statement:
    """What is not there, and what that means."""
    text, _, meaning = sentence.partition(": ")
    return Statement(text, meaning, True)


def _rate(facts: RecordingFacts, state: RecordingState) -> Statement:
    wanted_hz = 1 / facts.interval_s
    wanted = si(wanted_hz, "S/s", 4)
    # before the trigger there are no samples to count, and the end took time as well
    has_no_rate = facts.is_finished or state is RecordingState.ARMED
    if has_no_rate or not math.isfinite(facts.actual_rate_hz):
        return Statement(wanted, "configured rate of samples")
    late_s = abs(facts.actual_rate_hz / wanted_hz - 1) * facts.end_s
    if late_s <= _RATE_TOLERANCE * facts.end_s + _UNDER_WAY_S:
        return Statement(wanted, "configured rate; this computer's clock tells no other")
    return Statement(
        f"{si(facts.actual_rate_hz, 'S/s', 4)} of {wanted}",
        "actual rate by this computer's clock against the configured one",
        facts.end_s > 10 and state is RecordingState.RECORDING,
        short=wanted,
    )


def _over_range(facts: RecordingFacts) -> Statement:
    clipped = [f"{name} {c.over_range:,}×" for name, c in facts.channels.items() if c.over_range]
    return Statement(
        f"over-range {', '.join(clipped)}" if clipped else "no over-range",
        "how often the driver delivered clipped samples",
        bool(clipped),
    )


def _late(age_s: float) -> Statement:
    text = f"newest {age_s:.1f} s old" if age_s < 10 else f"newest {format_length(age_s)} old"
    return Statement(text, "age of the newest sample in the file", True)


def format_length(length_s: float) -> str:
    """A length of time as people write it: 12.3 ms, 4.56 s, 1:02:03 h."""
    if length_s >= 600:
        return duration(length_s)
    return si(length_s, "s", 4) if length_s else "0 s"


def format_count(count: float) -> str:
    """A number that need not be exact."""
    return f"{count:,.1f}" if count < 10 else f"{round(count):,}"
