"""A look at the newest samples of a stream that cannot disturb it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from . import access
from .state import SharedState

#: Samples of each block that are copied, its newest.
_PIECE_SAMPLES = 16384
_MAX_PIECES = 64
#: So many of the last ones are kept for who comes after the end.
_MAX_KEPT = 8


@dataclass(frozen=True)
class Piece:
    """Neighbouring samples of every input, in memory of their own.

    :param first_sample: index in the file of the first one.
    :param rows: counts, shape ``(n_inputs, n)``; in aggregate mode ``(n_inputs, 2 n)`` as min,
        max, min, max …
    """

    first_sample: int
    rows: NDArray[Any]


class NewestSamples:
    """Copies from the pool, whoever stores the samples; nothing waits for it.

    :param blocks: the pool, shape ``(n_blocks, n_inputs, values)``.
    """

    def __init__(self, state: SharedState, blocks: NDArray[Any]) -> None:
        self._state = state
        self._blocks: NDArray[Any] | None = blocks
        self._next = 0
        self._kept: list[Piece] = []
        self._lock = threading.Lock()

    def take(self) -> list[Piece]:
        """Give the pieces that came since the last call, the oldest first; 64 blocks at most."""
        with self._lock:
            pieces, self._kept = [*self._kept, *self._copy()], []
        return pieces

    def let_go(self) -> None:
        """Copy what nobody has taken yet; the pool is given back."""
        with self._lock:
            self._kept = [*self._kept, *self._copy()][-_MAX_KEPT:]
            self._blocks = None

    def _copy(self) -> Iterator[Piece]:
        first, size = self._state.drain("first"), int(self._state["block_samples"])
        if self._blocks is None or first < 0:
            return
        accepted = self._state.read(access.ACCEPTED)
        begin = max(self._next, first, accepted - _MAX_PIECES * size)
        if begin >= accepted:
            return
        self._next = accepted
        for number in range(begin // size, -(-accepted // size)):
            start = max(begin, number * size)
            stop = min(accepted, (number + 1) * size)
            rows = self._rows(number, max(start, stop - _PIECE_SAMPLES), stop)
            if rows is not None:
                yield Piece(max(start, stop - _PIECE_SAMPLES) - first, rows)

    def _rows(self, number: int, start: int, stop: int) -> NDArray[Any] | None:
        """Copy samples of a block, unless the producer has come round to it meanwhile."""
        blocks = self._blocks
        assert blocks is not None
        size, values = int(self._state["block_samples"]), int(self._state["values_per_sample"])
        within = slice((start - number * size) * values, (stop - number * size) * values)
        rows: NDArray[Any] = blocks[number % len(blocks), :, within].copy()
        return rows if self._state.read(access.HEAD) - number < len(blocks) else None
