"""What the simulated scope tells of the samples that it lost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...records import Proof

_ENDLESS = 2**62
#: Holes before the last sample that came which may not have shown yet.
_LATE_HOLES = 3


def not_compared(position: int) -> Proof:
    """The samples from there on cannot be told from wrong ones."""
    return Proof(
        position,
        f"The first {position} samples per channel are what the simulated scope delivered. The "
        "others could not be compared: the file does not tell all that the scope did then.",
        True,
    )


class Holes:
    """What the simulated scope itself knows of its losses: only a finished file has it.

    :param until: index in the stream up to which these are all; a file has room for so many.
    """

    def __init__(self, holes: list[list[int]], until: int | None = None) -> None:
        self.until = _ENDLESS if until is None else until
        self._places = np.array([place for place, _ in holes], np.int64)
        self._missing = np.array([missing for _, missing in holes], np.int64)
        #: Samples that had come before each.
        self._received = self._places - np.cumsum(self._missing) + self._missing

    def index_of(self, received: int) -> int:
        """Index in the stream of a sample that so many others have come before."""
        return received + int(self._missing[self._received <= received].sum())

    def offsets(self, since: int, index: int, offset: int) -> Iterator[int]:
        """Where the samples may go on, when that at ``index`` in the stream did not come.

        Samples may look alike for a while behind a loss, and others may have been lost meanwhile.

        :param since: index behind the last one that came.
        """
        if index >= self.until:
            return
        next_hole = int(np.searchsorted(self._places, since))
        for first in range(next_hole, max(-1, next_hole - _LATE_HOLES - 1), -1):
            missing, number = 0, first
            while number < self._places.size and self._places[number] <= index + missing:
                missing += int(self._missing[number])
                number += 1
            yield offset + missing

    def stretches(self, index: int, count: int) -> Iterator[tuple[int, int]]:
        """How the ``count`` samples that came from one in the stream on follow each other.

        :return: samples without a loss, and how many are missing behind them.
        """
        number = int(np.searchsorted(self._places, index, side="right"))
        while count > 0 and number < self._places.size:
            length = int(self._places[number]) - index
            if length >= count:
                break
            missing = int(self._missing[number])
            yield length, missing
            index, count, number = index + length + missing, count - length, number + 1
        yield count, 0
