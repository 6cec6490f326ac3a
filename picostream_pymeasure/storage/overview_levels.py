"""The overview's datasets: made empty, and found again."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np

from ..kernels.envelope import COLUMNS
from .overview import FACTORS
from .schema import OVERVIEW

#: Bins in a chunk of the finest level; every coarser level has half as many.
_FINEST_CHUNK_BINS = 8192


def create_levels(channel: Any, values_per_sample: int) -> dict[int, Any]:
    """Make the empty levels of a channel's group; the datasets by samples per bin."""
    overview = channel.create_group(OVERVIEW)
    return {
        factor: _create_level(overview, factor, _FINEST_CHUNK_BINS >> number, values_per_sample)
        for number, factor in enumerate(FACTORS)
    }


def find_levels(channel: Any) -> dict[int, Any]:
    """Levels of a channel's group by samples per bin; not those missing or of another form."""
    found = {factor: channel.get(f"{OVERVIEW}/{factor}") for factor in FACTORS}
    return {
        factor: level for factor, level in found.items() if _is_level(level, channel.file.filename)
    }


def _create_level(overview: Any, factor: int, chunk_bins: int, values_per_sample: int) -> Any:
    width = len(COLUMNS)
    level = overview.create_dataset(
        str(factor), (0, width), "<i2", maxshape=(None, width), chunks=(chunk_bins, width)
    )
    level.attrs["samples_per_bin"] = factor
    level.attrs["values_per_bin"] = factor * values_per_sample
    level.attrs["columns"] = list(COLUMNS)
    return level


def _is_level(level: Any, filename: str) -> bool:
    """Whether it is a level; being chunked also means that its data lie in this very file."""
    return (
        isinstance(level, h5py.Dataset)
        and level.file.filename == filename
        and level.dtype == np.int16
        and level.ndim == 2
        and level.shape[1] == len(COLUMNS)
        and level.chunks is not None
    )
