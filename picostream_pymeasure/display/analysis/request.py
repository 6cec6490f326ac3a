"""What panels are to work out, of which stretch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...config import ChannelScale, EventRule
from ..reading.recording_facts import ChannelFacts

MEASUREMENTS, SPECTRUM, HISTOGRAM, EVENTS = "measurements", "spectrum", "histogram", "events"

#: Up to so many samples all of them are looked at.
LIMIT_SAMPLES = 4_000_000

#: A panel whose content comes with the picture.
MARKS = "marks"


@dataclass(frozen=True)
class AnalysisRequest:
    """What to work out, of which stretch.

    :param channels: only these.
    :param panels: names of the panels that are open.
    :param recorded: samples there were; the same stretch of a longer recording is another one.
    :param is_between_cursors: rather than all that is shown.
    :param scales: what channels' voltages stand for, in place of what the recording says.
    :param event_rule: what is looked for in recordings that do not keep events of their own.
    :param is_growing: somebody records it; another stretch will be wanted soon.
    :param moves_on: the picture has gone on when the figures are there, for it follows what grows.
    :param asked_s: when it was wanted, by the monotonic clock.
    """

    path: str
    channels: Mapping[str, ChannelFacts]
    begin_s: float
    end_s: float
    panels: frozenset[str]
    recorded: int
    is_between_cursors: bool = False
    scales: tuple[tuple[str, ChannelScale], ...] = ()
    event_rule: EventRule | None = None
    is_growing: bool = False
    moves_on: bool = False
    asked_s: float = field(default=0.0, compare=False)

    @property
    def stretch(self) -> str:
        """What the stretch is, or was."""
        if self.moves_on:
            return "Measured between the cursors" if self.is_between_cursors else "Measured"
        return "Between the cursors" if self.is_between_cursors else "All that is shown"
