"""Which samples of a simulated stream are in what was delivered or recorded of it.

For inputs with the wave ``index`` (``SimulatedSignal("index")``), not reduced: the samples
themselves say it, whatever the driver told and whatever was made of that.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

#: Samples that together spell an index.
_SPELLED = 8
#: Where a sample is none of the stream's: stale memory, or a fragment of less than eight samples.
FOREIGN = -1


class Seam(NamedTuple):
    """A place where the next sample is not the next one of the stream.

    :param position: of the first sample behind it.
    :param missing: samples that are not there; negative for samples that come again.
    """

    position: int
    missing: int


@njit(nogil=True, cache=True)
def _code(index):  # type: ignore[no-untyped-def]
    place = index & 7
    return (((index >> (3 + 4 * place)) & 15) << 3 | place) - 64


@njit(nogil=True, cache=True)
def follow_from(values, index):  # type: ignore[no-untyped-def]
    """Whether all samples are those of the stream from ``index`` on, which is told at once."""
    number = 0
    while number < values.size and values[number] >> 8 == _code(index + number):
        number += 1
    return number == values.size


@njit(nogil=True, cache=True)
def _read(codes, position):  # type: ignore[no-untyped-def]
    """Index of the sample at ``position`` by the eight from there on, or -1."""
    if position + _SPELLED > codes.size:
        return -1
    first_place, above, below = (codes[position] + 64) & 7, 0, 0
    for number in range(_SPELLED):
        code = codes[position + number] + 64
        place, digit = (first_place + number) & 7, code >> 3
        if code & 7 != place:
            return -1
        if place >= first_place:
            above |= digit << 4 * place
        else:
            below |= digit << 4 * place
    # the digits below are of the next eight, whose number is one more
    whole = 1 << 4 * first_place
    return (above + (below - 1) % whole if first_place else above) * _SPELLED + first_place


@njit(nogil=True, cache=True)
def _run(codes, position):  # type: ignore[no-untyped-def]
    """How many samples from there on agree with the index that the first eight spell; up to 16."""
    index = _read(codes, position)
    if index < 0:
        return 0
    stop = min(codes.size, position + 2 * _SPELLED)
    for later in range(position + _SPELLED, stop):
        if codes[later] != _code(index + later - position):
            return later - position
    return stop - position


@njit(nogil=True, cache=True)
def _next_begin(codes, position):  # type: ignore[no-untyped-def]
    """Where, from a seam on, samples tell their index: eight may look right across another seam."""
    while position < codes.size:
        best, longest = position, 0
        for begin in range(position, min(codes.size, position + _SPELLED)):
            length = _run(codes, begin)
            if length > longest:
                best, longest = begin, length
        if longest:
            return best
        position += _SPELLED
    return codes.size


@njit(nogil=True, cache=True)
def _follow(codes, found):  # type: ignore[no-untyped-def]
    position, index = 0, -1
    while position < codes.size:
        if index >= 0 and codes[position] == _code(index):
            found[position] = index
            position, index = position + 1, index + 1
            continue
        begin = _next_begin(codes, position)
        if begin == codes.size:
            found[position:] = -1
            return
        index, first = _read(codes, begin), begin
        while first > position and codes[first - 1] == _code(index - (begin - first) - 1):
            first -= 1
        found[position:first] = -1
        for number in range(first, begin):
            found[number] = index - (begin - number)
        position = begin


def absolute_indices(values: NDArray[np.int16]) -> NDArray[np.int64]:
    """Index in the stream of every sample, counted by the scope's own clock.

    :param values: of an input with the wave ``index``, int16, of any resolution.
    :return: as many int64; :data:`FOREIGN` where a sample is none of the stream's.
    """
    found = np.empty(values.size, np.int64)
    _follow(values.astype(np.int64) // 256, found)
    return found


def seams(indices: NDArray[np.int64]) -> list[Seam]:
    """All places where samples are missing or come again; foreign samples count as neither.

    :param indices: from :func:`absolute_indices`.
    """
    (own,) = np.nonzero(indices != FOREIGN)
    expected = indices[own[:-1]] + np.diff(own)
    differs = np.nonzero(indices[own[1:]] != expected)[0]
    return [
        Seam(int(own[number + 1]), int(indices[own[number + 1]] - expected[number]))
        for number in differs
    ]


class Loss(NamedTuple):
    """Samples that a simulated library says it has lost: from where, and how many."""

    sample: int
    missing: int


def merged_losses(losses: list[Loss]) -> list[Loss]:
    """Losses that touch each other as one."""
    merged: list[Loss] = []
    for loss in losses:
        if merged and sum(merged[-1]) == loss.sample:
            merged[-1] = Loss(merged[-1].sample, merged[-1].missing + loss.missing)
        else:
            merged.append(loss)
    return merged
