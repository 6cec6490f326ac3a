"""The samples of the torture's streams: each a function of its input and its index alone.

Nothing of the program is used here, so that the judge of a recording does not ask the accused.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: What no sample is, so that a hole is told from samples: the fill value of counts.
FILL = {"i2": -32768, "i1": -128}

_PATTERN = np.uint64(0xD1B54A32D192ED03)


def words(name: str, first: int, count: int) -> NDArray[np.uint64]:
    """One pseudo-random word an index (a xorshift of a multiple of it, keyed with the name)."""
    key = np.uint64(int.from_bytes(name.encode().ljust(8, b"."), "little"))
    word = (np.arange(first, first + count, dtype=np.uint64) + np.uint64(1)) * _PATTERN + key
    word ^= word >> np.uint64(29)
    word *= _PATTERN
    return word ^ (word >> np.uint64(32))


def values(
    name: str, first: int, count: int, dtype: str = "i2", width: int = 1, wave: str = "noise"
) -> NDArray[np.generic]:
    """Samples of an input from a stream index on.

    :param dtype: ``"i2"`` or ``"i1"``; ports are ``"u1"`` by their names.
    :param width: values a sample: 2 are a minimum and a maximum.
    :param wave: ``"noise"``, or ``"ramp"``, which tells the index of a sample by its value.
    :return: ``count * width`` values.
    """
    if wave == "ramp":
        return ramp(first * width, count * width, dtype)
    word = words(name, first * width, count * width)
    if name.startswith("PORT"):
        return (word & np.uint64(0xFF)).astype(np.uint8)
    largest = np.iinfo(dtype).max
    found = (word % np.uint64(2 * largest + 1)).astype(np.int64) - largest
    if width == 2:
        found = np.sort(found.reshape(-1, 2), axis=1).reshape(-1)
    return found.astype(dtype)


def ramp(first: int, count: int, dtype: str = "i2") -> NDArray[np.generic]:
    """The index modulo all values but the fill value."""
    largest = int(np.iinfo(dtype).max)
    return (np.arange(first, first + count) % (2 * largest + 1) - largest).astype(dtype)
