"""Compares one channel's overview with what its samples give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .overview import FACTORS, OverviewBuilder
from .recording import READ_ERRORS

#: Bins of the finest level that are compared together.
_BATCH_BINS = 4096

_LISTED = 5


class OverviewCheck:
    """Takes the chunks of a channel in order, each first read and then accepted or rejected.

    Around a chunk that is missing or damaged nothing is compared: up to the next sample at which a
    bin of every level begins.

    :param levels: datasets by samples per bin, as :func:`~.overview_levels.find_levels` gives them.
    :param values_per_sample: 2 in aggregate mode, else 1.
    """

    def __init__(self, levels: Mapping[int, Any], values_per_sample: int) -> None:
        self._values_per_sample = values_per_sample
        self._levels = [_LevelCheck(factor, levels.get(factor)) for factor in FACTORS]
        self._next = self._begin = 0
        self._builder = OverviewBuilder(values_per_sample)

    def add(self, first: int, values: NDArray[np.int16]) -> None:
        """Take values of a chunk.

        :param first: index of the first of them in the channel's dataset.
        :param values: int16, contiguous.
        """
        if first != self._next:
            self._restart(first)
        self._next = first + len(values)
        used = values[max(self._begin - first, 0) :]
        for level, bins in zip(self._levels, self._builder.add(used), strict=True):
            level.add(bins)

    def accept(self) -> None:
        """The values added last are right."""
        for level in self._levels:
            level.accept()
        if self._levels[0].waiting >= _BATCH_BINS:
            self._compare()

    def reject(self) -> None:
        """The values added last are wrong."""
        self._next = -1
        for level in self._levels:
            level.reject()

    def finish(self, samples: int, *, finished: bool) -> None:
        """Compare what is left.

        :param samples: how many the channel holds.
        :param finished: whether the recording was; its last bins may be short then.
        """
        if finished and self._next == samples * self._values_per_sample:
            for level, bins in zip(self._levels, self._builder.finish(), strict=True):
                level.add(bins)
                level.accept()
        self._compare()
        for level in self._levels:
            level.measure(samples, finished=finished)

    def errors(self) -> list[str]:
        """What is wrong, one sentence for each kind of error and level."""
        return [problem for level in self._levels for problem in level.errors]

    def short_levels(self) -> list[int]:
        """Of an unfinished recording, levels that end earlier than the samples."""
        return [level.factor for level in self._levels if level.is_short]

    def _restart(self, first: int) -> None:
        """Begin anew where a bin of every level begins."""
        self._compare()
        self._builder = OverviewBuilder(self._values_per_sample)
        coarsest = FACTORS[-1] * self._values_per_sample
        self._begin = -(-first // coarsest) * coarsest
        self._next = first
        for level in self._levels:
            level.move_to(self._begin // self._values_per_sample)

    def _compare(self) -> None:
        for level in self._levels:
            level.compare()


class _LevelCheck:
    """One level beside the bins that it should hold."""

    def __init__(self, factor: int, dataset: Any) -> None:
        self.factor = factor
        self.is_short = False
        self.waiting = 0
        self._dataset = dataset
        self._position = 0
        self._accepted: list[NDArray[np.int16]] = []
        self._new: list[NDArray[np.int16]] = []
        self._wrong = 0
        self._first_wrong: list[int] = []
        self._fault = "" if dataset is not None else "is missing"

    def move_to(self, sample: int) -> None:
        self._position = sample // self.factor

    def add(self, bins: NDArray[np.int16]) -> None:
        if len(bins):
            self._new.append(bins)

    def accept(self) -> None:
        self.waiting += sum(map(len, self._new))
        self._accepted += self._new
        self._new = []

    def reject(self) -> None:
        self._new = []

    def compare(self) -> None:
        """Compare the accepted bins with those at their place in the file."""
        if not self._accepted:
            return
        expected = np.concatenate(self._accepted)
        self._accepted, self.waiting = [], 0
        if not self._fault:
            self._compare_stored(expected)
        self._position += len(expected)

    def _compare_stored(self, expected: NDArray[np.int16]) -> None:
        try:
            stored = self._dataset[self._position : self._position + len(expected)]
        except READ_ERRORS:
            self._fault = "cannot be read"
            return
        wrong = np.flatnonzero((stored != expected[: len(stored)]).any(axis=1))
        listed = wrong[: _LISTED - len(self._first_wrong)] + self._position
        self._wrong += len(wrong)
        self._first_wrong += listed.tolist()

    def measure(self, samples: int, *, finished: bool) -> None:
        """Find out whether the level is as long as it must be."""
        if self._fault:
            return
        needed = -(-samples // self.factor)
        bins = self._dataset.shape[0]
        self.is_short = not finished and bins < samples // self.factor
        if finished and bins != needed:
            self._fault = f"has {bins} bins and not {needed}"

    @property
    def errors(self) -> list[str]:
        found = []
        if self._fault:
            found.append(f"Overview level {self.factor} {self._fault}.")
        if self._wrong:
            listed = ", ".join(map(str, self._first_wrong))
            more = " …" if self._wrong > _LISTED else ""
            found.append(
                f"Overview level {self.factor}: {self._wrong} bin(s) do not summarise their "
                f"samples: {listed}{more}."
            )
        return found
