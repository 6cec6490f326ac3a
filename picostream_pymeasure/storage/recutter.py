"""Stretches of any length made into whole blocks, one chunk each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..records import Block


class Recutter:
    """Collects stretches until a block is full.

    :param shape: of a block's rows.
    """

    def __init__(self, shape: tuple[int, int], block_samples: int) -> None:
        self._rows: NDArray[np.int16] = np.zeros(shape, np.int16)
        self._block_samples = block_samples
        self._values = shape[1] // block_samples
        self._fill = 0
        self._emitted = 0

    def cut(self, block: Block) -> Iterator[Block]:
        """Take a stretch; give every block that is full with it."""
        if self._fill == 0 and block.count == self._block_samples:
            self._emitted += block.count
            yield block
            return
        start = 0
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
            fill, self._fill = self._fill, 0
            yield Block(self._rows[:, : fill * self._values], self._emitted, fill)
            self._emitted += fill
