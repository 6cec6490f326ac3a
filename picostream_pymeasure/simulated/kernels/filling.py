"""Samples of the simulated scope in native code: each a pure function of its absolute index.

``counts = quantise((wave(index) + noise(index) + analogue offset) / range * max_adc)``.
Nothing depends on how the index range was cut into calls, so that a recording can be proven
sample by sample. The wave comes from a 64-bit phase accumulator (``index * step`` mod 2**64,
top 16 bits into a table of counts), the noise from a counter-based 32-bit hash keyed with seed,
channel and the high word of the index. Work goes in tiles that stay in the first-level cache.
"""

from __future__ import annotations

import numpy as np
from numba import carray, int32, njit, uint32, uint64

from ...system.native import as_pointer
from .course import COURSE, draw_course
from .digitising import GOLDEN, digitise, digitise_noisy, mix64
from .waveform import TABLE_POINTS

LEVEL, TABLE, EVENTS, COUNTER, PORT, SCHEDULED, INDEX = range(7)

#: What a kernel needs to know of one row's signal; voltages are counts already.
SIGNAL = np.dtype(
    [
        ("kind", np.int64),
        ("step", np.uint64),
        ("table_address", np.int64),
        ("level", np.int64),
        ("noise_gain", np.int64),
        ("key", np.uint64),
        ("quantum", np.int64),
        ("limit", np.int64),
        ("slot_samples", np.int64),
        ("depth", np.int64),
        ("first_count", np.int64),
        ("lowest_bit", np.int64),
        ("course_address", np.int64),
    ]
)

_TILE = 2048


@njit(nogil=True, cache=True)
def _look_up(table, phase, step, wide):  # type: ignore[no-untyped-def]
    for index in range(wide.size):
        wide[index] = table[uint64(phase + uint64(index) * step) >> uint64(48)]


@njit(nogil=True, cache=True)
def _count_up(signal, first, wide):  # type: ignore[no-untyped-def]
    codes = 2 * (signal.limit // signal.quantum) + 1
    code = first % codes
    position = 0
    while position < wide.size:
        stop = min(wide.size, position + codes - code)
        for index in range(position, stop):
            wide[index] = int32((code - codes // 2 + index - position) * signal.quantum)
        position, code = stop, 0


@njit(nogil=True, cache=True)
def _spell_index(first, wide):  # type: ignore[no-untyped-def]
    """Of eight samples, the number of the eight in hexadecimal, one digit each, lowest first.

    The three lowest bits of a code say which digit it is; 8-bit samples hold it too. So any eight
    samples tell their index modulo 2**35.
    """
    for number in range(wide.size):
        place = (first + number) & 7
        digit = (first + number) >> (3 + 4 * place) & 15
        wide[number] = int32(((digit << 3 | place) - 64) * 256)


@njit(nogil=True, cache=True)
def _draw_events(signal, first, wide):  # type: ignore[no-untyped-def]
    """A blockade a slot: length 1/16 to 5/16 of it, 40 to 100 % of the depth, anywhere inside."""
    wide[:] = int32(signal.level)
    size = signal.slot_samples
    for slot in range(first // size, (first + wide.size - 1) // size + 1):
        word = mix64(uint64(uint64(slot) * uint64(GOLDEN) + signal.key))
        length = size // 16 + np.int64(word & uint64(0xFFFF)) * (size // 4) // 65536
        delay = np.int64((word >> uint64(16)) & uint64(0xFFFFFF)) * (size - length) // 16777216
        percent = 40 + np.int64(word >> uint64(40)) % 61
        begin = slot * size + delay - first
        level = int32(signal.level - signal.depth * percent // 100)
        for index in range(max(0, begin), min(wide.size, begin + length)):
            wide[index] = level


@njit(nogil=True, cache=True)
def _draw_port(signal, first, wide):  # type: ignore[no-untyped-def]
    """Eight bits of a binary counter of the samples."""
    count, shift = signal.first_count + first, signal.lowest_bit
    for index in range(wide.size):
        wide[index] = int32(((count + index) >> shift) & 0xFF)


@njit(nogil=True, cache=True)
def _draw_wave(signal, first, wide):  # type: ignore[no-untyped-def]
    if signal.kind == TABLE:
        table = carray(as_pointer(signal.table_address), TABLE_POINTS, np.int32)
        _look_up(table, uint64(uint64(first) * signal.step), signal.step, wide)
    elif signal.kind == EVENTS:
        _draw_events(signal, first, wide)
    elif signal.kind == COUNTER:
        _count_up(signal, first, wide)
    elif signal.kind == INDEX:
        _spell_index(first, wide)
    elif signal.kind == PORT:
        _draw_port(signal, first, wide)
    elif signal.kind == SCHEDULED:
        draw_course(carray(as_pointer(signal.course_address), 1, COURSE)[0], first, wide)
    else:
        wide[:] = int32(signal.level)


@njit(nogil=True, cache=True)
def fill(signal, first, out):  # type: ignore[no-untyped-def]
    """Write samples ``first`` … into ``out`` (int16); return non-zero when any was clipped.

    :param signal: one record of :data:`SIGNAL`.
    """
    tile = np.empty(_TILE, np.int32)
    half, mask = int32(signal.quantum // 2), int32(-signal.quantum)
    limit, gain = int32(signal.limit), int32(signal.noise_gain)
    changed, position = int32(0), 0
    while position < out.size:
        start = first + position
        high_word = start >> 32
        count = min(_TILE, out.size - position, ((high_word + 1) << 32) - start)
        wide, part = tile[:count], out[position : position + count]
        _draw_wave(signal, start, wide)
        if gain == 0:
            changed = int32(changed | digitise(wide, half, mask, limit, part))
        else:
            keys = mix64(uint64(signal.key + uint64(high_word + 1) * uint64(GOLDEN)))
            low_key, high_key = uint32(keys), uint32(keys >> uint64(32))
            noisy = digitise_noisy(
                wide, uint32(start), low_key, high_key, gain, half, mask, limit, part
            )
            changed = int32(changed | noisy)
        position += count
    return changed
