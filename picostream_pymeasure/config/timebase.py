"""Sample intervals of block mode: the driver numbers them, and each resolution numbers its own.

Source: the programmer's guide as quoted by clients of it. Which numbers a set-up may use depends on
how many inputs are enabled; the driver is asked again before every run and has the last word.
"""

from __future__ import annotations

from .limits import RESOLUTIONS

#: Resolution in bits -> intervals in ns of the first numbers; None where there is none.
_FIRST_NS: dict[int, tuple[float | None, ...]] = {
    8: (1, 2, 4),
    12: (None, 2, 4, 8),
    14: (None, None, None, 8),
    15: (None, None, None, 8),
    16: (None, None, None, None, 16),
}
#: Resolution in bits -> (step in ns, number that stands for no step) of all later numbers.
_GRID = {8: (8, 2), 12: (16, 3), 14: (8, 2), 15: (8, 2), 16: (16, 3)}
#: Resolution in bits -> fastest number with 1, 2, 3 to 4 and more inputs.
_FASTEST = {8: (0, 1, 2, 3), 12: (1, 2, 3, 4), 14: (3, 3, 3, 4), 15: (3, 3, 3, 3), 16: (4, 4, 4, 4)}

MAX_TIMEBASE = 2**32 - 1


def timebase_interval_ns(resolution_bits: int, timebase: int) -> float:
    """Interval of a timebase in ns.

    :param timebase: from the resolution's fastest up to :data:`MAX_TIMEBASE`.
    """
    first = _FIRST_NS[resolution_bits]
    if timebase < len(first):
        interval_ns = first[timebase]
        assert interval_ns is not None, "the resolution has no such timebase"
        return float(interval_ns)
    step_ns, zero = _GRID[resolution_bits]
    return float(step_ns * (timebase - zero))


def fastest_timebase(resolution_bits: int, n_inputs: int) -> int:
    """Number of the shortest interval with so many channels and ports enabled."""
    inputs = 0 if n_inputs <= 1 else 1 if n_inputs == 2 else 2 if n_inputs <= 4 else 3
    return _FASTEST[resolution_bits][inputs]


def nearest_timebase(resolution_bits: int, n_inputs: int, interval_ns: float) -> int:
    """Number of the allowed interval that is nearest to the wanted one, as a ratio."""
    fastest = fastest_timebase(resolution_bits, n_inputs)
    step_ns, zero = _GRID[resolution_bits]
    on_grid = min(int(interval_ns / step_ns) + zero, MAX_TIMEBASE - 1)
    last_single = len(_FIRST_NS[resolution_bits])
    candidates = {*range(fastest, last_single + 1), on_grid, on_grid + 1}

    def ratio(timebase: int) -> float:
        found_ns = timebase_interval_ns(resolution_bits, timebase)
        return max(found_ns / interval_ns, interval_ns / found_ns)

    nearest: int = min((n for n in sorted(candidates) if n >= fastest), key=ratio)
    return nearest


def longest_interval_ns(resolution_bits: int) -> float:
    """Interval of the slowest timebase: about 34 s, at 12 and 16 bit 68 s."""
    return timebase_interval_ns(resolution_bits, MAX_TIMEBASE)


assert set(_FIRST_NS) == set(_GRID) == set(_FASTEST) == set(RESOLUTIONS)
