"""Recordings of a scope whose samples count: whether one is whole is seen from outside."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

#: The codes of 12 bit, and how far they lie apart.
CODES, STEP = 4095, 16


def counter(count: int) -> NDArray[np.int64]:
    """What ``A=counter`` samples."""
    return (np.arange(count) % CODES - CODES // 2) * STEP


def assert_whole(path: Path) -> None:
    """It has ended properly, and is the counter without a break."""
    with h5py.File(path) as file:
        counts = file["adc_counts"][()]
        assert file.attrs["status"] == b"complete"
        assert file.attrs["total_samples"] == len(counts) > 0
        assert file.attrs["lost_samples"] == len(file["gaps"]) == 0
    np.testing.assert_array_equal(counts, counter(len(counts)))
