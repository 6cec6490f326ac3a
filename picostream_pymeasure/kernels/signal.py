"""Samples of the simulated scope: each one a pure function of its absolute index.

``counts = quantise((wave(index) + noise(index) + analogue offset) / range * max_adc)``.
Nothing depends on how the index range was cut into calls, so that a recording can be proven
sample by sample. The wave comes from a 64-bit phase accumulator (``index * step`` mod 2**64,
top 16 bits into a table of counts), the noise from a counter-based 32-bit hash keyed with seed,
channel and the high word of the index. Work goes in tiles that stay in the first-level cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numba import carray, int16, int32, njit, uint32, uint64
from numpy.typing import NDArray

from ..system.native import as_pointer
from .reduction import CARRY_WORDS, reduce_counts
from .waveform import TABLE_POINTS, period_v

LEVEL, TABLE, EVENTS, COUNTER = range(4)

#: What a kernel needs to know of one channel's signal; voltages are counts already.
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
    ]
)

_TILE = 2048
_HIGHEST_LEVEL = 1 << 20
#: Standard deviation of the sum of four uniformly distributed bytes.
_HASH_DEVIATION = (4 * (65536 - 1) / 12) ** 0.5
_GOLDEN = 0x9E3779B97F4A7C15


@njit(nogil=True, cache=True, inline="always")
def _mix32(word: int, key: int) -> int:
    """Hash of a 32-bit word (constants: C. Wellons, lowbias32)."""
    word = uint32(word ^ (word >> uint32(16)))
    word = uint32(word * uint32(0x7FEB352D))
    word = uint32(word ^ (word >> uint32(15)) ^ key)
    word = uint32(word * uint32(0x846CA68B))
    return uint32(word ^ (word >> uint32(16)))


@njit(nogil=True, cache=True)
def _mix64(word: int) -> int:
    """Hash of a 64-bit word (splitmix64)."""
    word = uint64((word ^ (word >> uint64(30))) * uint64(0xBF58476D1CE4E5B9))
    word = uint64((word ^ (word >> uint64(27))) * uint64(0x94D049BB133111EB))
    return uint64(word ^ (word >> uint64(31)))


@njit(nogil=True, cache=True)
def _digitise(wide, half, mask, limit, out):  # type: ignore[no-untyped-def]
    changed = int32(0)
    for index in range(out.size):
        value = int32(int32(wide[index] + half) & mask)
        clamped = min(max(value, int32(-limit)), limit)
        changed = int32(changed | int32(value ^ clamped))
        out[index] = int16(clamped)
    return changed


@njit(nogil=True, cache=True)
def _digitise_noisy(wide, low_word, key, second_key, gain, half, mask, limit, out):  # type: ignore[no-untyped-def]
    changed = int32(0)
    for index in range(out.size):  # the casts keep every step at 32 bit, or it cannot vectorise
        word = _mix32(uint32(uint32(uint32(index) + low_word) ^ key), second_key)
        pairs = int32(word & uint32(0xFF00FF)) + int32((word >> uint32(8)) & uint32(0xFF00FF))
        noise = int32(int32(pairs & int32(0xFFFF)) + int32(pairs >> int32(16))) - int32(510)
        value = int32(wide[index] + int32(int32(noise * gain) >> int32(16)))
        value = int32(int32(value + half) & mask)
        clamped = min(max(value, int32(-limit)), limit)
        changed = int32(changed | int32(value ^ clamped))
        out[index] = int16(clamped)
    return changed


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
def _draw_events(signal, first, wide):  # type: ignore[no-untyped-def]
    """A blockade a slot: length 1/16 to 5/16 of it, 40 to 100 % of the depth, anywhere inside."""
    wide[:] = int32(signal.level)
    size = signal.slot_samples
    for slot in range(first // size, (first + wide.size - 1) // size + 1):
        word = _mix64(uint64(uint64(slot) * uint64(_GOLDEN) + signal.key))
        length = size // 16 + np.int64(word & uint64(0xFFFF)) * (size // 4) // 65536
        delay = np.int64((word >> uint64(16)) & uint64(0xFFFFFF)) * (size - length) // 16777216
        percent = 40 + np.int64(word >> uint64(40)) % 61
        begin = slot * size + delay - first
        level = int32(signal.level - signal.depth * percent // 100)
        for index in range(max(0, begin), min(wide.size, begin + length)):
            wide[index] = level


@njit(nogil=True, cache=True)
def _draw_wave(signal, first, wide):  # type: ignore[no-untyped-def]
    if signal.kind == TABLE:
        table = carray(as_pointer(signal.table_address), TABLE_POINTS, np.int32)
        _look_up(table, uint64(uint64(first) * signal.step), signal.step, wide)
    elif signal.kind == EVENTS:
        _draw_events(signal, first, wide)
    elif signal.kind == COUNTER:
        _count_up(signal, first, wide)
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
            changed = int32(changed | _digitise(wide, half, mask, limit, part))
        else:
            keys = _mix64(uint64(signal.key + uint64(high_word + 1) * uint64(_GOLDEN)))
            low_key, high_key = uint32(keys), uint32(keys >> uint64(32))
            noisy = _digitise_noisy(
                wide, uint32(start), low_key, high_key, gain, half, mask, limit, part
            )
            changed = int32(changed | noisy)
        position += count
    return changed


def _rounded(counts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Nearest counts; the knife-edge lies beside .5, where last-bit differences cannot reach."""
    limited = np.clip(counts, -_HIGHEST_LEVEL, _HIGHEST_LEVEL)
    return np.floor(limited + 0.500001).astype(np.int64)


def _step(frequency_hz: float, sample_interval_ns: float) -> int:
    turns = (frequency_hz * sample_interval_ns * 1e-9) % 1.0
    return round(turns * 2**64) % 2**64


class ChannelSignal:
    """One channel's signal between two changes of its settings, ready for :func:`fill`.

    :param segment: settings as in a simulation's ``segments`` (see :func:`expected_values`).
    :param seed: of the unit; channels are told apart by ``channel_index``.
    """

    def __init__(
        self, segment: Mapping[str, Any], sample_interval_ns: float, seed: int, channel_index: int
    ) -> None:
        self.records = np.zeros(1, SIGNAL)
        self._per_volt = segment["max_adc"] / segment["range_v"]
        self._shift_v = segment["analog_offset_v"]
        record = self.records[0]
        wave, bits = segment["wave"], segment["resolution_bits"]
        record["key"] = _mix64(np.uint64((4 * seed + channel_index) % 2**64))
        record["quantum"] = 1 << (16 - bits)
        record["limit"] = segment["max_adc"] >> (16 - bits) << (16 - bits)
        noise_counts = segment["noise_v"] * self._per_volt
        record["noise_gain"] = min(round(noise_counts / _HASH_DEVIATION * 65536), 1 << 21)
        if wave == "counter":
            record["kind"], record["noise_gain"] = COUNTER, 0
        elif wave == "events":
            self._set_events(segment, sample_interval_ns)
        elif wave in ("dc", "noise"):
            direct_v = 0.0 if segment["ac_coupled"] else segment["offset_v"]
            record["level"] = self._counts(np.array([direct_v]))[0]
        else:
            self._set_table(segment, sample_interval_ns)

    def _counts(self, volts: NDArray[np.float64]) -> NDArray[np.int64]:
        return _rounded((volts + self._shift_v) * self._per_volt)

    def _set_events(self, segment: Mapping[str, Any], sample_interval_ns: float) -> None:
        record = self.records[0]
        record["kind"] = EVENTS
        record["level"] = self._counts(np.array([segment["offset_v"]]))[0]
        record["depth"] = _rounded(np.array([segment["amplitude_v"] * self._per_volt]))[0]
        slot_samples = 1e9 / (segment["frequency_hz"] * sample_interval_ns)
        record["slot_samples"] = min(max(16, round(slot_samples)), 1 << 38)

    def _set_table(self, segment: Mapping[str, Any], sample_interval_ns: float) -> None:
        volts = period_v(segment)
        if segment["ac_coupled"]:
            volts = volts - volts.mean()
        self.table = self._counts(volts).astype(np.int32)
        record = self.records[0]
        record["kind"] = TABLE
        record["step"] = _step(segment["frequency_hz"], sample_interval_ns)
        record["table_address"] = self.table.ctypes.data


@lru_cache(maxsize=32)
def _prepared(
    segment: tuple[tuple[str, Any], ...], sample_interval_ns: float, seed: int, channel_index: int
) -> ChannelSignal:
    """A verifier asks for the same segment many times, and a table takes milliseconds."""
    return ChannelSignal(dict(segment), sample_interval_ns, seed, channel_index)


def _pieces(segments: list[Any], first: int, stop: int) -> Iterator[tuple[Any, int, int]]:
    """Cut ``[first, stop)`` where the settings change."""
    ends = [segment["first_sample"] for segment in segments[1:]] + [stop]
    for segment, end in zip(segments, ends, strict=True):
        begin, end = max(first, segment["first_sample"]), min(stop, end)
        if begin < end:
            yield segment, begin, end


def _raw_values(
    simulation: Mapping[str, Any], channel: str, first: int, count: int
) -> NDArray[np.int16]:
    described = simulation["channels"][channel]
    common = simulation["sample_interval_ns"], simulation["seed"], "ABCD".index(channel)
    raw = np.empty(count, np.int16)
    for segment, begin, end in _pieces(described["segments"], first, first + count):
        signal = _prepared(tuple(segment.items()), *common)
        part = raw[begin - first : end - first]
        fill(signal.records[0], begin, part)
        for over_begin, over_end in described["over_range"]:
            part[max(0, over_begin - begin) : max(0, over_end - begin)] = signal.records[0]["limit"]
    return raw


def expected_values(
    simulation: Mapping[str, Any], channel: str, first_sample: int, count: int
) -> NDArray[np.int16]:
    """What a simulated scope delivers for the samples ``[first_sample, first_sample + count)``.

    :param simulation: as made by the simulated library's ``describe``: ``seed``,
        ``sample_interval_ns`` (raw), ``mode`` and ``ratio`` of the down-sampling, and for every
        channel its ``segments`` (settings from ``first_sample``, a raw index, on) and
        ``over_range`` (raw index pairs where the input lies beyond the range).
    :param channel: ``"A"`` to ``"D"``.
    :param first_sample: index in the stream of delivered samples; lost samples count too.
    :return: int16, shape ``(count,)``, or ``(2 * count,)`` as [min, max, ...] in aggregate mode.
    """
    mode, ratio = simulation["mode"], simulation["ratio"]
    if mode == "none":
        return _raw_values(simulation, channel, first_sample, count)
    carry = np.zeros(CARRY_WORDS, np.int64)
    position, stop = first_sample * ratio, (first_sample + count) * ratio
    parts = [np.zeros(0, np.int16)]
    while position < stop:
        size = min(1 << 20, stop - position)
        raw = _raw_values(simulation, channel, position, size)
        parts.append(reduce_counts(mode, raw, ratio, carry))
        position += size
    return np.concatenate(parts)
