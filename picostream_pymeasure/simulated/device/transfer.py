"""From captures to the user's buffers, in native code."""

from __future__ import annotations

import numpy as np
from numba import carray, njit

from ...system.native import as_pointer
from ..kernels.reduction import CARRY_WORDS, aggregate, average, decimate
from . import layout
from .samples import generate, narrow

_NONE, _AGGREGATE, _DECIMATE = 0, 1, 2

#: Where the samples of one row and segment go; addresses are 0 for NULL.
TARGET = layout.words(("max_address", "min_address", "value_bytes"))


@njit(nogil=True, cache=True)
def _reduced(raw, mode, ratio, upper, lower):  # type: ignore[no-untyped-def]
    """Reduce whole blocks, and what is left over to one value if there is room; values written."""
    carry = np.zeros(CARRY_WORDS, np.int64)
    whole = raw.size // ratio * ratio
    written = _reduce(raw[:whole], mode, ratio, carry, upper, lower)
    if whole < raw.size and written < upper.size:
        carry[:] = 0
        rest = raw[whole:]
        written += _reduce(rest, mode, rest.size, carry, upper[written:], lower[written:])
    return written


@njit(nogil=True, cache=True)
def _reduce(raw, mode, ratio, carry, upper, lower):  # type: ignore[no-untyped-def]
    if mode == _AGGREGATE:
        return aggregate(raw, ratio, carry, lower, upper)
    if mode == _DECIMATE:
        return decimate(raw, ratio, carry, upper)
    return average(raw, ratio, carry, upper)


@njit(nogil=True, cache=True)
def _store(row, values, address, value_bytes):  # type: ignore[no-untyped-def]
    if value_bytes == 1:
        narrow(row, values, address)
    else:
        carray(as_pointer(address), values.size, np.int16)[:] = values


@njit(nogil=True, cache=True)
def _hand_out(unit, row, first, count, mode, ratio, raw, target):  # type: ignore[no-untyped-def]
    """Write ``count`` values of a row; return non-zero when any lies beyond the range."""
    address = target.max_address if target.max_address else target.min_address
    if mode == _NONE:
        if target.value_bytes == 2:
            return generate(unit, row, first, carray(as_pointer(address), count, np.int16))
        clipped = generate(unit, row, first, raw)
        narrow(row, raw, address)
        return clipped
    clipped = generate(unit, row, first, raw)
    upper, lower = np.empty(count, np.int16), np.empty(count, np.int16)
    _reduced(raw, mode, ratio, upper, lower)
    _store(row, upper, address, target.value_bytes)
    if mode == _AGGREGATE:
        _store(row, lower, target.min_address, target.value_bytes)
    return clipped


@njit(nogil=True, cache=True)
def fill_targets(units, captures, targets, start, counts, reduction, overflow):  # type: ignore[no-untyped-def]
    """Write the samples of some captures.

    :param captures: :data:`~.layout.CAPTURE`, one a segment asked for.
    :param targets: :data:`TARGET`, shape ``(rows, n)``; no addresses for rows without buffers.
    :param start: raw samples of each capture to leave out.
    :param counts: raw samples to look at, and values to write, of each capture.
    :param reduction: mode and ratio.
    :param overflow: int16, over-range bits of each capture, to be written.
    """
    raw = np.empty(counts[0], np.int16)
    for number in range(captures.size):
        bits = 0
        for row in range(targets.shape[0]):
            target = targets[row, number]
            if target.max_address == 0 and target.min_address == 0:
                continue
            first = captures[number].first + start
            mode, ratio = reduction
            if _hand_out(units[0], row, first, counts[1], mode, ratio, raw, target):
                bits |= 1 << row
        overflow[number] = bits
