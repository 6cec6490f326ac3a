"""The last chunk of a file, once it is known which of its samples count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from ...errors import FileFormatError
from ...system.bitshuffle import packed
from ..bytes.fixed_array import PAGE_ENTRIES
from ..bytes.raw_file import RawFile
from ..layout.extent import Extent, end_of
from ..layout.plan import UNIT_BYTES, Plan
from ..reading.packed_file import PackedFile, packed_checksum
from ..schema import FILL_VALUES, checksums_path, counts_path, packed_path


def settle_last_chunk(path: Path, file: RawFile, plan: Plan, extent: Extent) -> Extent:
    """Let the rest of the last chunk hold the fill value, and its row the checksum of that.

    A packed one is written behind all others, and takes the place of the one before when that is
    done. One that is damaged stays as it is, for :func:`.verify` to name.

    :returns: what the file holds then.
    """
    chunk, within = divmod(extent.samples, plan.chunk_samples)
    if not within:
        return extent
    n_values = within * plan.values_per_sample
    view = PackedFile(path, file, plan) if plan.is_packed else None
    for name, dtype in zip(plan.inputs, plan.dtypes, strict=True):
        counts = plan.datasets[counts_path(name)]
        values = np.full(counts.chunk_rows, FILL_VALUES[dtype], dtype)
        if view is None:
            position, filled = plan.chunk_position(counts, chunk), values[:n_values].nbytes
            values[:n_values] = np.frombuffer(file.read(position, filled), dtype)
            file.write(position + filled, values[n_values:])
        else:
            try:
                stored = np.frombuffer(view.chunk(name, chunk), dtype)
            except FileFormatError:
                continue
            values[:n_values] = stored[:n_values]
            if (values != stored).any():
                extent = _with_packed(file, plan, extent, name, values)
        digest = xxh3_64_intdigest(values.data, seed=chunk).to_bytes(8, "little")
        write_row(file, plan, checksums_path(name), chunk, digest)
    return extent


def write_packed_rows(
    file: RawFile, plan: Plan, before: Mapping[str, NDArray[Any]], rows: Mapping[str, NDArray[Any]]
) -> None:
    """Write the rows of the list of chunks that are no longer as they were before.

    :param before: by path of the counts, as ``rows``.
    """
    for name in plan.inputs if rows else ():
        old, new = before[counts_path(name)], rows[counts_path(name)]
        for chunk in np.flatnonzero(old != new).tolist():
            write_row(file, plan, packed_path(name), chunk, new[chunk].tobytes())


def _with_packed(
    file: RawFile, plan: Plan, extent: Extent, channel: str, values: NDArray[Any]
) -> Extent:
    """Write a packed last chunk behind all others; what the file holds then."""
    content = packed(values.tobytes(), values.itemsize)
    chunk, path = extent.samples // plan.chunk_samples, counts_path(channel)
    ends = (area.position + area.units * UNIT_BYTES for area in plan.areas)
    position = max([end_of(plan, extent), *ends])
    file.write(position, content)
    file.sync()
    rows = extent.packed[path].copy()
    rows[chunk] = position, len(content), packed_checksum(content, chunk)
    write_row(file, plan, packed_path(channel), chunk, rows[chunk].tobytes())
    return replace(extent, packed={**extent.packed, path: rows})


def write_row(file: RawFile, plan: Plan, path: str, chunk: int, row: bytes) -> None:
    """Write what a dataset says of a chunk of counts."""
    position = plan.chunk_position(plan.datasets[path], chunk // PAGE_ENTRIES)
    file.write(position + len(row) * (chunk % PAGE_ENTRIES), row)
