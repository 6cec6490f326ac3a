"""From sample indices to seconds and back, gaps included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileFormatError
from ..kernels.decimation import fill_times

#: Beyond this float64 cannot tell neighbouring samples apart.
_LAST_POSITION = 2**53

#: An instant that is so little (in sample intervals) after a sample still is that sample's.
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Timeline:
    """When each stored sample was taken.

    A gap moves what follows it; where nobody knows how long it was, the recorder's estimate does.

    :param interval_s: between two stored samples.
    :param gap_starts: int64, first sample after each gap, ascending.
    :param missing: int64, shape ``(n_gaps + 1,)``: what came before the file's first sample, and
        how much that is with the first gap, with the second and so on.
    """

    interval_s: float
    gap_starts: NDArray[np.int64]
    missing: NDArray[np.int64]

    @classmethod
    def from_gaps(cls, interval_s: float, gaps: NDArray[Any], origin: int = 0) -> Timeline:
        """Make a timeline from the rows of ``/gaps``.

        :param origin: samples before the file's first one, missing ones counted in.
        :raises FileFormatError: the gaps are impossible.
        """
        starts = gaps["sample_index"].astype(np.int64)
        # -1: nobody knows yet
        estimates = gaps["estimated_missing"].astype(np.int64)
        lengths = np.maximum(estimates, 0)
        total = float(lengths.sum(dtype=np.float64))
        if (np.diff(starts) < 0).any() or (starts < 0).any():
            raise FileFormatError("The gaps are not in order; the recording is damaged.")
        if (estimates < -1).any() or total >= _LAST_POSITION:
            raise FileFormatError("A gap has an impossible length; the recording is damaged.")
        return cls(interval_s, starts, origin + np.concatenate(([0], np.cumsum(lengths))))

    @classmethod
    def from_captures(cls, interval_s: float, captures: NDArray[Any]) -> Timeline:
        """Make a timeline from the rows of ``/captures``: each begins when it was triggered.

        Time 0 is the file's first sample. A capture whose time nobody knows follows the one before.
        """
        starts = captures["first_sample"].astype(np.int64)
        before_s = (captures["trigger_sample"] - starts) * interval_s
        begins_s = captures["time_s"] - before_s
        wanted = np.nan_to_num((begins_s - begins_s[0]) / interval_s, nan=0.0)
        wanted = np.clip(np.round(wanted), 0, _LAST_POSITION).astype(np.int64)
        missing = np.maximum.accumulate(wanted - starts)
        missing[0] = 0
        return cls(interval_s, starts[1:], np.maximum.accumulate(missing))

    def times(self, first: int, count: int, step: float = 1) -> NDArray[np.float64]:
        """Seconds of samples; float64, shape ``(count,)``; see :meth:`fill`."""
        times = np.empty(count)
        self.fill(times, first, step)
        return times

    def fill(self, times: NDArray[np.float64], first: int, step: float = 1) -> None:
        """Write the seconds of the samples ``first``, ``first + step`` … into an array.

        :param step: a multiple of one half; between two samples the earlier one's gaps count.
        """
        count = times.size
        gap, begin = int(np.searchsorted(self.gap_starts, first, side="right")), 0
        while begin < count:
            end = count
            if gap < self.gap_starts.size:
                until_gap = np.ceil((self.gap_starts[gap] - first) / step)
                end = min(count, max(begin, int(until_gap)))
            origin = first + int(self.missing[gap])
            fill_times(origin + begin * step, step, self.interval_s, times[begin:end])
            gap, begin = gap + 1, end

    def times_of(self, samples: NDArray[np.int64]) -> NDArray[np.float64]:
        """Seconds of samples anywhere; float64, shaped as they are."""
        gaps_before = np.searchsorted(self.gap_starts, samples, side="right")
        return np.asarray((samples + self.missing[gaps_before]) * self.interval_s)

    def samples_at(self, times_s: NDArray[np.float64]) -> NDArray[np.int64]:
        """Index of the first stored sample not before each time; negative before the first.

        Inside a gap that is the sample after it.
        """
        positions = np.clip(times_s / self.interval_s, -1.0, _LAST_POSITION)
        wanted = np.ceil(positions - _TOLERANCE).astype(np.int64)
        n_before = np.searchsorted(self.gap_starts + self.missing[1:], wanted, side="right")
        following = np.append(self.gap_starts, np.iinfo(np.int64).max)[n_before]
        found: NDArray[np.int64] = np.minimum(wanted - self.missing[n_before], following)
        return found

    def sample_at(self, time_s: float) -> int:
        """Index of the first stored sample not before a time; negative before the first."""
        return int(self.samples_at(np.array([time_s]))[0])

    def wide_gaps(self, first: int, stop: int, length: float, limit: int) -> NDArray[np.int64]:
        """First samples after the longest gaps of ``length`` samples or more, ascending.

        :param first: only gaps after this sample …
        :param stop: … and before this one.
        :param limit: at most so many of them.
        """
        begin = int(np.searchsorted(self.gap_starts, first, side="right"))
        end = int(np.searchsorted(self.gap_starts, stop, side="left"))
        lengths = np.diff(self.missing)[begin:end]
        longest = np.argsort(lengths, kind="stable")[::-1][:limit]
        wide = longest[lengths[longest] >= max(length, 1)]
        return self.gap_starts[begin:end][np.sort(wide)]
