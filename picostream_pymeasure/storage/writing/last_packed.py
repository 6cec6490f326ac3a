"""The last chunk of a packed file, once it is known which of its samples count."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from xxhash import xxh3_64_intdigest

from ...system.bitshuffle import packed
from ..bytes.fixed_array import PAGE_ENTRIES
from ..bytes.raw_file import RawFile
from ..layout.extent import Extent, end_of
from ..layout.plan import UNIT_BYTES, Plan
from ..reading.packed_file import PackedFile, packed_checksum
from ..schema import FILL_VALUES, PACKED_DTYPE, checksums_path, counts_path, packed_path


def settle_last_packed(path: Path, file: RawFile, plan: Plan, extent: Extent) -> Extent:
    """Let the rest of the last chunk hold the fill value; what the file holds then.

    It is written behind all others, and takes the place of the one before when that is done.
    """
    chunk, within = divmod(extent.samples, plan.chunk_samples)
    if not within:
        return extent
    view = PackedFile(path, file, plan)
    for name, dtype in zip(plan.inputs, plan.dtypes, strict=True):
        stored = view.chunk(name, chunk)
        values = np.frombuffer(stored, dtype).copy()
        values[within * plan.values_per_sample :] = FILL_VALUES[dtype]
        if values.tobytes() != stored:
            row = _appended(file, plan, extent, chunk, packed(values.tobytes(), values.itemsize))
            rows = extent.packed[counts_path(name)].copy()
            rows[chunk] = row
            extent = replace(extent, packed={**extent.packed, counts_path(name): rows})
            _write_row(file, plan, packed_path(name), chunk, row.tobytes())
        digest = xxh3_64_intdigest(values.tobytes(), seed=chunk).to_bytes(8, "little")
        _write_row(file, plan, checksums_path(name), chunk, digest)
    return extent


def write_packed_rows(file: RawFile, plan: Plan, extent: Extent) -> None:
    """Write the list of chunks again; of most files nothing of it changes."""
    for name in plan.inputs if extent.packed else ():
        for chunk, row in enumerate(extent.packed[counts_path(name)]):
            _write_row(file, plan, packed_path(name), chunk, row.tobytes())


def _appended(file: RawFile, plan: Plan, extent: Extent, chunk: int, content: bytes) -> np.ndarray:
    ends = (area.position + area.units * UNIT_BYTES for area in plan.areas)
    position = max([end_of(plan, extent), *ends])
    file.write(position, content)
    file.sync()
    return np.array((position, len(content), packed_checksum(content, chunk)), PACKED_DTYPE)


def _write_row(file: RawFile, plan: Plan, path: str, chunk: int, row: bytes) -> None:
    position = plan.chunk_position(plan.datasets[path], chunk // PAGE_ENTRIES)
    file.write(position + len(row) * (chunk % PAGE_ENTRIES), row)
