"""The overview's datasets: made empty, and found again."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np

from ..kernels.envelope import COLUMNS
from .members import own_member
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
    return {factor: level for factor, level in find_stored(channel).items() if is_level(level)}


def find_stored(channel: Any) -> dict[int, Any]:
    """Datasets in the places of levels by samples per bin, whatever their form."""
    found = {
        factor: own_member(channel, f"{OVERVIEW}/{factor}", h5py.Dataset) for factor in FACTORS
    }
    return {factor: level for factor, level in found.items() if level is not None}


def is_level(dataset: Any) -> bool:
    """Whether a dataset has the form of a level."""
    width = len(COLUMNS)
    return (
        dataset.dtype == np.int16
        and dataset.ndim == 2
        and dataset.shape[1] == width
        and dataset.chunks is not None
        and dataset.chunks[1] == width
    )


def _create_level(overview: Any, factor: int, chunk_bins: int, values_per_sample: int) -> Any:
    width = len(COLUMNS)
    level = overview.create_dataset(
        str(factor), (0, width), "<i2", maxshape=(None, width), chunks=(chunk_bins, width)
    )
    level.attrs["samples_per_bin"] = factor
    level.attrs["values_per_bin"] = factor * values_per_sample
    level.attrs["columns"] = list(COLUMNS)
    return level
