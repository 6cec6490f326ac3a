"""Object headers and chunk indices as HDF5 wrote them, found and packed again byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.storage.bytes import object_header
from picostream_pymeasure.storage.bytes.fixed_array import NOWHERE, FixedArray, find_array
from picostream_pymeasure.storage.bytes.object_header import DATASPACE, LAYOUT, parse_header

CHUNK = 16


def make(path: Path, n_chunks: int, n_attributes: int = 0, **options: Any) -> tuple[int, list[int]]:
    """A dataset of limited size; the place of its header, and of its chunks."""
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        dataset = file.create_dataset(
            "counts",
            (n_chunks * CHUNK,),
            "<i2",
            chunks=(CHUNK,),
            maxshape=(5000 * CHUNK,),
            **options,
        )
        dataset[:] = np.arange(n_chunks * CHUNK) % 30_000
        file.flush()
        for number in range(n_attributes):  # what is behind the header leaves no room for them
            dataset.attrs[f"attribute {number}"] = "text " * number
        file.flush()
        header_at = h5py.h5o.get_info(dataset.id).addr
        places = [dataset.id.get_chunk_info(n).byte_offset for n in range(n_chunks)]
    return header_at, places


def array_of(content: bytes, header_at: int) -> FixedArray:
    header = parse_header(reader(content), header_at)
    assert header is not None
    layout = header.find(LAYOUT)
    assert layout is not None
    array = find_array(reader(content), layout.content)
    assert array is not None
    return array


def reader(content: bytes) -> object_header.Read:
    return lambda position, size: content[position : position + size]


@pytest.mark.parametrize("n_attributes", [0, 5, 6, 8])
def test_messages_are_found_in_all_parts(tmp_path: Path, n_attributes: int) -> None:
    header_at, _ = make(tmp_path / "a", 10, n_attributes)
    content = (tmp_path / "a").read_bytes()
    header = parse_header(reader(content), header_at)
    assert header is not None
    assert header.is_intact
    space, layout = header.find(DATASPACE), header.find(LAYOUT)
    assert space is not None
    assert layout is not None
    assert int.from_bytes(space.content[4:12], "little") == 10 * CHUNK
    for message in header.messages:
        assert content[message.position :].startswith(message.content)
    attributes = [m for m in header.messages if m.kind == object_header.ATTRIBUTE]
    assert len(attributes) == n_attributes


def test_a_torn_header_is_found_and_told(tmp_path: Path) -> None:
    header_at, _ = make(tmp_path / "a", 10, 8)
    content = bytearray((tmp_path / "a").read_bytes())
    header = parse_header(reader(bytes(content)), header_at)
    assert header is not None
    assert len(header.parts) > 1
    space = header.find(DATASPACE)
    assert space is not None
    content[space.position + 4] ^= 1
    torn = parse_header(reader(bytes(content)), header_at)
    assert torn is not None
    assert not torn.is_intact
    assert [part.is_intact for part in torn.parts].count(False) == 1
    assert torn.part_of(space.position).is_intact is False


@pytest.mark.parametrize("options", [{}, {"compression": "gzip"}])
@pytest.mark.parametrize("n_chunks", [1, 10, 1024, 1025, 3000])
def test_positions_and_pages(tmp_path: Path, n_chunks: int, options: dict[str, str]) -> None:
    header_at, places = make(tmp_path / "a", n_chunks, **options)
    content = (tmp_path / "a").read_bytes()
    array = array_of(content, header_at)
    assert array.n_elements == 5000
    assert array.is_filtered == bool(options)
    pages = list(array.pages(0, n_chunks))
    read = [array.read_page(reader(content), page) for page in pages]
    found = np.concatenate([page for page in read if page is not None])
    assert found["position"][:n_chunks].tolist() == places
    assert (found["position"][n_chunks:] == NOWHERE).all()
    for page, elements in zip(pages, read, strict=True):
        assert elements is not None
        packed = array.page_bytes(page, elements)
        assert content[page.begin : page.begin + len(packed)] == packed
    torn = bytearray(content)
    torn[pages[-1].first] ^= 1
    assert array.read_page(reader(bytes(torn)), pages[-1]) is None


def test_a_small_array_is_one_page(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a", "w", libver=("v110", "v110")) as file:
        dataset = file.create_dataset("c", (32,), "<i2", chunks=(16,), maxshape=(320,))
        dataset[:] = 7
        file.flush()
        header_at = h5py.h5o.get_info(dataset.id).addr
        place = dataset.id.get_chunk_info(1).byte_offset
    content = (tmp_path / "a").read_bytes()
    array = array_of(content, header_at)
    (page,) = array.pages(0, 20)
    elements = array.read_page(reader(content), page)
    assert elements is not None
    assert elements["position"][1] == place
    assert content[page.begin :].startswith(array.page_bytes(page, elements))
    assert array.end <= len(content)


@pytest.mark.parametrize("layout", [b"", b"\x04\x02\x00\x02\x01", b"\x03\x02" + bytes(40)])
def test_other_layouts_are_none(layout: bytes) -> None:
    assert find_array(reader(b""), layout) is None


def test_no_header_is_none() -> None:
    assert parse_header(reader(bytes(100)), 0) is None
