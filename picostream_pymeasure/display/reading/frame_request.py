"""Which picture is wanted."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...config import ChannelScale, EventRule
from .edge import Edge
from .view_range import ViewRange


@dataclass(frozen=True)
class FrameRequest:
    """What to draw.

    :param is_starting: the recording that is not there yet has been begun.
    :param n_columns: width of the plot in pixels of the screen.
    :param n_overview: width of the overview strip, 0 without one.
    :param edge: what holds the picture still, when the view's mode says so.
    :param comparisons: other recordings to show beside it.
    :param instants_s: times whose voltages are wanted.
    :param n_marks: so many of the newest marks are wanted for the list.
    :param scales: what channels' voltages stand for, in place of what the recordings say.
    :param differences: pairs of channels, the second of which is taken from the first.
    :param event_rule: whose levels are wanted.
    """

    path: str
    view: ViewRange
    n_columns: int
    n_overview: int = 0
    edge: Edge = field(default_factory=Edge)
    comparisons: tuple[str, ...] = ()
    instants_s: tuple[float, ...] = ()
    n_marks: int = 0
    scales: tuple[tuple[str, ChannelScale], ...] = ()
    differences: tuple[tuple[str, str], ...] = ()
    event_rule: EventRule | None = None
    is_starting: bool = False
