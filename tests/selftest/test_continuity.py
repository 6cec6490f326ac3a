"""The proof by phase, on computed signals with holes and doublings of known length."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.records import Block
from picostream_pymeasure.selftest.continuity import (
    PATTERN_HZ,
    PERIODS,
    ContinuitySink,
    Jump,
    pattern_v,
)

RATE_HZ = 1e6


def signal(
    indices: NDArray[np.int64], noise: float = 20.0, detuned: float = 1.0
) -> NDArray[np.int16]:
    times_s = indices / RATE_HZ
    tones = sum(np.sin(2 * np.pi * periods * PATTERN_HZ * detuned * times_s) for periods in PERIODS)
    clean = 8000 * tones + np.random.default_rng(5).normal(0, noise, indices.size)
    return np.round(clean).astype(np.int16)


def jumps(counts: NDArray[np.int16]) -> list[Jump]:
    return given(counts).jumps()


def given(counts: NDArray[np.int16]) -> ContinuitySink:
    sink = ContinuitySink(1 / RATE_HZ, PATTERN_HZ)
    position = 0
    for size in np.resize([4096, 100, 7777], counts.size // 4096 + 1):
        part = counts[position : position + size]
        if part.size:
            sink.write(Block(part[np.newaxis], position, part.size))
        position += size
    return sink


@pytest.mark.parametrize("detuned", [1.0, 1.0 + 3e-6, 1.0 - 1e-4])
def test_a_whole_stream_has_no_jump(detuned: float) -> None:
    assert jumps(signal(np.arange(3_000_000), detuned=detuned)) == []


@pytest.mark.parametrize("place", [1_000_000, 1_024_999, 1_525_000])
@pytest.mark.parametrize("missing", [1, 7, 1000, 66_667, 999_983, -1, -500])
def test_any_hole_or_doubling_is_found(missing: int, place: int) -> None:
    counts = np.concatenate((np.arange(place), np.arange(place + missing, 4_000_000)))
    (found,) = jumps(signal(counts))
    assert found.samples == pytest.approx(missing, abs=max(1, abs(missing) * 1e-3))
    assert found.index == pytest.approx(place, abs=0.15 * RATE_HZ)


def test_two_holes_are_told_apart() -> None:
    counts = np.concatenate(
        (np.arange(1_000_000), np.arange(1_000_300, 2_000_000), np.arange(2_005_000, 4_000_000))
    )
    assert [round(jump.samples, -1) for jump in jumps(signal(counts))] == [300, 5000]


@pytest.mark.parametrize("noise", [2.0, 200.0, 3000.0])
def test_twice_the_smallest_jump_is_found_in_any_noise(noise: float) -> None:
    whole = np.arange(2_000_000)
    smallest = math.ceil(given(signal(whole, noise)).smallest_jump())
    assert (smallest > 1) == (noise == 3000.0)
    for place in (700_000, 1_024_999, 1_300_001):
        counts = np.concatenate((whole[:place], whole[place:] + 2 * smallest))
        assert len(jumps(signal(counts, noise))) == 1


def test_an_hour_takes_little_memory() -> None:
    sizes = [len(pickle.dumps(given(signal(np.arange(n))))) for n in (1_000_000, 4_000_000)]
    assert (sizes[1] - sizes[0]) / 3 * 3600 < 20e6, "of a second 600 bytes and a bit"


def test_nothing_is_said_of_what_is_too_short() -> None:
    assert given(signal(np.arange(100_000))).smallest_jump() == math.inf


def test_pattern_stays_within_its_amplitude() -> None:
    assert np.abs(pattern_v(1.0)).max() <= 1.0
