"""Appends one channel's overview to its datasets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from .overview import OverviewBuilder


class OverviewWriter:
    """Collects new bins of every level until they are written together.

    A recording that was not finished lacks the bins that were not written yet; all of them can be
    made again from the samples.

    :param levels: empty datasets, as :func:`~.overview_levels.create_levels` gives them.
    :param values_per_sample: 2 in aggregate mode, else 1.
    """

    def __init__(self, levels: Mapping[int, Any], values_per_sample: int) -> None:
        self._builder = OverviewBuilder(values_per_sample)
        self._levels = [_LevelWriter(level.id) for level in levels.values()]

    def add(self, values: NDArray[np.int16]) -> None:
        """Take counts that follow the last ones; they are not referenced after the return.

        :param values: int16, contiguous, any number.
        """
        for level, bins in zip(self._levels, self._builder.add(values), strict=True):
            level.add(bins)

    def write(self) -> None:
        """Store and flush the bins that were collected."""
        for level in self._levels:
            level.write()

    def finish(self) -> None:
        """Store what is left, with a last bin of each level that may be short."""
        for level, bins in zip(self._levels, self._builder.finish(), strict=True):
            level.add(bins)
            level.write()


class _LevelWriter:
    """One level; it keeps h5py's low-level dataset, which costs less."""

    def __init__(self, level: Any) -> None:
        self._level = level
        self._collected: list[NDArray[np.int16]] = []
        self._written = 0

    def add(self, bins: NDArray[np.int16]) -> None:
        if len(bins):
            self._collected.append(bins)

    def write(self) -> None:
        if not self._collected:
            return
        bins = np.concatenate(self._collected)
        self._collected.clear()
        self._level.set_extent((self._written + len(bins), bins.shape[1]))
        space = self._level.get_space()
        space.select_hyperslab((self._written, 0), bins.shape)
        self._level.write(h5py.h5s.create_simple(bins.shape), space, bins)
        self._level.flush()
        self._written += len(bins)
