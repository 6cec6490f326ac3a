"""Object headers and chunk indices, held against what HDF5 makes and finds."""

from __future__ import annotations

import contextlib
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.storage import open_recording
from picostream_pymeasure.storage.bytes import object_header
from picostream_pymeasure.storage.bytes.fixed_array import NOWHERE
from picostream_pymeasure.storage.bytes.metadata_checksum import with_checksum
from picostream_pymeasure.storage.bytes.object_header import DATASPACE, LAYOUT, parse_header
from picostream_pymeasure.storage.bytes.raw_file import RawFile
from tests.support.storage_stream import recording

CHUNK = 16


def make(path: Path, n_chunks: int, n_attributes: int) -> int:
    """A dataset of limited size; the place of its header."""
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        shape, most = (n_chunks * CHUNK,), (5000 * CHUNK,)
        dataset = file.create_dataset("counts", shape, "<i2", chunks=(CHUNK,), maxshape=most)
        dataset[:] = np.arange(n_chunks * CHUNK) % 30_000
        file.flush()
        for number in range(n_attributes):  # what is behind the header leaves no room for them
            dataset.attrs[f"attribute {number}"] = "text " * number
        file.flush()
        return int(h5py.h5o.get_info(dataset.id).addr)


@pytest.mark.parametrize("n_attributes", [0, 5, 6, 8])
def test_messages_are_found_in_all_parts(tmp_path: Path, n_attributes: int) -> None:
    header_at = make(tmp_path / "a", 10, n_attributes)
    content = bytearray((tmp_path / "a").read_bytes())
    header = parse_header(content, header_at)
    space = header.find(DATASPACE)
    assert int.from_bytes(space.content[4:12], "little") == 10 * CHUNK
    for part in header.parts:
        assert content[part.begin :].startswith(part.content)
    for message in header.messages:
        assert content[message.position :].startswith(message.content)
        assert header.part_of(message.position) in header.parts
    assert header.find(LAYOUT).content
    attributes = [m for m in header.messages if m.kind == object_header.ATTRIBUTE]
    assert len(attributes) == n_attributes


def test_hdf5_finds_the_positions_of_a_page(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with recording(path, samples=300_000) as stream:
        for _ in range(40):
            stream.write()
    content = path.read_bytes()
    with h5py.File(path) as file:
        counts = file["adc_counts"].id
        places = [counts.get_chunk_info(n).byte_offset for n in range(counts.get_num_chunks())]
    with open_recording(path) as opened:
        assert opened.planned is not None
        index = opened.planned.plan.datasets["channels/A/adc_counts"].index
    found = []
    for page in index.pages(0, len(places)):
        entries = index.read_page(lambda at, size: content[at : at + size], page)
        assert entries is not None
        packed = with_checksum(entries.tobytes())
        assert content[page.begin : page.begin + len(packed)] == packed
        torn = bytearray(content)
        torn[page.begin + 3] ^= 1
        assert index.read_page(lambda at, size: bytes(torn[at : at + size]), page) is None  # noqa: B023
        found += entries.copy().view("<u8")[:, 0].tolist()
    assert found[: len(places)] == places
    assert set(found[len(places) :]) == {int(NOWHERE)}


@pytest.mark.parametrize("n_pieces", [1, 3, 50])
def test_pieces_are_read_one_behind_the_other(tmp_path: Path, n_pieces: int) -> None:
    rng = np.random.default_rng(n_pieces)
    content = rng.integers(0, 256, 100_000, np.uint8)
    content.tofile(tmp_path / "a")
    pieces = [(int(at), int(at) % 997) for at in rng.integers(0, 90_000, n_pieces)]
    parts = [content[at : at + count] for at, count in pieces]
    buffer = np.zeros(sum(count for _, count in pieces), np.uint8)
    with contextlib.closing(RawFile(tmp_path / "a")) as raw:
        raw.read_pieces(pieces, buffer)
        assert (buffer == np.concatenate(parts)).all()
        with pytest.raises(FileFormatError, match="cut off"):
            raw.read_pieces([*pieces, (99_999, 2)], np.zeros(buffer.size + 2, np.uint8))
        with pytest.raises(FileFormatError, match="it names byte"):
            raw.read_pieces([*pieces, (2**64, 2)], np.zeros(buffer.size + 2, np.uint8))
        raw.read_pieces([], np.empty((0, 4), np.int16))
