"""Where packed chunks lie: what the list in a file says, and what its index says as well."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from ...system.bitshuffle import unpacked
from ..bytes.fixed_array import MASK_BYTES, POSITION_BYTES
from ..schema import counts_path
from .packed_file import MOST_GROWTH, PackedFile, packed_checksum
from .planned_file import PlannedFile


def packed_rows(planned: PlannedFile, samples: int) -> dict[str, NDArray[Any]]:
    """Where the chunks of so many samples lie, by path of the counts; nothing of other files.

    :raises FileFormatError: the list is not all in the file.
    """
    packed = planned.raw
    if not isinstance(packed, PackedFile):
        return {}
    count = -(-samples // planned.plan.chunk_samples)
    return {counts_path(name): packed.rows(name, 0, count) for name in planned.plan.inputs}


def mended_rows(planned: PlannedFile, samples: int) -> dict[str, NDArray[Any]]:
    """The same; where a row is damaged, and the index still knows the chunk, as it must be."""
    found = packed_rows(planned, samples)
    for name in planned.plan.inputs if found else ():
        dataset = planned.file_plan.datasets[counts_path(name)]
        index, rows = planned.file_plan.index_of(dataset), found[dataset.path]
        for page in index.pages(0, len(rows)):
            stored = index.read_page(planned.file.read, page)
            part = rows[page.element : page.element + page.count]
            if stored is not None:
                listed = index.entries(part["position"], part["size"].astype(np.uint64))
                differ = (listed != stored[: len(part)]).any(axis=1)
                for number in np.flatnonzero(differ).tolist():
                    _mend_row(planned, name, page.element + number, part[number], stored[number])
    return found


def _mend_row(
    planned: PlannedFile, channel: str, chunk: int, row: Any, entry: NDArray[np.uint8]
) -> None:
    """Take what the index says of a chunk if that is right, and what the row says is not."""
    if planned.chunk(channel, chunk) is not None:
        return
    dtype, dataset = planned.plan.dtype_of(channel), planned.plan.datasets[counts_path(channel)]
    position = int.from_bytes(entry[:POSITION_BYTES].tobytes(), "little")
    size = int.from_bytes(entry[POSITION_BYTES:-MASK_BYTES].tobytes(), "little")
    if not 0 < size <= MOST_GROWTH * dataset.chunk_bytes or position > planned.file.size() - size:
        return
    stored = planned.file.read(position, size)
    values = unpacked(stored, dataset.chunk_bytes, dtype.itemsize)
    right = planned.stored_checksum(channel, chunk)
    if values is not None and xxh3_64_intdigest(values, chunk) == right:
        row["position"], row["size"] = position, size
        row["checksum"] = packed_checksum(stored, chunk)
