from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.simulated.kernels.reduction import (
    CARRY_WORDS,
    aggregate,
    average,
    decimate,
)

MODES = ("average", "decimate", "aggregate")


def slow(mode: str, raw: list[int], ratio: int) -> list[int]:
    out: list[int] = []
    for begin in range(0, len(raw) - ratio + 1, ratio):
        block = raw[begin : begin + ratio]
        if mode == "aggregate":
            out += [min(block), max(block)]
        elif mode == "decimate":
            out.append(block[0])
        else:
            out.append(math.floor(Fraction(sum(block), ratio) + Fraction(1, 2)))
    return out


def reduce_counts(
    mode: str, raw: NDArray[np.int16], ratio: int, carry: NDArray[np.int64]
) -> NDArray[np.int16]:
    """Completed blocks of ``raw``; interleaved [min, max, ...] when aggregating."""
    blocks = (int(carry[0]) + raw.size) // ratio
    if mode == "aggregate":
        pairs = np.empty((blocks, 2), np.int16)
        aggregate(raw, ratio, carry, pairs[:, 0], pairs[:, 1])
        return pairs.reshape(-1)
    out = np.empty(blocks, np.int16)
    (average if mode == "average" else decimate)(raw, ratio, carry, out)
    return out


def fresh() -> NDArray[np.int64]:
    return np.zeros(CARRY_WORDS, np.int64)


def counts(size: int) -> NDArray[np.int16]:
    generator = np.random.default_rng(size)
    raw = generator.integers(-32768, 32768, size, dtype=np.int16)
    raw[: size // 3] = -32768
    raw[size // 3 : size // 2] = 32767
    return raw


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ratio", [1, 2, 3, 7, 64, 1000])
def test_whole_arrays_of_awkward_lengths(mode: str, ratio: int) -> None:
    for size in (0, 1, ratio - 1, ratio, ratio + 1, 5 * ratio - 1, 5 * ratio + 1):
        raw = counts(size)
        assert reduce_counts(mode, raw, ratio, fresh()).tolist() == slow(mode, raw.tolist(), ratio)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("pieces", [[0, 1, 2, 3, 4], [6, 1, 6], [1] * 30, [7, 7, 0, 8], [29, 1]])
def test_remainders_are_carried_over_calls(mode: str, pieces: list[int]) -> None:
    raw, carry, parts, position = counts(sum(pieces)), fresh(), [], 0
    for size in pieces:
        parts.append(reduce_counts(mode, raw[position : position + size], 7, carry))
        position += size
    assert np.concatenate(parts).tolist() == slow(mode, raw.tolist(), 7)


@pytest.mark.parametrize(
    ("block", "mean"),
    [
        ([0, 1], 1),
        ([0, -1], 0),
        ([-1, -2], -1),
        ([1, 1, 2], 1),
        ([-32768, -32768], -32768),
        ([32767, 32767], 32767),
    ],
)
def test_means_round_halves_upwards(block: list[int], mean: int) -> None:
    raw = np.array(block, np.int16)
    assert reduce_counts("average", raw, len(block), fresh()).tolist() == [mean]


def test_a_block_longer_than_32_bits_of_sum() -> None:
    carry, raw = fresh(), np.full(100_000, -32768, np.int16)
    for _ in range(9):
        assert reduce_counts("average", raw, 1_000_000, carry).size == 0
    assert reduce_counts("average", raw, 1_000_000, carry).tolist() == [-32768]


def test_extremes_survive_a_call_boundary() -> None:
    carry = fresh()
    assert reduce_counts("aggregate", np.array([5, -32768], np.int16), 4, carry).size == 0
    assert reduce_counts("aggregate", np.array([32767, 0], np.int16), 4, carry).tolist() == [
        -32768,
        32767,
    ]
