"""The start of the scope: no Python runs between the driver's answer and the first poll.

The producer waits in native code (:func:`~.polling.poll_until`) while the scope is started, and
polls as soon as the driver has answered: whoever holds the interpreter just then costs no sample.

So a rate becomes an interval: ``StreamConfig.requested_interval_ns`` is what to ask for;
``Unit.run_streaming`` asks for it in the driver's units, through :class:`NativeStart`; the driver's
answer, the actual raw interval, goes two ways. :func:`_note_interval` writes it into the shared
state, in ns between two *delivered* samples, with every length that was asked for as a time;
``Unit.run_streaming`` returns it to the session, whose ``StreamDescription.sample_interval_ns`` it
becomes. Who reads a recording sees that one, or ``stored_interval_ns``, which is times the ratio.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numba import carray, float64, from_dtype, int16, int32, int64, njit, uint32

from ..driver import TimeUnit
from ..system.native import as_pointer, call_run_streaming, store_field
from .access import RUNNING
from .clock import read_clock
from .layout import STATE
from .state import SharedState

_UNIT_NS = {unit.code: unit.nanoseconds for unit in TimeUnit}


@njit(nogil=True, cache=True)
def _note_interval(state, raw_ns):  # type: ignore[no-untyped-def]
    """Express in samples what was asked for as a time, as ``StreamConfig.samples_in`` does."""
    state.interval_ns = raw_ns * state.ratio
    if state.wanted_ns > 0:
        state.wanted = max(1, int64(np.rint(state.wanted_ns / state.interval_ns)))
    if state.pre_trigger < 0:
        state.target = state.wanted
        return
    state.post_trigger = state.wanted
    state.pre_trigger = int64(np.rint(state.pre_trigger_ns / state.interval_ns))


@njit(
    (
        *(from_dtype(STATE)[::1], int64, float64),
        *(int16, int64, int32, uint32, uint32, int16, uint32, int32, uint32),
    ),
    nogil=True,
    cache=True,
)
def _run_streaming(  # type: ignore[no-untyped-def]
    records, function, unit_ns, handle, interval, unit, before, after, auto_stop, ratio, mode, size
):
    state = records[0]
    state.run_ns = read_clock(state)
    status = call_run_streaming(
        function, handle, interval, unit, before, after, auto_stop, ratio, mode, size
    )
    state.ran_ns = state.now_ns = state.before_ns = state.last_data_ns = read_clock(state)
    answered = carray(as_pointer(interval), 1, uint32)[0]
    if status == 0 and answered > 0:
        _note_interval(state, answered * unit_ns)
        store_field(state, RUNNING, 1)
    return int64(status)


class NativeStart:
    """Takes the place of the library where it is asked to start streaming.

    :param library: which makes the call.
    :param state: prepared; from the answer on the scope is polled.
    """

    def __init__(self, library: Any, state: SharedState) -> None:
        self._library = library
        self._state = state

    def ps5000aRunStreaming(  # noqa: N802 - the name in C
        self, handle: int, interval: Any, unit: int, *arguments: int
    ) -> int:
        """Start it and let the producer poll; a refusal leaves all as it was."""
        function = ctypes.cast(self._library.ps5000aRunStreaming, ctypes.c_void_p).value
        address = ctypes.addressof(interval._obj)
        records, unit_ns = self._state.records, _UNIT_NS[unit]
        return int(_run_streaming(records, function, unit_ns, handle, address, unit, *arguments))
