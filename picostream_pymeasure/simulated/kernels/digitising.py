"""From wide counts to the samples of an ADC: noise from a hash, quantising, clipping.

The noise of a sample is a counter-based 32-bit hash of its index, so that it does not depend on
how a range of indices was cut into calls.
"""

from __future__ import annotations

import numpy as np
from numba import int16, int32, njit, uint32, uint64

#: Odd fraction of 2**64 that spreads consecutive numbers before they are hashed.
GOLDEN = 0x9E3779B97F4A7C15
#: Standard deviation of the sum of four uniformly distributed bytes.
HASH_DEVIATION = (4 * (65536 - 1) / 12) ** 0.5


@njit(nogil=True, cache=True, inline="always")
def _mix32(word: int, key: int) -> int:
    """Hash of a 32-bit word (constants: C. Wellons, lowbias32)."""
    word = uint32(word ^ (word >> uint32(16)))
    word = uint32(word * uint32(0x7FEB352D))
    word = uint32(word ^ (word >> uint32(15)) ^ key)
    word = uint32(word * uint32(0x846CA68B))
    mixed: int = uint32(word ^ (word >> uint32(16)))
    return mixed


@njit(uint64(uint64), nogil=True, cache=True)  # for Python too, so that no stream compiles it
def mix64(word: int) -> int:
    """Hash of a 64-bit word (splitmix64)."""
    word = uint64((word ^ (word >> uint64(30))) * uint64(0xBF58476D1CE4E5B9))
    word = uint64((word ^ (word >> uint64(27))) * uint64(0x94D049BB133111EB))
    mixed: int = uint64(word ^ (word >> uint64(31)))
    return mixed


@njit(nogil=True, cache=True)
def digitise(wide, half, mask, limit, out):  # type: ignore[no-untyped-def]
    """Quantise int32 counts into ``out`` (int16); return non-zero when any was clipped."""
    changed = int32(0)
    for index in range(out.size):
        value = int32(int32(wide[index] + half) & mask)
        clamped = min(max(value, int32(-limit)), limit)
        changed = int32(changed | int32(value ^ clamped))
        out[index] = int16(clamped)
    return changed


@njit(nogil=True, cache=True)
def digitise_noisy(wide, low_word, key, second_key, gain, half, mask, limit, out):  # type: ignore[no-untyped-def]
    """The same with noise; ``low_word`` is the low half of the first sample's index."""
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


def noise_gain(noise_counts: float) -> int:
    """Fixed-point factor that gives the hash noise this standard deviation, at most a large one."""
    return min(round(noise_counts / HASH_DEVIATION * 65536), 1 << 21)


def noise_key(seed: int, row: int) -> int:
    """Key that tells seeds and rows (four a seed) apart."""
    return int(mix64(np.uint64((4 * seed + row) % 2**64)))
