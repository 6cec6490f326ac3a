"""What is drawn of captures: channels, and differences of two, read piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...config import CountScale
from ...reader import Source

_AT_ONCE_SAMPLES = 2**22

#: Numbers of some captures, shape ``(n, k)``, and how far right each lies, in samples.
Piece = tuple[NDArray[Any], NDArray[np.float64]]


@dataclass(frozen=True)
class Stretches:
    """Captures of equal length, every ``step``-th of which is drawn."""

    source: Source
    rows: NDArray[np.void]
    n_samples: int
    step: int

    @property
    def drawn(self) -> int:
        """Number of captures that are drawn."""
        return len(range(0, len(self.rows), self.step))


@dataclass(frozen=True)
class ChannelCurve:
    """A channel, in int16 counts."""

    stretches: Stretches
    name: str

    @property
    def scale(self) -> CountScale:
        """What its numbers are in volts."""
        return self.stretches.source.channels[self.name].metadata.count_scale

    def read(self) -> Iterator[Piece]:
        """As many captures at once as are worth it."""
        rows, n_samples, step = self.stretches.rows, self.stretches.n_samples, self.stretches.step
        source = self.stretches.source
        at_once = max(1, _AT_ONCE_SAMPLES // n_samples)
        shifts = rows["offset_s"] / source.interval_s
        for first in range(0, len(rows), at_once):
            last = min(first + at_once, len(rows))
            begin = -first % step
            if first + begin >= last:
                continue
            counts = source.read_counts(self.name, first * n_samples, last * n_samples)
            yield (
                np.ascontiguousarray(counts.reshape(-1, n_samples)[begin::step], np.int16),
                np.ascontiguousarray(shifts[first + begin : last : step]),
            )


@dataclass(frozen=True)
class DifferenceCurve:
    """One channel less another one, in float64 volts."""

    minuend: ChannelCurve
    subtrahend: ChannelCurve
    scale: ClassVar[CountScale] = CountScale(range_v=1.0, offset_v=0.0, max_adc=1)

    @property
    def name(self) -> str:
        """As the two are written."""
        return f"{self.minuend.name}-{self.subtrahend.name}"

    def read(self) -> Iterator[Piece]:
        """As many captures at once as are worth it."""
        scale, other = self.minuend.scale, self.subtrahend.scale
        for (counts, shifts), (less, _) in zip(
            self.minuend.read(), self.subtrahend.read(), strict=True
        ):
            yield scale.volts(counts.astype(np.float64)) - other.volts(less), shifts


Curve = ChannelCurve | DifferenceCurve
