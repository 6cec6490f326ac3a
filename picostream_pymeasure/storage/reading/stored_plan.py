"""Finds the plan of a recording, and makes sure that it is one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...config import DIGITAL_PORTS
from ...errors import FileFormatError
from ..bytes.raw_file import RawFile, Readable
from ..layout.areas import LIST_BYTES, read_areas
from ..layout.attributes import FINAL_ATTRIBUTES
from ..layout.default_plot import POINTS, TIME_PATH, envelope_paths
from ..layout.members import SECTOR_BYTES, members_of
from ..layout.plan import PLAN_MAGIC, GrowingDataset, Plan
from ..layout.records import AREAS, CLOSING, RECORD_BYTES, STATE, SYNC
from ..schema import FILL_VALUES, HEALTH, HEALTH_DTYPE, KEPT_TOTALS

#: A plan lies among what was laid out first, and is not longer.
_SEARCHED_BYTES, LONGEST_BYTES = 1 << 24, 1 << 20
_PIECE_BYTES = 1 << 20

#: Beyond that nothing can lie.
_MOST = 2**62
_MOST_SEGMENTS = 2**30

#: What must have a place in every file.
_FIXED_BYTES = {
    AREAS: 2 * LIST_BYTES,
    STATE: RECORD_BYTES,
    SYNC: RECORD_BYTES,
    CLOSING: RECORD_BYTES,
    HEALTH: HEALTH_DTYPE.itemsize,
}
_CHUNK_SAMPLES = frozenset(1 << bits for bits in range(12, 21))


def parse_plan(path: Path, content: bytes) -> Plan:
    """The first whole one among the copies of a stored plan, of whatever origin.

    :raises FileFormatError: they are damaged, or of a file that cannot be.
    """
    plan = _first_whole(path, (content[at:] for at in _places_in(content)))
    if plan is None:
        raise FileFormatError(f"{path} is damaged: the plan of its layout is missing.")
    return plan


def with_areas(plan: Plan, raw: Readable) -> Plan:
    """The plan of a file with what was taken between its segments up to now.

    :raises FileFormatError: the list of that is damaged.
    """
    if plan.is_ring:
        return plan
    return replace(plan, areas=read_areas(raw.read(plan.fixed[AREAS][0], 2 * LIST_BYTES)))


def find_plan(path: Path, raw: RawFile) -> Plan | None:
    """Look for the plan of a file that HDF5 cannot open; None if there is none.

    :raises FileFormatError: it is damaged.
    """
    return _first_whole(path, _copies(raw))


def _copies(raw: RawFile) -> Iterator[bytes]:
    """What may be a plan, with what lies behind it."""
    for begin in range(0, min(raw.size(), _SEARCHED_BYTES), _PIECE_BYTES):
        piece = raw.read(begin, min(_PIECE_BYTES, raw.size() - begin))
        for at in _places_in(piece):
            yield raw.read(begin + at, min(LONGEST_BYTES, raw.size() - begin - at))


def _first_whole(path: Path, copies: Iterable[bytes]) -> Plan | None:
    problem = None
    for content in copies:
        try:
            return _parsed(path, content)
        except FileFormatError as error:
            problem = error
    if problem:
        raise problem
    return None


def _parsed(path: Path, content: bytes) -> Plan:
    plan = Plan.from_bytes(content)
    with contextlib.suppress(TypeError, ValueError, ArithmeticError):
        if _is_possible(plan):
            return plan
    raise FileFormatError(f"{path} is damaged: the plan of its layout is impossible.")


def _places_in(content: bytes) -> Iterator[int]:
    """Where copies of a plan begin."""
    at = content.find(PLAN_MAGIC)
    while at >= 0:
        if at % SECTOR_BYTES == 0:
            yield at
        at = content.find(PLAN_MAGIC, at + 1)


def _is_possible(plan: Plan) -> bool:
    """Whether it is what would be laid out for such a stream; only positions can be any."""
    numbers = (plan.values_per_sample, plan.chunk_samples, plan.segments, plan.lead)
    if not all(map(_is_place, numbers)):
        return False
    if plan.values_per_sample not in (1, 2) or plan.chunk_samples not in _CHUNK_SAMPLES:
        return False
    if not 0 < plan.segments <= _MOST_SEGMENTS or {type(plan.is_ring), type(plan.keeps)} != {bool}:
        return False
    if type(plan.is_packed) is not bool or (plan.is_packed and (plan.is_ring or plan.keeps)):
        return False
    if not set(plan.dtypes) <= set(FILL_VALUES) or len(plan.dtypes) != len(plan.inputs):
        return False
    members = members_of(plan, plan.inputs)
    if (plan.data_offset, plan.segment_bytes) != (members.data_offset, members.segment_bytes):
        return False
    expected = {member.dataset.path: member.dataset for member in members.all}
    if set(expected) != set(plan.datasets):
        return False
    if any(plan.fixed.get(path, (0, 0))[1] < size for path, size in _fixed_bytes(plan).items()):
        return False
    if plan.keeps != (KEPT_TOTALS in plan.fixed) or set(plan.attributes) != set(FINAL_ATTRIBUTES):
        return False
    return all(_fits(plan.datasets[path], dataset) for path, dataset in expected.items()) and all(
        map(_is_place, _places(plan))
    )


def _fixed_bytes(plan: Plan) -> dict[str, int]:
    """What must have a place, and how much of it."""
    analogue = set(plan.inputs) - set(DIGITAL_PORTS)
    curves = [path for name in analogue for path in envelope_paths(name)]
    return {**_FIXED_BYTES, TIME_PATH: 8 * POINTS, **dict.fromkeys(curves, 4 * POINTS)}


def _fits(dataset: GrowingDataset, expected: GrowingDataset) -> bool:
    """Whether it is what is expected, wherever its header and its index lie."""
    index = replace(dataset.index, header_at=0, block_at=0)
    return expected == replace(dataset, index=index, header=0, header_bytes=0, rows_at=0, most_at=0)


def _places(plan: Plan) -> list[Any]:
    places: list[Any] = [plan.base]
    for dataset in plan.datasets.values():
        places += [dataset.header, dataset.header_bytes, dataset.rows_at, dataset.most_at]
        places += [dataset.index.header_at, dataset.index.block_at]
    for extents in (plan.fixed.values(), plan.attributes.values(), plan.root_blocks):
        places += [number for extent in extents for number in extent]
    return places


def _is_place(number: Any) -> bool:
    return type(number) is int and 0 <= number < _MOST
