"""The scope's memory in native code: what waits in it, and what is lost.

Positions are raw sample indices since the start of the stream; ``raw_position`` is the next sample
to be taken from the memory, ``head`` the next one to be digitised. Between them lie breaks, where
the full memory has dropped the newest samples.
"""

from __future__ import annotations

from numba import carray, njit, void

from ...system.native import as_pointer
from . import layout
from .clock import UNITS, head_of
from .comparators import forget


@njit(nogil=True, cache=True)
def note_hole(unit, sample, missing):  # type: ignore[no-untyped-def]
    """Write down what truly was lost, in delivered samples."""
    if unit.hole_count < layout.MAX_HOLES:
        holes = carray(as_pointer(unit.holes_address), layout.MAX_HOLES, layout.HOLE)
        hole = holes[unit.hole_count]
        hole.sample, hole.missing = sample, missing
        unit.hole_count += 1


@njit(nogil=True, cache=True)
def skip_to(unit, position):  # type: ignore[no-untyped-def]
    """Lose what lies before ``position``, and go on at the next whole block of ``ratio``."""
    if position <= unit.raw_position:
        return
    before = unit.raw_position // unit.ratio
    after = (position + unit.ratio - 1) // unit.ratio
    unit.raw_position = after * unit.ratio
    inputs = carray(as_pointer(unit.inputs_address), layout.N_INPUTS, layout.INPUT)
    for row in range(layout.N_INPUTS):
        inputs[row].carry[:] = 0
    forget(unit)
    if after > before:
        note_hole(unit, before, after - before)


@njit(void(UNITS), cache=True)
def skip_to_head(records):  # type: ignore[no-untyped-def]
    """Lose all that the device has digitised so far, as a new start does."""
    unit = records[0]
    unit.break_count = 0
    if unit.paced:
        skip_to(unit, head_of(unit))


@njit(nogil=True, cache=True)
def tell_loss(unit):  # type: ignore[no-untyped-def]
    """Let the next delivery or the next call tell that samples were lost.

    Once a call has told it, one delivers first: the memory stays full until then.
    """
    unit.overrun |= unit.told_by_flag
    if unit.stalled == 0:
        unit.owed_stall |= unit.told_by_stall


@njit(nogil=True, cache=True)
def _breaks(unit):  # type: ignore[no-untyped-def]
    return carray(as_pointer(unit.breaks_address), layout.MAX_BREAKS, layout.BREAK)


@njit(nogil=True, cache=True)
def _place(unit, number):  # type: ignore[no-untyped-def]
    """Where the break of this number is kept, counted from the first that has not been crossed."""
    return (unit.first_break + number) % layout.MAX_BREAKS


@njit(nogil=True, cache=True)
def _waiting(unit, head):  # type: ignore[no-untyped-def]
    breaks, count = _breaks(unit), head - unit.raw_position
    for number in range(unit.break_count):
        place = _place(unit, number)
        count -= breaks[place].resumes - breaks[place].at
    return count


@njit(nogil=True, cache=True)
def _drop_newest(unit, head, excess):  # type: ignore[no-untyped-def]
    """Forget the last ``excess`` samples before ``head``, and what else if breaks are too many."""
    breaks = _breaks(unit)
    if unit.break_count:
        last = breaks[_place(unit, unit.break_count - 1)]
        if last.resumes >= head - excess or unit.break_count == layout.MAX_BREAKS:
            last.resumes = head
            return
    added = breaks[_place(unit, unit.break_count)]
    added.at, added.resumes = head - excess, head
    unit.break_count += 1


@njit(nogil=True, cache=True)
def check_memory(unit, head):  # type: ignore[no-untyped-def]
    """Lose samples when more wait than the memory holds."""
    excess = _waiting(unit, head) - unit.fifo_samples
    if unit.paced == 0 or excess <= 0:
        return
    if unit.drops_newest == 0:
        skip_to(unit, head - unit.fifo_samples)
        tell_loss(unit)
        return
    _drop_newest(unit, head, excess)
    if unit.told_at_hole == 0:
        tell_loss(unit)


@njit(nogil=True, cache=True)
def cross_breaks(unit):  # type: ignore[no-untyped-def]
    """Go on behind every break that has been reached."""
    breaks = _breaks(unit)
    while unit.break_count and breaks[unit.first_break].at <= unit.raw_position:
        resumes = breaks[unit.first_break].resumes
        unit.first_break = _place(unit, 1)
        unit.break_count -= 1
        if resumes > unit.raw_position:
            skip_to(unit, resumes)
            if unit.told_at_hole:
                tell_loss(unit)


@njit(nogil=True, cache=True)
def next_break(unit, limit):  # type: ignore[no-untyped-def]
    """Raw index up to which samples follow each other."""
    return min(limit, _breaks(unit)[unit.first_break].at) if unit.break_count else limit
