"""The generator's course: sweeps, bursts and gates as functions of the sample index."""

from __future__ import annotations

import json
from itertools import chain, pairwise
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.simulated.kernels.course import NEVER
from picostream_pymeasure.simulated.kernels.schedule import Schedule, phase_step
from picostream_pymeasure.simulated.kernels.signal import expected_values
from picostream_pymeasure.simulated.kernels.waveform import period_v

WORD = 2**64
INTERVAL_NS = 16.0


def course(**changes: Any) -> dict[str, Any]:
    return {
        "first_sample": 0,
        "wave": "sine",
        "amplitude_v": 1.0,
        "offset_v": 0.25,
        "frequency_hz": 100_000.0,
        "stop_hz": 400_000.0,
        "increment_hz": 70_000.0,
        "dwell_s": 8e-6,  # 500 samples
        "sweep": "up",
        "shots": 0,
        "sweeps": 0,
        "start_sample": 0,
        "gate": "none",
        "noise_v": 0.0,
        "rc_hz": 0.0,
        "range_v": 2.0,
        "analog_offset_v": 0.0,
        "ac_coupled": False,
        "max_adc": 32767,
        "resolution_bits": 16,
        **changes,
    }


def samples(segment: dict[str, Any], first: int, count: int) -> list[int]:
    simulation = {
        "seed": 7,
        "sample_interval_ns": INTERVAL_NS,
        "mode": "none",
        "ratio": 1,
        "channels": {"B": {"segments": [segment], "over_range": []}},
    }
    return expected_values(json.loads(json.dumps(simulation)), "B", first, count).tolist()


ORDERS = {
    "up": [0, 1, 2, 3, 4],
    "down": [4, 3, 2, 1, 0],
    "up_down": [0, 1, 2, 3, 4, 3, 2, 1],
    "down_up": [4, 3, 2, 1, 0, 1, 2, 3],
}


def slow_sweep(segment: dict[str, Any], count: int) -> list[int]:
    """Step by step from the first sample on, with integers of any size."""
    counts = np.floor(period_v(segment) / 2 * 32767 + 0.500001).astype(int)
    sign = 1 if segment["stop_hz"] > segment["frequency_hz"] else -1
    first = phase_step(segment["frequency_hz"], INTERVAL_NS)
    change = phase_step(sign * segment["increment_hz"], INTERVAL_NS)
    phase, found = 0, []
    for index in range(count):
        found.append(int(counts[phase >> 48]))
        order = ORDERS[segment["sweep"]]
        phase = (phase + first + order[index // 500 % len(order)] * change) % WORD
    return found


@pytest.mark.parametrize("way", ORDERS)
@pytest.mark.parametrize("ends", [(100_000.0, 400_000.0), (400_000.0, 100_000.0)])
def test_sweeps_equal_the_slow_sum(way: str, ends: tuple[float, float]) -> None:
    segment = course(sweep=way, frequency_hz=ends[0], stop_hz=ends[1])
    assert samples(segment, 0, 12_345) == slow_sweep(segment, 12_345)


@pytest.mark.parametrize("first", [2**31 - 7, 2**40 + 12_345])
def test_far_samples_are_those_of_a_course_that_begins_there(first: int) -> None:
    """The sum of phases over many sweeps, against whole sweeps of a known phase."""
    segment = course(sweep="up_down")
    period = 8 * 500
    per_sweep = sum(
        500 * (phase_step(100_000.0, INTERVAL_NS) + n * phase_step(70_000.0, INTERVAL_NS))
        for n in ORDERS["up_down"]
    )
    sweeps, inside = divmod(first, period)
    counts = np.floor(period_v(segment) / 2 * 32767 + 0.500001).astype(int)
    phase = sweeps * per_sweep % WORD
    for index in range(inside):
        number = ORDERS["up_down"][index // 500]
        phase += phase_step(100_000.0, INTERVAL_NS) + number * phase_step(70_000.0, INTERVAL_NS)
    assert samples(segment, first, 1) == [int(counts[phase % WORD >> 48])]


GATE = {"gate_hz": 30_000.0, "gate_begin": 20_000, "gate_end": 40_000}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"increment_hz": 500.0, "dwell_s": 1e-7},
        {"sweeps": 2, "start_sample": 2**32 - 4000},
        {"shots": 300, "sweep": "down_up", "start_sample": 2**32 - 9000},
        {"gate": "edge", "shots": 40, **GATE},
        {"gate": "edge", **GATE},
        {"gate": "level", **GATE},
        {"start_sample": None},
    ],
)
def test_samples_do_not_depend_on_how_they_are_asked_for(changes: dict[str, Any]) -> None:
    segment = course(noise_v=0.01, **changes)
    first, count = 2**32 - 10_000, 20_000
    cuts = [0, 0, 1, 2, 1999, 2000, 2001, 2047, 2048, 9_999, 10_001, 16_000, count]
    parts = [samples(segment, first + begin, end - begin) for begin, end in pairwise(cuts)]
    assert list(chain.from_iterable(parts)) == samples(segment, first, count)


def gate_is_open(index: int) -> bool:
    point = index * phase_step(GATE["gate_hz"], INTERVAL_NS) % WORD >> 48
    return GATE["gate_begin"] <= point < GATE["gate_end"]


@pytest.mark.parametrize("ends", [(20_000, 40_000), (40_000, 20_000)])
def test_a_gate_is_open_where_its_phase_says(ends: tuple[int, int]) -> None:
    gate = {**GATE, "gate_begin": ends[0], "gate_end": ends[1]}
    segment = course(wave="square", offset_v=0.0, gate="level", **gate)
    count = 10_000
    runs = [value != 0 for value in samples(segment, 0, count)]
    wanted = [gate_is_open(index) == (ends[0] < ends[1]) for index in range(count)]
    begins = wanted.index(True)
    assert runs[begins:] == wanted[begins:]


def test_a_gate_starts_the_wave_anew() -> None:
    segment = course(wave="ramp_up", amplitude_v=2.0, offset_v=0.0, gate="level", **GATE)
    values = samples(segment, 0, 10_000)
    for index in range(1, 10_000):
        if gate_is_open(index) and not gate_is_open(index - 1):
            assert values[index] == -32767


def test_the_output_rests_at_its_offset() -> None:
    rest = round(0.25 / 2 * 32767)
    assert set(samples(course(start_sample=None), 0, 5000)) == {rest}
    values = samples(course(start_sample=700, sweeps=1), 0, 5000)
    assert set(values[:700]) == {rest} == set(values[700 + 5 * 500 :])
    assert set(samples(course(start_sample=None, ac_coupled=True), 0, 100)) == {0}


def length(segment: dict[str, Any]) -> int:
    schedule = Schedule(segment, INTERVAL_NS, lambda volts: np.zeros(volts.size, np.int64))
    return int(schedule.records[0]["length"])


@pytest.mark.parametrize(
    ("changes", "samples_long"),
    [
        ({}, NEVER),
        ({"sweeps": 3}, 3 * 5 * 500),
        ({"sweeps": 3, "sweep": "up_down"}, 3 * 8 * 500),
        ({"shots": 1, "stop_hz": 100_000.0}, 625),
        ({"shots": 2**30 - 1, "stop_hz": 100_000.0}, 625 * (2**30 - 1)),
        # 0.8, 1.36, 1.92, 2.48 and 3.04 periods in 500 samples each: 9.6 a sweep
        ({"shots": 10}, 5 * 500 + 250),
        ({"shots": 96}, 10 * 5 * 500),
        ({"sweeps": 2**30 - 1, "dwell_s": 1e3}, NEVER),
    ],
)
def test_how_long_a_course_is(changes: dict[str, Any], samples_long: int) -> None:
    assert length(course(**changes)) == samples_long


def test_a_low_pass_acts_on_one_frequency_only() -> None:
    amplitude = 32767 / 2
    for stop_hz, factor in ((100_000.0, np.hypot(1, 1)), (200_000.0, 1.0)):
        segment = course(stop_hz=stop_hz, rc_hz=100_000.0, offset_v=0.0)
        assert max(samples(segment, 0, 500)) == pytest.approx(amplitude / factor, rel=0.02)
