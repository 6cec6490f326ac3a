"""The last bin of each level of the overview, which may be short; see :mod:`..overview`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...kernels.envelope import merge, summarise
from ..layout.plan import Plan
from ..overview import FACTORS
from ..schema import counts_path, level_path
from .ending import WritableFile
from .extent import Extent
from .stored_rows import stored_rows


def write_last_bins(file: WritableFile, plan: Plan, extent: Extent) -> None:
    """Let every level end with the last sample; all full bins are stored."""
    for name in plan.inputs:
        dtype = np.dtype(plan.dtypes[plan.inputs.index(name)])
        finer, finer_factor = plan.datasets[counts_path(name)], 1
        for factor in FACTORS:
            level = plan.datasets.get(level_path(name, factor))
            if level is None:
                break
            number, rest = divmod(extent.samples, factor)
            if rest:
                width = plan.values_per_sample if finer_factor == 1 else 1
                begin = number * factor // finer_factor * width
                end = -(-extent.samples // finer_factor) * width
                rows = stored_rows(file, plan, finer, begin, end).view(dtype)
                content = _summary(rows, is_fine=finer_factor > 1)
                chunk, row = divmod(number, level.chunk_rows)
                position = plan.chunk_position(level, chunk) + row * level.row_bytes
                file.write(position, content.tobytes())
            finer, finer_factor = level, factor


def _summary(rows: NDArray[np.integer], is_fine: bool) -> NDArray[np.integer]:
    """One bin for values, or for finer bins."""
    content = np.empty((1, 4), rows.dtype)
    if is_fine:
        merge(rows.reshape(-1, 4), rows.size // 4, content)
    else:
        summarise(rows, rows.size, content)
    return content
