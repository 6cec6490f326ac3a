"""From sample indices to seconds, gaps included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Timeline:
    """When each stored sample was taken.

    A gap moves what follows it; where nobody knows how long it was, the recorder's estimate does.

    :param interval_s: between two stored samples.
    :param gap_starts: int64, first sample after each gap, ascending.
    :param missing: int64, all samples missing before each of them.
    """

    interval_s: float
    gap_starts: NDArray[np.int64]
    missing: NDArray[np.int64]

    @classmethod
    def from_gaps(cls, interval_s: float, gaps: NDArray[Any]) -> Timeline:
        """Make a timeline from the rows of ``/gaps``."""
        missing = np.cumsum(gaps["estimated_missing"].astype(np.int64))
        return cls(interval_s, gaps["sample_index"].astype(np.int64), missing)

    def times(self, first: int, count: int, step: float = 1) -> NDArray[np.float64]:
        """Seconds of the samples ``first``, ``first + step`` …; float64, shape ``(count,)``."""
        indices = first + np.arange(count) * step
        if self.missing.size:
            indices = indices + self._missing_before(indices)
        return np.multiply(indices, self.interval_s, dtype=np.float64)

    def sample_at(self, time_s: float) -> int:
        """Index of the first stored sample that is not before a time."""
        position = int(np.ceil(round(time_s / self.interval_s, 6)))
        starts = self.gap_starts + self.missing
        n_before = int(np.searchsorted(starts, position, side="right"))
        index = position - (int(self.missing[n_before - 1]) if n_before else 0)
        # inside a gap the next sample is the first one after it
        following = self.gap_starts[n_before : n_before + 1]
        return min(index, int(following[0])) if following.size else index

    def _missing_before(self, indices: NDArray[Any]) -> NDArray[np.int64]:
        n_before = np.searchsorted(self.gap_starts, indices, side="right")
        return np.concatenate(([0], self.missing))[n_before]
