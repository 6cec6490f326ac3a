"""What is to be painted: made by a worker thread from the file, never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .recording_facts import RecordingFacts
from .view_range import ViewRange

if TYPE_CHECKING:
    from ...reader import EventLevels


#: The message until the file was looked at, for which code may have to be compiled.
OPENING = "Opening the file …"


@dataclass(frozen=True)
class Columns:
    """A trace as one envelope a column of pixels.

    :param begin_s: left edge of the first column …
    :param end_s: … and right edge of the last one; all are equally wide.
    :param values_v: float64, shape ``(n, 4)``: first, min, max and last; NaN where there is none.
    """

    begin_s: float
    end_s: float
    values_v: NDArray[np.float64]


@dataclass(frozen=True)
class Samples:
    """A trace as a line through every sample.

    :param times_s: float64, shape ``(n,)``.
    :param values_v: as many; NaN where the line is broken, in a gap.
    """

    times_s: NDArray[np.float64]
    values_v: NDArray[np.float64]


Trace = Columns | Samples


@dataclass(frozen=True)
class Lanes:
    """The eight inputs of a digital port, a bit each, as one column of pixels after the other.

    :param begin_s: left edge of the first column …
    :param end_s: … and right edge of the last one; all are equally wide.
    :param ones: uint8, shape ``(n,)``: bits that are 1 at least once in the column.
    :param zeros: as many: bits that are 0 at least once; neither where there is no sample.
    """

    begin_s: float
    end_s: float
    ones: NDArray[np.uint8]
    zeros: NDArray[np.uint8]


@dataclass(frozen=True)
class GapMark:
    """A stretch of time whose samples were lost."""

    begin_s: float
    end_s: float
    cause: str
    is_exact: bool = True


@dataclass(frozen=True)
class EventMark:
    """Something the user marked."""

    time_s: float
    label: str
    value: float


@dataclass(frozen=True)
class Overview:
    """The whole recording.

    :param gaps: the longest.
    :param event_times_s: events, the newest if there are very many.
    :param kept_s: float64, shape ``(n, 2)``: begins and ends of the stretches in which samples
        were kept, joined where less than a column is between; none where all of them are.
    """

    traces: Mapping[str, Columns]
    gaps: tuple[GapMark, ...]
    event_times_s: tuple[float, ...]
    kept_s: NDArray[np.float64]

    @property
    def stretch_s(self) -> tuple[float, float]:
        """Its begin and end: of a recording that grows it is not read anew for each frame."""
        begins_s = [columns.begin_s for columns in self.traces.values()]
        ends_s = [columns.end_s for columns in self.traces.values()]
        return min(begins_s, default=0.0), max(ends_s, default=0.0)


@dataclass(frozen=True)
class Comparison:
    """Another recording over the same axis of time; of a file that cannot be read only why."""

    path: str
    traces: Mapping[str, Trace] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True)
class Frame:
    """One picture.

    :param path: the recording it was made from.
    :param view: what was asked for.
    :param begin_s: time at the left edge of the plot …
    :param end_s: … and at the right one.
    :param n_samples: of each channel between the two, in the file.
    :param facts: None when the file cannot be read; ``message`` says why then.
    :param is_awaited: there is no such file yet, and nobody is known to record it.
    :param is_starting: there is none yet, but it is being begun.
    :param is_opening: there is one, which was not looked at yet.
    :param over_range: per channel, begins and ends (shape ``(n, 2)``) of the stretches in which
        the input was clipped.
    :param trigger_s: time of the edge that holds the picture still, if there is one.
    :param lanes: of digital ports.
    :param marks: the newest of the whole recording, if they were asked for.
    :param note: why something that was asked for is not shown.
    :param event_levels: what the rule for events means at the end, where it means something.
    :param values_v: per channel, the voltages at the instants that were asked for.
    :param kept_s: as of :class:`Overview`, in this stretch.
    """

    path: str
    view: ViewRange
    begin_s: float = 0.0
    end_s: float = 0.0
    n_samples: int = 0
    facts: RecordingFacts | None = None
    message: str = ""
    is_awaited: bool = False
    is_starting: bool = False
    is_opening: bool = False
    traces: Mapping[str, Trace] = field(default_factory=dict)
    over_range: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    gaps: tuple[GapMark, ...] = ()
    events: tuple[EventMark, ...] = ()
    overview: Overview | None = None
    trigger_s: float | None = None
    comparisons: tuple[Comparison, ...] = ()
    lanes: Mapping[str, Lanes] = field(default_factory=dict)
    marks: tuple[EventMark, ...] = ()
    note: str = ""
    event_levels: EventLevels | None = None
    values_v: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    kept_s: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))

    @property
    def recorded_s(self) -> tuple[float, float]:
        """Begin and end of what is recorded of the stretch, equal where nothing is."""
        assert self.facts is not None
        begin_s = max(self.begin_s, self.facts.begin_s)
        return begin_s, max(min(self.end_s, self.facts.end_s), begin_s)
