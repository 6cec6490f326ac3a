"""What was really recorded in a run, as its recording says, for the list of runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ... import quantities
from ..reading.failures import FILE_ERRORS
from ..reading.recording_facts import ChannelFacts, RecordingFacts
from ..reading.state_words import COMPLETE, CUT_OFF, INCOMPLETE, state_word

#: Titles of the columns.
TITLES = ("Real Rate", "Length", "Inputs", "Lost")

#: What runs are called that left nothing but their parameters.
NO_DATA = "No data"
#: ... nothing but their rows; and those whose recording nobody can read.
NO_RECORDING, UNREADABLE = "No recording", "Unreadable"


@dataclass(frozen=True)
class RunFacts:
    """What the columns tell, and what is to be said of a run that is not as asked for.

    :param rate_hz: of samples, by the scope.
    :param length_s: of what was recorded, losses included.
    :param inputs: with their ranges, in words.
    :param lost: samples that are missing, in words and as a number.
    :param status: the word for its state.
    :param reason: why it is not as it should be, in a sentence.
    :param share: of its samples that are there, below 1 if that is all that is wrong with it.
    """

    rate_hz: float
    length_s: float
    inputs: str
    lost: tuple[str, int]
    has_ended: bool = True
    status: str = COMPLETE
    reason: str = ""
    share: float = 1.0

    @property
    def length(self) -> str:
        """As people write it."""
        return length_text(self.length_s, self.has_ended)

    @property
    def cells(self) -> tuple[tuple[str, float | None], ...]:
        """Texts, and the numbers that they are sorted by, in the order of :data:`TITLES`."""
        has_samples = self.length_s > 0
        return (
            (quantities.si(self.rate_hz, "S/s"), self.rate_hz) if has_samples else ("", None),
            (self.length, self.length_s) if has_samples else ("", None),
            (self.inputs, None),
            self.lost if has_samples or self.lost[1] else ("", None),
        )


class RunFactsReader:
    """Reads them from recordings, of which one that grows stays open; for one thread."""

    def __init__(self) -> None:
        # loads compiled code, which takes its time
        from ..reading.kept_source import KeptSource

        self._files = KeptSource()

    def __call__(self, path: Path) -> RunFacts | None:
        """Read them; None if the recording cannot be read (yet)."""
        try:
            with self._files.open(str(path)) as (_, facts):
                found = _texts(facts)
        except FILE_ERRORS:
            return None
        if facts.is_finished:
            self.close()
        return found

    def close(self) -> None:
        """Keep nothing open."""
        self._files.close()


def length_text(length_s: float, has_ended: bool) -> str:
    """As people write it; of a run that goes on tenths of seconds, and after a minute seconds."""
    if has_ended or length_s < 1:
        return quantities.duration(length_s)
    if length_s < 60:
        return f"{length_s:.1f} s"
    return quantities.duration(length_s)


def _texts(facts: RecordingFacts) -> RunFacts:
    status = state_word(facts, facts.state)
    return RunFacts(
        rate_hz=1 / facts.interval_s,
        length_s=facts.end_s - facts.begin_s,
        inputs=_inputs(facts.channels),
        lost=(facts.lost_text, facts.lost),
        has_ended=facts.is_finished,
        status=status,
        reason=facts.reason or " ".join(facts.lacks),
        share=_share(facts) if status in (INCOMPLETE, CUT_OFF) else 1.0,
    )


def _share(facts: RecordingFacts) -> float:
    """In thousandths, rounded down: what is nearly all is not all."""
    share = facts.recorded / max(facts.recorded + facts.lost, 1)
    return min(math.floor(1000 * share) / 1000, 0.999)


def _inputs(channels: Mapping[str, ChannelFacts]) -> str:
    """Neighbours of one range have it together: a column has no room to repeat it."""
    ranges = {name: "" if of.is_digital else f" ±{_range(of)}" for name, of in channels.items()}
    groups = groupby(ranges, key=lambda name: ranges[name])
    return ", ".join(f"{' '.join(names)}{text}" for text, names in groups)


def _range(channel: ChannelFacts) -> str:
    low_v, high_v = channel.full_scale_v
    return quantities.exact(quantities.shortened((high_v - low_v) / 2), channel.unit)
