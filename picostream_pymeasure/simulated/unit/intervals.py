"""Which sample intervals a unit can stream at, or capture at."""

from __future__ import annotations

import math

from ...config import MAX_CHANNELS, Status, fastest_timebase, interval_grid_ns, min_interval_ns
from .unit import Unit

#: ``PS5000A_TIME_UNITS`` fs to s, in nanoseconds.
UNIT_NS = (1e-6, 1e-3, 1.0, 1e3, 1e6, 1e9)
#: USB 2 carries about a quarter of what USB 3 does.
_USB2_FACTOR = 4
_MAX_STEPS = 2**32 - 1


def shortest_ns(unit: Unit) -> float:
    """Shortest interval for the enabled channels and ports, the resolution and the link."""
    n_inputs = len(unit.settings.rows)
    shortest = min_interval_ns(unit.settings.bits, n_inputs)
    if not unit.model.usb3 or unit.scope.power == "usb2":
        shortest *= _USB2_FACTOR
    if unit.scope.max_rate_hz:
        shortest = max(shortest, n_inputs * 1e9 / unit.scope.max_rate_hz)
    return shortest


def channels_refusal(unit: Unit) -> int:
    """Status for an impossible set of inputs, or OK; ports do not matter to the resolution."""
    if not unit.settings.rows:
        return Status.INVALID_CHANNEL
    if len(unit.settings.enabled) > MAX_CHANNELS[unit.settings.bits]:
        return Status.INVALID_NUMBER_CHANNELS_FOR_RESOLUTION
    return Status.OK


def streaming_interval_ns(unit: Unit, wanted_ns: float) -> int | None:
    """Possible interval nearest to the wanted one, or None when it is out of range."""
    grid, shortest = interval_grid_ns(unit.settings.bits), shortest_ns(unit)
    if wanted_ns < shortest * (1 - 1e-9) or wanted_ns > grid * _MAX_STEPS:
        return None
    least = math.ceil(shortest / grid - 1e-9)
    return grid * max(least, math.floor(wanted_ns / grid + 0.5))


def fewest_timebase(unit: Unit) -> int:
    """Fastest timebase for the enabled channels and ports."""
    bits = unit.settings.bits
    n_inputs = max(1, len(unit.settings.rows))
    is_slow = bits == 14 and n_inputs in (3, 4) and unit.scope.block.slow_14_bit
    return fastest_timebase(bits, n_inputs) + int(is_slow)
