"""Rows of a dataset, taken from where the plan says that they lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..layout.plan import GrowingDataset, Plan
from .ending import WritableFile


def stored_rows(
    file: WritableFile, plan: Plan, dataset: GrowingDataset, first: int, stop: int
) -> NDArray[np.uint8]:
    """The bytes of rows from ``first`` to ``stop``, counted since the start of the recording."""
    parts = [np.empty(0, np.uint8)]
    while first < stop:
        chunk, within = divmod(first, dataset.chunk_rows)
        count = min(dataset.chunk_rows - within, stop - first)
        position = plan.chunk_position(dataset, chunk) + within * dataset.row_bytes
        parts.append(np.frombuffer(file.read(position, count * dataset.row_bytes), np.uint8))
        first += count
    return np.concatenate(parts)
