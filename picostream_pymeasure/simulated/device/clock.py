"""The scope's clock in native code: how many samples it has digitised by now."""

from __future__ import annotations

import numpy as np
from numba import carray, from_dtype, int64, njit, void

from ...system.native import as_pointer, now_ns, sleep_ns
from . import layout

#: Records of units as Python hands them over; with it all is compiled before any call is made.
UNITS = from_dtype(layout.UNIT)[::1]


class VirtualClock:
    """Time that passes only when a test lets it, or a call of the simulated driver blocks.

    Give it to :func:`~.load.load_simulated`; it must live as long as the library.
    """

    def __init__(self) -> None:
        self.words = np.zeros(1, np.int64)

    @property
    def now_ns(self) -> int:
        """Time since the clock was made."""
        return int(self.words[0])

    def advance(self, duration_s: float) -> None:
        """Let time pass."""
        self.words[0] += round(duration_s * 1e9)


@njit(nogil=True, cache=True)
def time_ns(unit):  # type: ignore[no-untyped-def]
    """Time of the clock the unit goes by."""
    if unit.clock_address:
        return carray(as_pointer(unit.clock_address), 1, np.int64)[0]
    return now_ns()


@njit(nogil=True, cache=True)
def wait_ns(unit, duration_ns):  # type: ignore[no-untyped-def]
    """Let time pass."""
    if unit.clock_address:
        carray(as_pointer(unit.clock_address), 1, np.int64)[0] += duration_ns
    else:
        sleep_ns(duration_ns)


@njit(nogil=True, cache=True)
def digitised(unit):  # type: ignore[no-untyped-def]
    """Raw samples digitised so far; without pacing, always enough for the buffers."""
    if unit.paced == 0:
        return unit.raw_position + (unit.buffer_size + 1) * unit.ratio
    elapsed_ns = np.float64(time_ns(unit) - unit.start_ns)
    gained = 1.0 + 0.5 * unit.drift_a_ns * elapsed_ns
    # the nearest whole number may be missed by the rounding of two factors, a sample by no more
    return np.int64(elapsed_ns * gained * unit.samples_a_ns + 1e-6)


@njit(nogil=True, cache=True)
def head_of(unit):  # type: ignore[no-untyped-def]
    """Raw samples that have left the device, in whole packets."""
    samples = digitised(unit)
    return samples if unit.paced == 0 else samples // unit.packet_samples * unit.packet_samples


@njit(void(UNITS), cache=True)
def start_clock(records):  # type: ignore[no-untyped-def]
    """Let the device digitise its first sample now."""
    records[0].start_ns = time_ns(records[0])


@njit(int64(UNITS), cache=True)
def digitised_now(records):  # type: ignore[no-untyped-def]
    """Raw samples digitised so far."""
    return digitised(records[0])
