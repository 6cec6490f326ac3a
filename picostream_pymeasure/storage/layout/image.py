"""Makes a whole file in memory: h5py lays out the objects, the indexes are put in by hand.

HDF5 sees no disk here: nothing of its locks, its caches or its errors can leave half a file.
"""

from __future__ import annotations

import contextlib
import itertools
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import h5py
import numpy as np

from ...records import StreamDescription
from ...system.bitshuffle import bitshuffle_filter
from ..bytes.fixed_array import NOWHERE, PAGE_ENTRIES, FixedArray
from ..bytes.metadata_checksum import CHECKSUM_BYTES, with_checksum
from ..bytes.object_header import (
    ATTRIBUTE,
    DATASPACE,
    LAYOUT,
    ObjectHeader,
    parse_header,
    put_last,
)
from ..bytes.superblock import SUPERBLOCK_BYTES, with_end
from ..schema import ADC_COUNTS, CHANNELS, HEALTH, HEALTH_DTYPE, LIBVER, counts_path
from .areas import LIST_BYTES
from .attributes import (
    FINAL_ATTRIBUTES,
    attribute_values,
    dataset_attributes,
    group_attributes,
    text_bytes_of,
)
from .closing_record import closing_bytes
from .default_plot import create_default_plot
from .grid import Grid
from .kept_stream import create_stream
from .members import MEMORY_PAGE_BYTES, SECTOR_BYTES, Member, Members, members_of, rounded_up
from .plan import N_TABLES, RING_UNITS, UNIT_BYTES, GrowingDataset, Plan
from .records import AREAS, CLOSING, PLAN, RECORD_BYTES, STATE, SYNC

_ALIGNED_FROM_BYTES = 64
_PLAN_BYTES_A_DATASET, _PLAN_BYTES = 400, 4096
_CLOSING_BYTES = 8192

#: The file is a segment ahead, and what indexes that become longer need beside one.
_AREA_BYTES = 1 << 17
_FIXED_ARRAY_SPACING = 64
_ATTRIBUTE_HEAD_BYTES = 9
_numbers = itertools.count()


@dataclass(frozen=True)
class Image:
    """A file as it is before the first sample.

    :param content: all of it but the hole at its end.
    :param n_bytes: size of the file.
    """

    plan: Plan
    content: bytes
    n_bytes: int


def make_image(
    description: StreamDescription, grid: Grid, *, live_only_s: float | None = None
) -> Image:
    """Lay out the file of a stream.

    :param live_only_s: of a live-only file, stored with it.
    """
    members = members_of(grid, description.channel_names)
    attributes = attribute_values(description, grid, live_only_s)
    with _memory_file() as root:
        texts = sum(text_bytes_of(*item) for item in attributes.items())
        closing = 2 * len(repr(attributes)) + texts + _CLOSING_BYTES
        if grid.is_ring:  # rows of tables get another order then
            closing += closing_bytes([UNIT_BYTES] * RING_UNITS * N_TABLES)
        _create_objects(root, description, grid, members, attributes, closing)
        headers = [_address(root[member.dataset.path]) for member in members.all]
        fixed = _fixed_extents(root)
        root_header = _address(root)
        root.flush()
        image = bytearray(root.id.get_file_image())
    return _assemble(description, grid, members, image, headers, fixed, root_header)


@contextlib.contextmanager
def _memory_file() -> Iterator[Any]:
    properties = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    properties.set_attr_phase_change(65535, 0)  # attributes stay in the header, to be rewritten
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_fapl_core(1 << 16, False)
    access.set_libver_bounds(*(getattr(h5py.h5f, f"LIBVER_{name.upper()}") for name in LIBVER))
    access.set_alignment(_ALIGNED_FROM_BYTES, SECTOR_BYTES)
    # HDF5 takes files of the same name for one, also where they are memory only
    name = f"recording {next(_numbers)}".encode()
    identifier = h5py.h5f.create(name, h5py.h5f.ACC_TRUNC, properties, access)
    with h5py.File(identifier) as root:
        yield root


def _create_objects(
    root: Any,
    description: StreamDescription,
    grid: Grid,
    members: Members,
    attributes: Mapping[str, Any],
    closing: int,
) -> None:
    for name, value in attributes.items():
        text_bytes = text_bytes_of(name, value)
        kind = h5py.string_dtype("utf-8", text_bytes) if text_bytes else None
        root.attrs.create(name, value.encode() if text_bytes else value, dtype=kind)
    for row in description.config.inputs:
        root.create_group(f"{CHANNELS}/{row.name}").attrs.update(group_attributes(row, description))
    for member in members.all:
        dataset, path = _create(root, member), member.dataset.path
        if path == counts_path(description.channel_names[0]):
            root[ADC_COUNTS] = dataset
        dataset.attrs.update(dataset_attributes(path, description))
    create_default_plot(root, [channel.name for channel in description.config.channels])
    root.create_dataset(HEALTH, data=np.zeros(1, HEALTH_DTYPE), track_times=False)
    if grid.keeps:
        create_stream(root, description)
    plan_bytes = _PLAN_BYTES + _PLAN_BYTES_A_DATASET * len(members.all)
    for path, size, dtype in (
        (PLAN, 2 * rounded_up(plan_bytes, SECTOR_BYTES), "u1"),
        (CLOSING, rounded_up(closing, SECTOR_BYTES), "u1"),
        (AREAS, 2 * LIST_BYTES, "<i8"),
        (STATE, RECORD_BYTES, "<i8"),
        (SYNC, RECORD_BYTES, "<i8"),
    ):
        root.create_dataset(path, data=np.zeros(size, "u1").view(dtype), track_times=False)


def _create(root: Any, member: Member) -> Any:
    index, chunk_rows = member.dataset.index, member.dataset.chunk_rows
    filters = bitshuffle_filter() if index.is_packed else {}
    return root.create_dataset(
        member.dataset.path,
        (0, *member.row_shape),
        member.dtype,
        maxshape=(index.n_elements * chunk_rows, *member.row_shape),
        chunks=(chunk_rows, *member.row_shape),
        fillvalue=member.fill,
        track_times=False,
        **filters,
    )


def _address(node: Any) -> int:
    return int(h5py.h5o.get_info(node.id).addr)


def _fixed_extents(root: Any) -> dict[str, tuple[int, int]]:
    """Position and size of all datasets that lie in one piece."""
    found = {}

    def visit(name: str, node: Any) -> None:
        if isinstance(node, h5py.Dataset) and node.chunks is None:
            found[name] = int(node.id.get_offset()), int(node.nbytes)

    root.visititems(visit)
    return found


def _assemble(
    description: StreamDescription,
    grid: Grid,
    members: Members,
    image: bytearray,
    headers: list[int],
    fixed: Mapping[str, tuple[int, int]],
    root_header: int,
) -> Image:
    """Put the indexes behind what h5py made, and write down where everything is."""
    indexes, end = _place_indexes(members, len(image))
    found = (
        _connect(image, member, parse_header(image, header), index)
        for member, header, index in zip(members.all, headers, indexes, strict=True)
    )
    datasets = {dataset.path: dataset for dataset in found}
    root = parse_header(image, root_header)
    places = dict(_attributes(root))
    n_units = RING_UNITS * N_TABLES if grid.is_ring else 0
    plan = Plan(
        **{**vars(grid), "lead": max(grid.lead, members.segment_bytes + _AREA_BYTES)},
        inputs=description.channel_names,
        base=rounded_up(end + n_units * UNIT_BYTES, MEMORY_PAGE_BYTES),
        segment_bytes=members.segment_bytes,
        data_offset=members.data_offset,
        datasets=datasets,
        fixed=fixed,
        attributes={name: places[name] for name in FINAL_ATTRIBUTES if name in places},
        root_blocks=tuple((part.begin, len(part.content) + CHECKSUM_BYTES) for part in root.parts),
    )
    position, size = fixed[PLAN]
    image[position : position + size] = 2 * plan.to_bytes().ljust(size // 2)
    ahead = grid.segments * plan.segment_bytes if grid.is_ring else plan.lead
    n_bytes = plan.base + ahead
    image[:SUPERBLOCK_BYTES] = with_end(bytes(image[:SUPERBLOCK_BYTES]), n_bytes)
    image.extend(bytes(end - len(image)))
    for index in indexes:
        page = with_checksum(index.entries(np.full(PAGE_ENTRIES, NOWHERE)).tobytes())
        block = index.prefix + index.n_pages * page
        for begin, content in ((index.header_at, index.header_bytes), (index.block_at, block)):
            image[begin : begin + len(content)] = content
    return Image(plan, bytes(image), n_bytes)


def _place_indexes(members: Members, end: int) -> tuple[list[FixedArray], int]:
    header = rounded_up(end, SECTOR_BYTES)
    block = rounded_up(header + len(members.all) * _FIXED_ARRAY_SPACING, SECTOR_BYTES)
    indexes = []
    for member in members.all:
        array = replace(member.dataset.index, header_at=header, block_at=block)
        indexes.append(array)
        header += _FIXED_ARRAY_SPACING
        block = rounded_up(array.end, SECTOR_BYTES)
    return indexes, block


def _attributes(header: ObjectHeader) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name, and position and size of the value, of each attribute."""
    for message in header.messages:
        if message.kind == ATTRIBUTE:
            sizes = struct.unpack_from("<HHH", message.content, 2)
            begin = _ATTRIBUTE_HEAD_BYTES + sum(sizes)
            name = message.content[_ATTRIBUTE_HEAD_BYTES:][: sizes[0]].rstrip(b"\0").decode()
            yield name, (message.position + begin, len(message.content) - begin)


def _connect(
    image: bytearray, member: Member, header: ObjectHeader, index: FixedArray
) -> GrowingDataset:
    """Let the dataset's header name its index, and its number of rows stand at its end."""
    header = put_last(image, header, DATASPACE)
    layout, extent = header.find(LAYOUT), header.find(DATASPACE)
    part = header.part_of(extent.position)
    assert part == header.part_of(layout.position), "its checksum would not cover the index"
    start, size = part.begin, len(part.content) + CHECKSUM_BYTES
    changed = index.in_layout(layout.content)
    image[layout.position : layout.position + len(changed)] = changed
    content = bytes(image[start : start + len(part.content)])
    image[start : start + size] = with_checksum(content)
    return replace(
        member.dataset,
        index=index,
        header=start,
        header_bytes=size,
        rows_at=extent.position + 4 - start,
        most_at=extent.position + 4 - start + 8 * (1 + len(member.row_shape)),
    )
