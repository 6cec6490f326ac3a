"""The helper that tells from samples which they are, against streams that are cut up at random."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.simulated.kernels.signal import expected_values
from tests.support.truth import FOREIGN, Seam, absolute_indices, seams


def stream(first: int, count: int, bits: int = 8) -> np.ndarray:
    segment = {
        "wave": "index",
        "max_adc": 32512 if bits == 8 else 32767,
        "range_v": 1.0,
        "analog_offset_v": 0.0,
        "resolution_bits": bits,
        "noise_v": 0.1,
        "first_sample": 0,
    }
    simulation = {
        "sample_interval_ns": 8.0,
        "seed": 1,
        "mode": "none",
        "ratio": 1,
        "channels": {"A": {"segments": [segment], "over_range": []}},
    }
    return expected_values(simulation, "A", first, count)


def test_an_unbroken_stretch_tells_its_indices() -> None:
    for bits in (8, 12, 14, 15, 16):
        for first in (0, 1, 7, 127, 128, 2**31 - 5, 2**34 + 3):
            indices = absolute_indices(stream(first, 1000, bits))
            assert np.array_equal(indices, first + np.arange(1000))
            assert seams(indices) == []


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 10**9),
    st.lists(st.tuples(st.integers(24, 500), st.integers(-10_000, 10**6)), min_size=1),
)
def test_every_hole_and_doubling_is_found(first: int, pieces: list[tuple[int, int]]) -> None:
    parts, expected, index, position = [], [], first + 10**7, 0
    for count, step in pieces:
        parts.append(stream(index, count))
        index, position = index + count + step, position + count
        if step:
            expected.append(Seam(position, step))
    parts.append(stream(index, 100))
    found = seams(absolute_indices(np.concatenate(parts)))
    assert [seam.missing for seam in found] == [seam.missing for seam in expected]
    for seam, true in zip(found, expected, strict=True):
        # samples may look alike on both sides of a hole
        assert abs(seam.position - true.position) < 8


def test_stale_samples_are_foreign() -> None:
    values = np.concatenate([stream(1000, 100), np.full(3, 99, np.int16), stream(1103, 100)])
    indices = absolute_indices(values)
    assert (indices == FOREIGN).sum() == 3
    assert seams(indices) == []
    assert absolute_indices(np.zeros(0, np.int16)).size == 0
