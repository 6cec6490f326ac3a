"""Which stretch of time is shown: following the newest samples, held by a trigger, or still."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

#: Windows that can be asked for: some samples of the fastest scope, and three months.
SHORTEST_S = 1e-9
LONGEST_S = 1e7


class Mode(Enum):
    """How the stretch moves."""

    ROLL = "roll"
    TRIGGER = "trigger"
    STILL = "still"


@dataclass(frozen=True)
class ViewRange:
    """The stretch of time that is shown.

    :param window_s: its length.
    :param begin_s: its begin, when it is still.
    :param origin_s: the time that the axis calls zero.
    """

    mode: Mode = Mode.ROLL
    window_s: float = 0.5
    begin_s: float = 0.0
    origin_s: float = 0.0

    @property
    def end_s(self) -> float:
        """Its end, when it is still."""
        return self.begin_s + self.window_s

    def still(self, begin_s: float, end_s: float) -> ViewRange:
        """A stretch that stays where it is."""
        window_s = min(max(end_s - begin_s, SHORTEST_S), LONGEST_S)
        return replace(self, mode=Mode.STILL, begin_s=begin_s, window_s=window_s)

    def panned(self, by_s: float) -> ViewRange:
        """Moved, and still from now on."""
        return self.still(self.begin_s + by_s, self.end_s + by_s)

    def zoomed(self, factor: float, at_s: float | None = None) -> ViewRange:
        """Longer by a factor; a still one stays where it is at one time, by default its middle."""
        window_s = min(max(self.window_s * factor, SHORTEST_S), LONGEST_S)
        if self.mode is not Mode.STILL:
            return replace(self, window_s=window_s)
        at_s = self.begin_s + self.window_s / 2 if at_s is None else at_s
        share = (at_s - self.begin_s) / self.window_s
        return replace(self, begin_s=at_s - share * window_s, window_s=window_s)

    def at_least(self, shortest_s: float) -> ViewRange:
        """No shorter than a time; a still one keeps its middle."""
        missing_s = shortest_s - self.window_s
        if missing_s <= 0:
            return self
        return replace(self, window_s=shortest_s, begin_s=self.begin_s - missing_s / 2)

    def rolling_stretch(self, end_s: float, n_columns: int, finished: bool) -> tuple[float, float]:
        """Begin and end of the newest stretch of a recording that reaches to ``end_s``.

        Both are whole multiples of a column's width: what has been drawn moves with the pixels
        and keeps its form. Of one that grows the last column is full, so that what is shown is
        always as long. Before the window is full it fills up from the left.
        """
        if end_s <= self.window_s:
            return 0.0, end_s if finished and end_s > 0 else self.window_s
        column_s = self.window_s / n_columns
        columns = end_s / column_s
        last = math.ceil(columns - 1e-6) if finished else math.floor(columns + 1e-6)
        return (last - n_columns) * column_s, last * column_s
