"""What HDF5 finds in a finished recording, held against what it must find.

Readers of ours compute where everything lies and need none of this; other programs do.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...errors import StorageError
from ..bytes.fixed_array import NOWHERE
from ..bytes.metadata_checksum import is_intact
from ..bytes.superblock import SUPERBLOCK_BYTES
from ..layout.extent import Extent, entries_of, rows_of
from ..layout.plan import UNIT_HEAD_BYTES, GrowingDataset
from ..reading import PlannedFile, Recording, mended_rows, packed_rows
from .chunk_check import listed
from .claims import cut_off, foreign_errors


def structure_errors(recording: Recording) -> list[str]:
    """What other programs would not find, one sentence each; repair mends all of it."""
    planned = recording.planned
    if planned is None:  # of PicoStream's own files nothing is known
        return []
    is_whole = is_intact(planned.file.read(0, SUPERBLOCK_BYTES))
    if is_whole and (missing := cut_off(recording)):
        return missing  # of what is not there nothing more can be said
    errors = [] if is_whole else ["The first bytes of the file are damaged."]
    expected = _expected(recording, planned)
    for path, dataset in planned.file_plan.datasets.items():
        try:
            errors += [f"{path}: {problem}" for problem in _problems(planned, dataset, expected)]
        except StorageError as error:
            errors.append(f"{path}: {error}")
    errors = errors or foreign_errors(recording)
    stored = packed_rows(planned, expected.samples)
    for path, rows in expected.packed.items():
        if wrong := np.flatnonzero(rows != stored[path]).tolist():
            errors.append(f"{path}: where the chunks {listed(wrong)} lie is damaged.")
    return errors


def _expected(recording: Recording, planned: PlannedFile) -> Extent:
    """What the file holds."""
    units = {
        (unit.table, unit.chunk): planned.file_plan.unit_positions[unit.number] + UNIT_HEAD_BYTES
        for unit in planned.units()
    }
    places = {}
    for name, rows in planned.published.table_rows.items():
        chunks = -(-rows // planned.plan.datasets[name].chunk_rows)
        if planned.plan.is_ring:
            chunks = min(chunks, sum(table == name for table, _ in units))
        places[name] = tuple(units.get((name, chunk), int(NOWHERE)) for chunk in range(chunks))
    first = recording.first_sample
    return Extent(
        samples=first + recording.stored_samples,
        first_segment=first // planned.plan.segment_samples,
        table_rows=planned.published.table_rows,
        units=places,
        packed=mended_rows(planned, first + recording.stored_samples),
    )


def _problems(planned: PlannedFile, dataset: GrowingDataset, expected: Extent) -> Iterator[str]:
    plan, file = planned.file_plan, planned.file
    rows = rows_of(plan, expected, dataset)
    header = file.read(dataset.header, dataset.header_bytes)
    if not is_intact(header):
        yield "its header is damaged, so that other programs cannot read it."
        return
    stated = int.from_bytes(header[dataset.rows_at : dataset.rows_at + 8], "little")
    if stated != rows:
        yield f"it claims {stated} rows and not {rows}."
    index = plan.index_of(dataset)
    begins = ((index.header_at, index.header_bytes), (index.block_at, index.prefix))
    for position, content in begins:
        if file.read(position, len(content)) != content:
            yield "its index is damaged, so that other programs do not find it."
            return
    # also those of no chunk: who asks for the size of all goes through them
    places = entries_of(plan, expected, dataset, 0, index.n_elements)
    wrong = _wrong_entries(planned, dataset, places)
    if wrong:
        yield (
            f"its index is damaged, so that other programs do not find the chunks {listed(wrong)}."
        )


def _wrong_entries(
    planned: PlannedFile, dataset: GrowingDataset, places: NDArray[np.uint8]
) -> list[int]:
    """Chunks whose entry in the index is not their place."""
    wrong: list[int] = []
    index = planned.file_plan.index_of(dataset)
    for page in index.pages(0, len(places)):
        numbers = np.arange(page.element, page.element + page.count)
        found = index.read_page(planned.file.read, page)
        if found is not None:
            numbers = numbers[(found != places[numbers]).any(axis=1)]
        wrong += numbers.tolist()
    return wrong
