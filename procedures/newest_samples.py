"""A look at the newest samples of a stream that cannot disturb it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.records import (
    Block,
    ClockPair,
    Event,
    Gap,
    Health,
    Outcome,
    Sink,
    StreamDescription,
)

#: Samples of each block that are kept, its newest; a copy of microseconds.
_PIECE_SAMPLES = 16384
_MAX_PIECES = 64


@dataclass(frozen=True)
class Piece:
    """Neighbouring samples of every input, in memory of their own.

    :param first_sample: index in the file of the first one.
    :param rows: int16 counts, shape ``(n_inputs, n)``; in aggregate mode ``(n_inputs, 2 n)`` as
        min, max, min, max …
    """

    first_sample: int
    rows: NDArray[np.int16]


class NewestSamples(Sink):
    """A sink that hands everything on and keeps the newest samples of each block for a while.

    At most 64 blocks are remembered, and of each no more than 16384 samples per input: memory
    and time are bounded whatever the rate. What is looked at never waits for the disk, nor the
    stream for who looks.

    :param sink: where the stream really goes.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._pieces: deque[Piece] = deque(maxlen=_MAX_PIECES)
        self.description: StreamDescription | None = None

    def take(self) -> list[Piece]:
        """Give the pieces that came since the last call, the oldest first."""
        pieces = []
        while self._pieces:
            pieces.append(self._pieces.popleft())
        return pieces

    def prepare(self) -> None:
        """Let the other sink get ready."""
        self._sink.prepare()

    def open(self, description: StreamDescription) -> None:
        """See :class:`~picostream_pymeasure.records.Sink`."""
        self.description = description
        self._sink.open(description)

    def write(self, block: Block) -> None:
        """Keep a copy of the end of the block, and hand the block on."""
        assert self.description is not None
        values = self.description.values_per_sample
        first = max(block.count - _PIECE_SAMPLES, 0)
        rows = block.rows[:, first * values : block.count * values].copy()
        self._pieces.append(Piece(block.first_sample + first, rows))
        self._sink.write(block)

    def add_gap(self, gap: Gap) -> None:
        """Hand missing samples on."""
        self._sink.add_gap(gap)

    def add_clock(self, pair: ClockPair) -> None:
        """Hand a pair of the clock on."""
        self._sink.add_clock(pair)

    def add_event(self, event: Event) -> None:
        """Hand a mark on."""
        self._sink.add_event(event)

    def update(self, health: Health) -> None:
        """Hand running totals on."""
        self._sink.update(health)

    def close(self, outcome: Outcome) -> None:
        """Hand the end on."""
        self._sink.close(outcome)
