"""From captures to the user's buffers, in native code."""

from __future__ import annotations

import numpy as np
from numba import carray, njit

from ...system.native import as_pointer
from . import layout
from .samples import generate, narrow

#: Where the samples of one row and segment go; the address is 0 for nowhere.
TARGET = layout.words(("address", "value_bytes"))


@njit(nogil=True, cache=True)
def _hand_out(unit, row, first, raw, target):  # type: ignore[no-untyped-def]
    """Write the samples of a row; return non-zero when any lies beyond the range."""
    if target.value_bytes == 2:
        return generate(unit, row, first, carray(as_pointer(target.address), raw.size, np.int16))
    clipped = generate(unit, row, first, raw)
    narrow(row, raw, target.address)
    return clipped


@njit(nogil=True, cache=True)
def fill_targets(units, captures, targets, start, count, overflow):  # type: ignore[no-untyped-def]
    """Write the samples of some captures.

    :param captures: :data:`~.layout.CAPTURE`, one a segment asked for.
    :param targets: :data:`TARGET`, shape ``(rows, n)``; no addresses for rows without buffers.
    :param start: samples of each capture to leave out.
    :param count: samples to write of each capture.
    :param overflow: int16, over-range bits of each capture, to be written.
    """
    raw = np.empty(count, np.int16)
    for number in range(captures.size):
        bits = 0
        for row in range(targets.shape[0]):
            target = targets[row, number]
            if target.address == 0:
                continue
            first = captures[number].first + start
            if _hand_out(units[0], row, first, raw, target):
                bits |= 1 << row
        overflow[number] = bits
