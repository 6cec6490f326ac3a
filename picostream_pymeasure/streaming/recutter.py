"""Cutting the stream anew, so that the file begins so long before its trigger."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..records import Block


class Recutter:
    """Turns blocks into blocks that begin at a later sample.

    :param first: index in the stream that becomes sample 0.
    """

    def __init__(self, first: int, shape: tuple[int, int], block_samples: int) -> None:
        self.first = first
        self._rows: NDArray[np.int16] = np.zeros(shape, np.int16)
        self._block_samples = block_samples
        self._values = shape[1] // block_samples
        self._fill = 0
        self._emitted = 0

    def cut(self, block: Block) -> Iterator[Block]:
        """Take a block of the stream; give every block that is full with it."""
        start = max(self.first - block.first_sample, 0)
        while start < block.count:
            part = min(block.count - start, self._block_samples - self._fill)
            target = slice(self._fill * self._values, (self._fill + part) * self._values)
            source = slice(start * self._values, (start + part) * self._values)
            self._rows[:, target] = block.rows[:, source]
            self._fill += part
            start += part
            if self._fill == self._block_samples:
                yield from self.rest()

    def rest(self) -> Iterator[Block]:
        """Give what is left, once the stream has ended."""
        if self._fill:
            yield Block(self._rows, self._emitted, self._fill)
            self._emitted += self._fill
            self._fill = 0
