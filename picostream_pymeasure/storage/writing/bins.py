"""Bins of the overview, made of what is stored; see :data:`~..schema.FACTORS`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.envelope import merge, summarise
from ..bytes.raw_file import RawFile
from ..layout.extent import Extent
from ..layout.plan import Plan
from ..reading.rows import PlannedRows
from ..schema import FACTORS, counts_path, level_path


def write_bins(file: RawFile, plan: Plan, extent: Extent, begin: int) -> None:
    """Summarise the samples from ``begin`` on at every level; the last bin may be short.

    :param begin: counted since the start; full bins before it are in the file.
    """
    width, step = plan.values_per_sample, FACTORS[1] // FACTORS[0]
    for name in plan.inputs:
        finer, n_finer = plan.datasets[counts_path(name)], extent.samples * width
        dtype = plan.dtype_of(name)
        for factor in plan.factors:
            level = plan.datasets[level_path(name, factor)]
            is_finest = factor == FACTORS[0]
            group = factor * width if is_finest else step
            first, n_bins = begin // factor, -(-extent.samples // factor)
            while first < n_bins:
                chunk, row = divmod(first, level.chunk_rows)
                stop = min(n_bins, (chunk + 1) * level.chunk_rows)
                rows = PlannedRows(file, plan, finer, dtype, n_finer)
                values = rows.read(first * group, min(stop * group, n_finer))
                bins = _bins(values, group, is_finest)
                position = plan.chunk_position(level, chunk) + row * level.row_bytes
                file.write(position, bins.tobytes())
                first = stop
            finer, n_finer = level, n_bins


def _bins(values: NDArray[Any], group: int, is_finest: bool) -> NDArray[Any]:
    """Bins of so many values, or finer bins, each; the last one maybe of fewer."""
    make = summarise if is_finest else merge
    bins = np.empty((-(-len(values) // group), 4), values.dtype)
    full = len(values) // group
    make(values, group, bins[:full])
    make(values[full * group :], len(values) % group, bins[full:])
    return bins
