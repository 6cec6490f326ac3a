"""What was really recorded in a run, as its recording says, for the list of runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ... import quantities
from ..reading.failures import FILE_ERRORS
from ..reading.recording_facts import ChannelFacts, RecordingFacts

#: Titles of the columns.
TITLES = ("Real Rate", "Length", "Inputs", "Lost")

#: How runs that did not end as asked for are called in the list.
_STATUSES = {
    "aborted": "Aborted",
    "failed": "Failed",
    "lost scope": "Failed",
    "disk": "Failed",
    "crash": "Failed",
}


@dataclass(frozen=True)
class RunFacts:
    """Texts of the columns, and the status of a run that did not end as asked for."""

    rate: str
    length: str
    inputs: str
    lost: str
    status: str = ""

    @property
    def texts(self) -> tuple[str, str, str, str]:
        """In the order of :data:`TITLES`."""
        return self.rate, self.length, self.inputs, self.lost


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


def _texts(facts: RecordingFacts) -> RunFacts:
    return RunFacts(
        rate=quantities.si(1 / facts.interval_s, "S/s"),
        length=quantities.duration(facts.end_s - facts.begin_s),
        inputs=_inputs(facts.channels),
        lost=f"{facts.lost_qualifier}{facts.lost:,}",
        status=_STATUSES.get(facts.ended_by, "") if facts.is_finished else "",
    )


def _inputs(channels: Mapping[str, ChannelFacts]) -> str:
    return ", ".join(
        name if channel.is_digital else f"{name} ±{_range(channel)}"
        for name, channel in channels.items()
    )


def _range(channel: ChannelFacts) -> str:
    low_v, high_v = channel.full_scale_v
    return quantities.exact(quantities.shortened((high_v - low_v) / 2), channel.unit)
