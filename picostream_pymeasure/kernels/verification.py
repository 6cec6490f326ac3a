"""Chunks of counts held against their checksums and their bins, without the GIL."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import int64, njit
from numpy.typing import NDArray

from .bounds import bounds_of, lower, upper
from .xxh3 import xxh3_at


@njit(nogil=True, cache=True)
def check_chunks(
    values: NDArray[Any],
    first: int,
    stride: int,
    size: int,
    number: int,
    checksums: NDArray[np.uint64],
    right: NDArray[np.bool_],
) -> None:
    """Compare the checksums of chunks that follow each other.

    :param values: counts; chunk ``k`` begins at ``first + k * stride`` and has ``size`` of them.
    :param number: of the first chunk, the seed of its checksum.
    :param checksums: uint64, one a chunk.
    :param right: bool, one a chunk; written.
    """
    for index in range(right.size):
        begin = first + index * stride
        part = values[begin : begin + size]
        found = xxh3_at(part.ctypes.data, part.nbytes, np.uint64(number + index))
        right[index] = found == checksums[index]


@njit(nogil=True, cache=True)
def summarise_strided(
    values: NDArray[Any],
    first: int,
    stride: int,
    size: int,
    group: int,
    bins: NDArray[Any],
) -> None:
    """Summarise chunks, see :func:`check_chunks`, in groups that fill a chunk exactly.

    :param group: values a bin.
    :param bins: first, min, max, last; written, as many as there are.
    """
    per_chunk = size // group
    for index in range(bins.shape[0]):
        begin = first + index // per_chunk * stride + index % per_chunk * group
        part = values[begin : begin + group]
        low, high = bounds_of(part)
        bins[index, 0] = part[0]
        bins[index, 1] = low
        bins[index, 2] = high
        bins[index, 3] = part[group - 1]


@njit(nogil=True, cache=True)
def merge_bins(fine: NDArray[Any], factor: int, bins: NDArray[Any]) -> None:
    """Summarise groups of ``factor`` finer bins, the last one maybe of fewer."""
    for index in range(bins.shape[0]):
        start, stop = index * factor, min((index + 1) * factor, fine.shape[0])
        low, high = fine[start, 1], fine[start, 2]
        for inner in range(start, stop):
            low, high = lower(low, fine[inner, 1]), upper(high, fine[inner, 2])
        bins[index, 0] = fine[start, 0]
        bins[index, 1] = low
        bins[index, 2] = high
        bins[index, 3] = fine[stop - 1, 3]


@njit(nogil=True, cache=True)
def count_different(found: NDArray[Any], expected: NDArray[Any]) -> tuple[int, int]:
    """How many bins differ, and which is the first; -1 if none does."""
    different, first = int64(0), int64(-1)
    for index in range(found.shape[0]):
        if (
            found[index, 0] != expected[index, 0]
            or found[index, 1] != expected[index, 1]
            or found[index, 2] != expected[index, 2]
            or found[index, 3] != expected[index, 3]
        ):
            different += 1
            if first < 0:
                first = index
    return different, first
