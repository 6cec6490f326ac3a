"""What HDF5 finds in a finished recording, held against what it must find.

Readers of ours compute where everything lies and need none of this; other programs do.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...errors import StorageError
from ..bytes.checksum import is_intact
from ..bytes.fixed_array import NOWHERE
from ..bytes.superblock import SIZE as SUPERBLOCK_BYTES
from ..bytes.superblock import stated_end
from ..layout.plan import IN_UNITS, UNIT_HEAD_BYTES, GrowingDataset
from ..reading import PlannedFile, Recording
from ..reading.published import Published
from ..schema import CHECKSUMS, FIRST_SAMPLES, OVERVIEW
from .chunk_check import listed


def structure_errors(recording: Recording) -> list[str]:
    """What other programs would not find, one sentence each; repair mends all of it."""
    planned, published = recording.planned, recording.published
    assert planned is not None
    assert published is not None
    superblock = planned.raw.read(0, SUPERBLOCK_BYTES)
    errors = []
    cut_off = stated_end(superblock) - planned.raw.size()
    if not is_intact(superblock):
        errors.append("The first bytes of the file are damaged.")
    elif cut_off > 0:
        errors.append(f"The file is cut off: {cut_off} bytes at its end are missing.")
    expected = _Expected(recording, planned, published)
    for path, dataset in planned.plan.datasets.items():
        try:
            errors += [f"{path}: {problem}" for problem in _problems(planned, dataset, expected)]
        except StorageError as error:
            errors.append(f"{path}: {error}")
    return errors


class _Expected:
    """Rows and places of chunks of a file at rest."""

    def __init__(self, recording: Recording, planned: PlannedFile, published: Published) -> None:
        self._plan = planned.plan
        self._published = published
        self._samples = recording.stored_samples
        self._first = recording.first_sample
        self._units = {
            (unit.table, unit.chunk): planned.plan.unit_position(unit.number) + UNIT_HEAD_BYTES
            for unit in planned.units(published.units)
        }

    def rows(self, dataset: GrowingDataset) -> int:
        """How many rows a dataset has."""
        path, plan = dataset.path, self._plan
        if dataset.per_segment == IN_UNITS:
            rows = self._published.table_rows[path]
            return min(rows, self._capacity(dataset)) if plan.is_ring else rows
        if path.endswith(f"/{CHECKSUMS}") or path == FIRST_SAMPLES:
            return -(-self._samples // plan.chunk_samples)
        if f"/{OVERVIEW}/" in path:
            return -(-self._samples // int(path.rpartition("/b")[2]))
        return self._samples * plan.values_per_sample

    def places(self, dataset: GrowingDataset, n_chunks: int) -> NDArray[np.uint64]:
        """Where the first chunks lie."""
        if dataset.per_segment == IN_UNITS:
            found = [self._units.get((dataset.path, chunk)) for chunk in range(n_chunks)]
            places = [int(NOWHERE) if place is None else place for place in found]
        else:
            first = self._first // (dataset.chunk_rows * self._samples_per_row(dataset))
            places = [
                self._plan.chunk_position(dataset, int(first) + chunk) for chunk in range(n_chunks)
            ]
        return np.array(places, np.uint64)

    def _capacity(self, dataset: GrowingDataset) -> int:
        return sum(table == dataset.path for table, _ in self._units) * dataset.chunk_rows

    def _samples_per_row(self, dataset: GrowingDataset) -> float:
        if dataset.path.endswith(f"/{CHECKSUMS}") or dataset.path == FIRST_SAMPLES:
            return self._plan.chunk_samples
        if f"/{OVERVIEW}/" in dataset.path:
            return int(dataset.path.rpartition("/b")[2])
        return 1 / self._plan.values_per_sample


def _problems(planned: PlannedFile, dataset: GrowingDataset, expected: _Expected) -> Iterator[str]:
    rows = expected.rows(dataset)
    header = planned.raw.read(dataset.header, dataset.header_bytes)
    if not is_intact(header):
        yield "its header is damaged, so that other programs cannot read it."
        return
    stated = int.from_bytes(header[dataset.rows_at : dataset.rows_at + 8], "little")
    if stated != rows:
        yield f"it claims {stated} rows and not {rows}."
    wrong = _wrong_entries(
        planned, dataset, expected.places(dataset, -(-rows // dataset.chunk_rows))
    )
    if wrong:
        yield (
            f"its index is damaged, so that other programs do not find the chunks {listed(wrong)}."
        )


def _wrong_entries(
    planned: PlannedFile, dataset: GrowingDataset, places: NDArray[np.uint64]
) -> list[int]:
    """Chunks whose entry in the index is not their place."""
    wrong: list[int] = []
    for page in dataset.index.pages(0, len(places)):
        expected = places[page.element : page.element + page.count]
        elements = dataset.index.read_page(planned.raw.read, page)
        found = None if elements is None else elements["position"][: len(expected)]
        differs = np.ones(len(expected), np.bool_) if found is None else found != expected
        wrong += (np.flatnonzero(differs) + page.element).tolist()
    return wrong
