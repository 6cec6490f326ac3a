"""The function that takes a stream and hands on what is kept of it; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, int64, njit

from ..records import GAP, GAP_MESSAGE_DTYPE, HEALTH, STRETCH, STRETCH_DTYPE
from ..system.native import as_pointer
from .context import KEEPER
from .passing import note_gap, send, send_totals
from .searching import finish, take_samples


@njit(nogil=True, cache=True)
def _keeper_at(context):  # type: ignore[no-untyped-def]
    return carray(as_pointer(context), 1, KEEPER)[0]


@cfunc("int64(int64, int64, int64)", cache=True)
def keeping_sink(context, kind, address):  # type: ignore[no-untyped-def]
    """Take one message of a stream; 0, or what failed. See :class:`~..records.NativeSink`."""
    keeper = _keeper_at(context)
    if kind == STRETCH:
        stretch = carray(as_pointer(address), 1, STRETCH_DTYPE)[0]
        if keeper.item_bytes == 2:
            like = np.empty(0, np.int16)
            take_samples(keeper, stretch.count, stretch.rows_address, stretch.row_bytes, like)
        else:
            narrow = np.empty(0, np.int8)
            take_samples(keeper, stretch.count, stretch.rows_address, stretch.row_bytes, narrow)
        return keeper.failure
    if kind == GAP:
        note_gap(keeper, carray(as_pointer(address), 1, GAP_MESSAGE_DTYPE)[0])
    elif kind == HEALTH:
        send_totals(keeper)
    send(keeper, kind, address)
    return keeper.failure


@njit(int64(int64), nogil=True, cache=True)
def finish_keeping(context):  # type: ignore[no-untyped-def]
    """Settle what is open at the end of the stream; 0, or what failed."""
    keeper = _keeper_at(context)
    if keeper.item_bytes == 2:
        finish(keeper, np.empty(0, np.int16))
    else:
        finish(keeper, np.empty(0, np.int8))
    return keeper.failure
