"""The segments of the scope's memory: how many a run fills, and where the driver puts them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig
from ..driver import Unit, block, registration
from ..errors import DriverError

#: Segments that are handed over between two looks at the time: each takes some µs.
_AT_ONCE = 1000


class Segments:
    """Knows which memory is the driver's, and takes it back in the end; a context manager."""

    def __init__(self, unit: Unit, config: CaptureConfig) -> None:
        self._unit, self._inputs = unit, config.inputs
        self._registered = self._captures = 0

    def __enter__(self) -> Segments:
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Stop, and take the memory back; a scope that is gone writes to it no more."""
        with suppress(DriverError):
            self._unit.stop()
        self._take_back(0)

    def use(self, counts: NDArray[np.int16], is_enough: Callable[[], bool]) -> int:
        """Let the next run fill this memory, and no other.

        :param counts: int16, shape ``(n_inputs, n, samples)``, kept alive by the caller until
            another is used or the block is left.
        :param is_enough: asked now and then; when it says so, the rest of the memory is left out.
        :returns: how many captures the run makes.
        """
        wanted: int = counts.shape[1]
        self._set_captures(wanted)
        captures = self._hand_over(counts, wanted, is_enough)
        self._set_captures(captures)
        if captures < self._registered:
            self._take_back(captures)
        return captures

    def _set_captures(self, captures: int) -> None:
        if captures != self._captures:
            block.set_captures(self._unit, captures)
            self._captures = captures

    def _hand_over(
        self, counts: NDArray[np.int16], wanted: int, is_enough: Callable[[], bool]
    ) -> int:
        for begin in range(0, wanted, _AT_ONCE):
            if begin and is_enough():
                return begin
            end = min(begin + _AT_ONCE, wanted)
            self._registered = max(self._registered, end)
            for row, rows in zip(self._inputs, counts, strict=True):
                registration.register(self._unit, row.index, rows, range(begin, end))
        return wanted

    def _take_back(self, first: int) -> None:
        for row in self._inputs:
            with suppress(DriverError):
                registration.take_back(self._unit, row.index, range(first, self._registered))
        self._registered = first
