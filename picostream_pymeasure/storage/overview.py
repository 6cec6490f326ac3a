"""The overview: levels of bins, each summarising more samples, made while the stream is recorded.

``/channels/<X>/overview/<factor>`` is int16 of shape ``(n, 4)``: first, min, max and last count of
``factor`` samples, the last bin of what there is. A picture of any window needs about as many bins
of one level as it has columns, so its cost depends on its width alone.
In aggregate mode a bin spans ``factor`` (min, max) pairs, and "first" and "last" are the first min
and the last max.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..kernels.envelope import merge, summarise

#: Samples per bin of each level.
FACTORS = (2**8, 2**12, 2**16, 2**20, 2**24)
_STEP = 16


class _Level:
    """Makes one level's bins from the bins below it."""

    def __init__(self) -> None:
        self._rest = np.empty((0, 4), np.int16)

    def add(self, fine: NDArray[np.int16]) -> NDArray[np.int16]:
        """Take finer bins, give those that are full with them."""
        if len(self._rest):
            fine = np.concatenate((self._rest, fine))
        n_full = len(fine) // _STEP
        bins = np.empty((n_full, 4), np.int16)
        merge(fine, _STEP, bins)
        self._rest = fine[n_full * _STEP :]
        return bins

    def finish(self, fine: NDArray[np.int16]) -> NDArray[np.int16]:
        """Take the last finer bins, give all that is left; the last bin may be short."""
        bins = self.add(fine)
        if not len(self._rest):
            return bins
        last = np.empty((1, 4), np.int16)
        merge(self._rest, len(self._rest), last)
        return np.concatenate((bins, last))


class OverviewBuilder:
    """Turns the samples of one channel into new bins of every level.

    :param values_per_sample: 2 in aggregate mode, else 1.
    """

    def __init__(self, values_per_sample: int) -> None:
        self._group = FACTORS[0] * values_per_sample
        self._rest = np.empty(0, np.int16)
        self._levels = [_Level() for _ in FACTORS[1:]]

    def add(self, values: NDArray[np.int16]) -> list[NDArray[np.int16]]:
        """Take counts that follow the last ones.

        :param values: int16, contiguous, any number.
        :returns: new bins of each level, int16, shape ``(n, 4)``.
        """
        bins = [self._summarise(values)]
        for level in self._levels:
            bins.append(level.add(bins[-1]))
        return bins

    def finish(self) -> list[NDArray[np.int16]]:
        """Give the bins that were not full; none of them is longer than one row."""
        bins = [np.empty((1 if len(self._rest) else 0, 4), np.int16)]
        if len(self._rest):
            summarise(self._rest, len(self._rest), bins[0])
        for level in self._levels:
            bins.append(level.finish(bins[-1]))
        return bins

    def _summarise(self, values: NDArray[np.int16]) -> NDArray[np.int16]:
        if len(self._rest):
            values = np.concatenate((self._rest, values))
        n_full = len(values) // self._group
        bins = np.empty((n_full, 4), np.int16)
        summarise(values, self._group, bins)
        # a copy: the values are pool memory that is given back
        self._rest = values[n_full * self._group :].copy()
        return bins
