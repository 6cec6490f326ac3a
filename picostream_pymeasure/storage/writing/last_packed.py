"""The last chunk of a packed file, once it is known which of its samples count."""

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
from ..schema import FILL_VALUES, PACKED_DTYPE, checksums_path, counts_path, packed_path


def settle_last_packed(path: Path, file: RawFile, plan: Plan, extent: Extent) -> Extent:
    """Let the rest of the last chunk hold the fill value; what the file holds then.

    It is written behind all others, and takes the place of the one before when that is done. One
    that is damaged stays as it is, for :func:`.verify` to name.
    """
    chunk, within = divmod(extent.samples, plan.chunk_samples)
    if not within:
        return extent
    view = PackedFile(path, file, plan)
    for name, dtype in zip(plan.inputs, plan.dtypes, strict=True):
        try:
            stored = view.chunk(name, chunk)
        except FileFormatError:
            continue
        values = np.frombuffer(stored, dtype).copy()
        values[within * plan.values_per_sample :] = FILL_VALUES[dtype]
        if values.tobytes() != stored:
            row = _appended(file, plan, extent, chunk, packed(values.tobytes(), values.itemsize))
            rows = extent.packed[counts_path(name)].copy()
            rows[chunk] = row
            extent = replace(extent, packed={**extent.packed, counts_path(name): rows})
            write_row(file, plan, packed_path(name), chunk, row.tobytes())
        digest = xxh3_64_intdigest(values.tobytes(), seed=chunk).to_bytes(8, "little")
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


def _appended(file: RawFile, plan: Plan, extent: Extent, chunk: int, content: bytes) -> np.ndarray:
    ends = (area.position + area.units * UNIT_BYTES for area in plan.areas)
    position = max([end_of(plan, extent), *ends])
    file.write(position, content)
    file.sync()
    return np.array((position, len(content), packed_checksum(content, chunk)), PACKED_DTYPE)


def write_row(file: RawFile, plan: Plan, path: str, chunk: int, row: bytes) -> None:
    """Write what a dataset says of a chunk of counts."""
    position = plan.chunk_position(plan.datasets[path], chunk // PAGE_ENTRIES)
    file.write(position + len(row) * (chunk % PAGE_ENTRIES), row)
