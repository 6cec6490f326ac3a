"""Which samples of a stretch of time are looked at, so that no analysis reads without bound."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...errors import StorageError
from ...kernels.statistics import middles
from ...reader import PicoStreamReader
from .request import LIMIT_SAMPLES

#: Of more samples this many stretches, evenly spread, that make up the limit together.
_STRETCHES = 16

#: Samples read at once: a writer in the same process waits no longer than that.
_READ_SAMPLES = 1 << 20


def sample_range(reader: PicoStreamReader, begin_s: float, end_s: float) -> tuple[int, int]:
    """First sample in a stretch of time, and the first one after it; equal when it is empty."""
    first = reader.index_at(begin_s)
    return first, max(first, reader.index_at(end_s))


def chosen_stretches(first: int, stop: int) -> list[tuple[int, int]]:
    """The whole range if it is short enough, otherwise stretches evenly spread over it."""
    if stop - first <= LIMIT_SAMPLES:
        return [(first, stop)] if first < stop else []
    size = LIMIT_SAMPLES // _STRETCHES
    starts = np.linspace(first, stop - size, _STRETCHES).astype(np.int64)
    return [(int(start), int(start) + size) for start in starts]


def read_stretch(
    reader: PicoStreamReader, channel: str, start: int, stop: int
) -> tuple[int, NDArray[np.int16]]:
    """Read counts, or the last ones of them that the file holds (still) without a break.

    :returns: their first sample, and int16, shape ``(n,)``; in aggregate recordings ``(n, 2)``:
        min, max.
    """
    first = start
    pieces: list[NDArray[np.int16]] = []
    for begin in range(start, stop, _READ_SAMPLES):
        end = min(begin + _READ_SAMPLES, stop)
        try:
            counts = reader.read_counts(begin, end - begin, channel)
            pieces.append(counts.astype(np.int16, copy=False))  # of one byte in some files
        except StorageError:
            first, pieces = end, []
    if not pieces:
        return stop, np.empty(0, np.int16)
    return first, pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def read_difference(
    reader: PicoStreamReader, minuend: str, subtrahend: str, start: int, stop: int
) -> tuple[int, NDArray[np.float64]]:
    """Read volts of one channel less another one, from where the file holds both.

    :returns: their first sample, and float64, shape ``(n,)``; none of aggregate recordings, whose
        min and max do not tell those of a difference.
    """
    (first, counts), (other_first, less) = (
        read_stretch(reader, name, start, stop) for name in (minuend, subtrahend)
    )
    begin = max(first, other_first)
    if counts.ndim > 1:
        return begin, np.empty(0)
    scale, other = (reader.settings(name).count_scale for name in (minuend, subtrahend))
    return begin, scale.volts(counts[begin - first :]) - other.volts(less[begin - other_first :])


def as_samples(counts: NDArray[np.int16]) -> NDArray[np.int16]:
    """One value a sample: of (min, max) pairs their middle, which is all that is known of them."""
    if counts.ndim == 1:
        return counts
    samples = np.empty(len(counts), np.int16)
    middles(counts, samples)
    return samples


def unbroken_parts(reader: PicoStreamReader, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cut a stretch at the gaps, and the begins of captures, inside it."""
    gaps, captures = reader.gaps["sample_index"], reader.captures.rows["first_sample"]
    breaks = np.concatenate([gaps, captures]).astype(np.int64)
    inside = np.unique(breaks[(breaks > start) & (breaks < stop)])
    yield from pairwise([start, *inside.tolist(), stop])
