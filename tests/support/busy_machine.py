"""A poll loop on a virtual clock that gets no processor now and then, as on a busy machine."""

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, int64, njit, types

from picostream_pymeasure.streaming.layout import STATE
from picostream_pymeasure.system.native import as_pointer, call_poll

#: Address of the driver's function, polls of 1000 that are late, longest delay, random state.
_WORDS = np.zeros(4, np.int64)
_ADDRESS = int(_WORDS.ctypes.data)


def late_polls(poll_address: int, late_of_1000: int, longest_s: float, seed: int) -> int:
    """Address of a function in place of the driver's, which is called too late, and returns so.

    :param poll_address: of the driver's function.
    """
    _WORDS[:] = poll_address, late_of_1000, round(longest_s * 1e9), seed
    return int(_poll_late.address)


@njit(nogil=True)
def _draw(words, below):  # type: ignore[no-untyped-def]
    words[3] = words[3] * 6364136223846793005 + 1442695040888963407
    return ((words[3] >> 33) & 0x3FFFFFFF) % below


@njit(nogil=True)
def _perhaps_wait(words, state):  # type: ignore[no-untyped-def]
    clock = carray(as_pointer(state.clock_address), 1, np.int64)
    if _draw(words, 1000) < words[1]:
        clock[0] += _draw(words, words[2])
    return clock[0]


@cfunc(types.uint32(types.int16, types.int64, types.int64), nogil=True)
def _poll_late(handle, callback, parameter):  # type: ignore[no-untyped-def]
    words = carray(as_pointer(_ADDRESS), 4, np.int64)
    state = carray(as_pointer(parameter), 1, STATE)[0]
    state.before_ns = state.now_ns = _perhaps_wait(words, state)  # the loop slept on
    status = call_poll(words[0], handle, callback, parameter)
    _perhaps_wait(words, state)
    return np.uint32(int64(status))
