"""The segments of the scope's memory: how many a run fills, and where the driver puts them."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig
from ..driver import Unit, block, registration
from ..errors import DriverError


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

    def use(self, counts: NDArray[np.int16]) -> None:
        """Let the next run fill this memory, and no other.

        :param counts: int16, shape ``(n_inputs, n, samples)``, kept alive by the caller until
            another is used or the block is left.
        """
        captures = counts.shape[1]
        if captures != self._captures:
            block.set_captures(self._unit, captures)
            self._captures = captures
        if captures < self._registered:
            self._take_back(captures)
        self._registered = captures
        for row, rows in zip(self._inputs, counts, strict=True):
            registration.register(self._unit, row.index, rows)

    def _take_back(self, first: int) -> None:
        for row in self._inputs:
            with suppress(DriverError):
                registration.take_back(self._unit, row.index, range(first, self._registered))
        self._registered = first
