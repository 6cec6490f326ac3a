"""Recomputes the checksums of one channel's chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from xxhash import xxh3_64

from .recording import READ_ERRORS
from .schema import COUNTS_DTYPE, ChannelDatasets

if TYPE_CHECKING:
    from .overview_check import OverviewCheck

#: Values read at once, whatever the size of a chunk.
_PIECE_VALUES = 1 << 20

_LISTED = 5


@dataclass
class ChunkCheck:
    """Which chunks of a channel are right.

    :param needed: chunks that the values fill.
    :param missing: how many of them the file does not hold.
    :param first_missing: the first few of these.
    :param damaged: chunks whose values do not match their checksum or cannot be read.
    """

    needed: int
    missing: int = 0
    first_missing: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)

    @property
    def verified(self) -> int:
        """How many are there and right."""
        return self.needed - self.missing - len(self.damaged)

    @property
    def only_last_is_bad(self) -> bool:
        """Whether one chunk is wrong and it is the last."""
        bad = [*self.first_missing, *self.damaged]
        return self.missing <= 1 and bad == [self.needed - 1]

    def problems(self) -> list[str]:
        """One sentence for the missing chunks and one for the damaged."""
        found = []
        if self.missing:
            found.append(f"{self.missing} chunk(s) are missing: {_listed(self.first_missing)}.")
        if self.damaged:
            found.append(
                f"{len(self.damaged)} chunk(s) do not match their checksum: "
                f"{_listed(self.damaged)}."
            )
        return found


def check_chunks(
    datasets: ChannelDatasets,
    values: int,
    overview: OverviewCheck,
    progress: Callable[[int], None],
) -> ChunkCheck:
    """Compare the chunks that hold the first ``values`` values with their checksums.

    :param overview: gets all values that were read, so that they are read once only.
    :param progress: called with the bytes of each stretch that was read.
    """
    chunk_values = datasets.counts.chunks[0]
    needed = -(-values // chunk_values)
    allocated = _allocated(datasets.counts, needed)
    check = ChunkCheck(needed, needed - len(allocated), _missing(allocated, needed))
    for chunk in allocated:
        start = chunk * chunk_values
        stop = min(start + chunk_values, values)
        if _is_right(datasets, chunk, start, stop, overview, progress):
            overview.accept()
        else:
            overview.reject()
            check.damaged.append(chunk)
    return check


def count_chunks(dataset: Any) -> ChunkCheck:
    """Look only whether all chunks of a dataset are there."""
    needed = -(-dataset.shape[0] // dataset.chunks[0])
    allocated = _allocated(dataset, needed)
    return ChunkCheck(needed, needed - len(allocated), _missing(allocated, needed))


def _allocated(dataset: Any, needed: int) -> range | list[int]:
    """Chunks the file holds among the first ``needed``, in order; none if its index is damaged."""
    chunk_values = dataset.chunks[0]
    found: list[int] = []
    try:
        if dataset.id.get_num_chunks() == -(-dataset.shape[0] // chunk_values):
            return range(needed)
        dataset.id.chunk_iter(lambda chunk: found.append(chunk.chunk_offset[0] // chunk_values))
    except READ_ERRORS:
        return []
    return sorted(chunk for chunk in found if chunk < needed)


def _missing(allocated: range | list[int], needed: int) -> list[int]:
    if len(allocated) == needed:
        return []
    present = set(allocated)
    return list(islice((chunk for chunk in range(needed) if chunk not in present), _LISTED))


def _is_right(
    datasets: ChannelDatasets,
    chunk: int,
    start: int,
    stop: int,
    overview: OverviewCheck,
    progress: Callable[[int], None],
) -> bool:
    digest = xxh3_64()
    for first in range(start, stop, _PIECE_VALUES):
        last = min(first + _PIECE_VALUES, stop)
        piece = np.empty(last - first, COUNTS_DTYPE)
        try:
            datasets.counts.read_direct(piece, np.s_[first:last])
        except READ_ERRORS:
            return False
        digest.update(piece.data)
        overview.add(first, piece)
        progress(piece.nbytes)
    return digest.intdigest() == _stored_checksum(datasets.checksums, chunk)


def _stored_checksum(checksums: Any, chunk: int) -> int | None:
    try:
        return int(checksums[chunk])
    except READ_ERRORS:
        return None


def _listed(chunks: Iterable[int]) -> str:
    shown = [str(chunk) for chunk in islice(chunks, _LISTED + 1)]
    return ", ".join(shown[:_LISTED]) + (" …" if len(shown) > _LISTED else "")
