"""The signals of a simulated scope, from their description to the samples of a stream.

A description is JSON-able; from it alone every sample of a stream can be computed again, see
:mod:`.filling` for how, and :func:`expected_values` for what a description holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...config import EXTERNAL, INPUT_NAMES
from .digitising import noise_gain, noise_key
from .filling import COUNTER, EVENTS, INDEX, PORT, SCHEDULED, SIGNAL, TABLE, fill
from .schedule import Schedule, phase_step
from .waveform import coupled_v

#: All that has a signal: what can be streamed, and the external trigger input.
ROWS = (*INPUT_NAMES, EXTERNAL)

_HIGHEST_LEVEL = 1 << 20
#: Raw samples that are reduced at once, at least one block.
_REDUCED_AT_ONCE = 1 << 20
#: What is no voltage but the index itself.
_INDICES = {"counter": COUNTER, "index": INDEX}


def _rounded(counts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Nearest counts; the knife-edge lies beside .5, where last-bit differences cannot reach."""
    limited = np.clip(counts, -_HIGHEST_LEVEL, _HIGHEST_LEVEL)
    return np.floor(limited + 0.500001).astype(np.int64)


class ChannelSignal:
    """One row's signal between two changes of its settings, ready for :func:`.filling.fill`.

    :param segment: settings as in a simulation's ``segments`` (see :func:`expected_values`).
    :param seed: of the unit; channels are told apart by ``row``, an index into :data:`ROWS`.
    """

    def __init__(
        self, segment: Mapping[str, Any], sample_interval_ns: float, seed: int, row: int
    ) -> None:
        self.records = np.zeros(1, SIGNAL)
        self.schedule: Schedule | None = None
        record, wave = self.records[0], segment["wave"]
        if wave == "port":
            record["kind"], record["quantum"], record["limit"] = PORT, 1, 0xFF
            record["first_count"] = segment["first_count"]
            record["lowest_bit"] = segment["lowest_bit"]
            return
        self._per_volt = segment["max_adc"] / segment["range_v"]
        self._shift_v = segment["analog_offset_v"]
        bits = segment["resolution_bits"]
        record["key"] = noise_key(seed, row)
        record["quantum"] = 1 << (16 - bits)
        record["limit"] = segment["max_adc"] >> (16 - bits) << (16 - bits)
        record["noise_gain"] = noise_gain(segment["noise_v"] * self._per_volt)
        if wave in _INDICES:
            record["kind"], record["noise_gain"] = _INDICES[wave], 0
        elif wave == "events":
            self._set_events(segment, sample_interval_ns)
        elif wave in ("dc", "noise"):
            direct_v = 0.0 if segment["ac_coupled"] else segment["offset_v"]
            record["level"] = self._counts(np.array([direct_v]))[0]
        elif "start_sample" in segment:
            self.schedule = Schedule(segment, sample_interval_ns, self._counts)
            record["kind"] = SCHEDULED
            record["course_address"] = self.schedule.records.ctypes.data
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
        self.table = self._counts(coupled_v(segment)).astype(np.int32)
        record = self.records[0]
        record["kind"] = TABLE
        record["step"] = phase_step(segment["frequency_hz"], sample_interval_ns)
        record["table_address"] = self.table.ctypes.data


@lru_cache(maxsize=16)
def _prepared(
    segment: tuple[tuple[str, Any], ...], sample_interval_ns: float, seed: int, row: int
) -> ChannelSignal:
    """A verifier asks for the same segment many times, and a table takes milliseconds."""
    return ChannelSignal(dict(segment), sample_interval_ns, seed, row)


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
    common = simulation["sample_interval_ns"], simulation["seed"], ROWS.index(channel)
    raw = np.empty(count, np.int16)
    for segment, begin, end in _pieces(described["segments"], first, first + count):
        signal = _prepared(tuple(segment.items()), *common)
        part = raw[begin - first : end - first]
        fill(signal.records[0], begin, part)
        for over_begin, over_end in described["over_range"]:
            part[max(0, over_begin - begin) : max(0, over_end - begin)] = signal.records[0]["limit"]
    return raw


def _reduced(mode: str, blocks: NDArray[np.int16]) -> NDArray[np.int16]:
    """What the driver makes of blocks of raw samples, not by the code that delivers them."""
    if mode == "aggregate":
        return np.stack([blocks.min(axis=1), blocks.max(axis=1)], axis=1).reshape(-1)
    if mode == "decimate":
        return blocks[:, 0]
    ratio = blocks.shape[1]
    means: NDArray[np.int64] = (2 * blocks.sum(axis=1, dtype=np.int64) + ratio) // (2 * ratio)
    return means.astype(np.int16)


def expected_values(
    simulation: Mapping[str, Any], channel: str, first_sample: int, count: int
) -> NDArray[np.int16]:
    """What a simulated scope delivers for the samples ``[first_sample, first_sample + count)``.

    :param simulation: as made by the simulated library's ``describe``: ``seed``,
        ``sample_interval_ns`` (raw), ``mode`` and ``ratio`` of the down-sampling, and for every
        channel its ``segments`` (settings from ``first_sample``, a raw index, on) and
        ``over_range`` (raw index pairs where the input lies beyond the range). What a digital
        port sees is the wave ``port``: eight bits from ``lowest_bit`` on of a binary counter of
        the raw samples that begins at ``first_count``. A segment with ``start_sample`` follows
        the generator's course, see :class:`.schedule.Schedule`.
    :param channel: ``"A"`` to ``"D"``, ``"PORT0"``, ``"PORT1"``, or ``"EXT"`` (digitised for
        the trigger only).
    :param first_sample: index in the stream of delivered samples; lost samples count too.
    :return: int16, shape ``(count,)``, or ``(2 * count,)`` as [min, max, ...] in aggregate mode.
    """
    mode, ratio = simulation["mode"], simulation["ratio"]
    if mode == "none":
        return _raw_values(simulation, channel, first_sample, count)
    stop, at_once = first_sample + count, max(1, _REDUCED_AT_ONCE // ratio)
    parts = [np.zeros(0, np.int16)]
    for first in range(first_sample, stop, at_once):
        size = min(at_once, stop - first)
        raw = _raw_values(simulation, channel, first * ratio, size * ratio)
        parts.append(_reduced(mode, raw.reshape(size, ratio)))
    return np.concatenate(parts)
