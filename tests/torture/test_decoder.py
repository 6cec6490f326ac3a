"""The decoder reads what h5py wrote, to the last value, and no changed byte passes it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import xxhash

from ..support import hdf5
from ..support.hdf5.lookup3 import lookup3
from ..support.hdf5.structure import torn

PACKAGE = Path(hdf5.__file__).parent
TABLE = np.dtype([("index", "<i8"), ("cause", "S64"), ("time_s", "<f8"), ("value", ">u2")])

#: rows, greatest length, chunk: one chunk, few, one page of an index, several, a part of a page.
LENGTHS = [
    (0, 5, 5),
    (5, 5, 5),
    (5, 20, 5),
    (6, 7, 5),
    (3000, 3072, 3),
    (3000, 3073, 3),
    (2050, 2050, 1),
    (1025, 4444, 1),
    (7, 100 * 1025, 100),
]


def make(path: Path, version: str = "v110") -> h5py.File:
    return h5py.File(path, "w", libver=(version, version))


def compare(path: Path) -> hdf5.File:
    """Hold every object of a file against h5py."""
    decoded = hdf5.File(path)
    with h5py.File(path) as file:
        names: list[str] = []
        file.visit(names.append)
        found = dict(decoded.walk())
        assert len(found) == 1 + len(names)
        for name, thing in found.items():
            assert sorted(thing.attributes) == sorted(file[name].attrs)
            for key, value in file[name].attrs.items():
                assert_same(thing.attributes[key], value)
            if isinstance(thing, hdf5.Dataset):
                assert thing.shape == file[name].shape
                assert_same(thing.rows() if thing.shape else thing.scalar(), file[name][()])
    return decoded


def assert_same(found: Any, wanted: Any) -> None:
    if isinstance(wanted, h5py.Empty):
        assert found is None
    else:
        np.testing.assert_array_equal(found, wanted)


def test_the_checksum_is_that_of_its_author() -> None:
    assert lookup3(b"Four score and seven years ago") == 0x17770551


def test_it_shares_nothing_with_what_it_judges() -> None:
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in getattr(node, "names", [])]
            names.append(getattr(node, "module", None) or "")
            assert not {name.split(".")[0] for name in names} & {"h5py", "picostream_pymeasure"}


@pytest.mark.parametrize("version", ["v110", "v114", "latest"])
@pytest.mark.parametrize(("rows", "greatest", "chunk"), LENGTHS)
def test_chunked_datasets(
    tmp_path: Path, rows: int, greatest: int, chunk: int, version: str
) -> None:
    path = tmp_path / "a.hdf5"
    with make(path, version) as file:
        for dtype in ("<i2", "i1", ">f4", "<u8"):
            values = np.arange(rows).astype(dtype)
            file.create_dataset(dtype, data=values, maxshape=(greatest,), chunks=(chunk,))
        space = file.create_dataset(
            "holes", (rows,), "<i2", maxshape=(greatest,), chunks=(chunk,), fillvalue=-32768
        )
        space[rows // 2 :] = 3
    decoded = compare(path)
    chunks = decoded.dataset("<i2").chunks
    assert chunks is not None
    assert chunks.present.sum() == -(-rows // chunk)


def test_positions_of_chunks(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with make(path) as file:
        values = np.arange(5000, dtype="<i2")
        counts = file.create_dataset("a/b", data=values, maxshape=(10000,), chunks=(3,))
        wanted = [counts.id.get_chunk_info(number).byte_offset for number in range(1667)]
    chunks = hdf5.File(path).dataset("a/b").chunks
    assert chunks is not None
    np.testing.assert_array_equal(chunks.positions[:1667], wanted)
    assert not chunks.present[1667:].any()
    assert (chunks.sizes == 6).all()


def test_other_layouts_types_and_filters(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with make(path) as file:
        file["contiguous"] = np.arange(1000.0)
        file["scalar"] = np.float32(3)
        file["hard"] = file["contiguous"]
        file.create_dataset("never written", (7,), "<i4", fillvalue=9)
        rows = np.zeros(9, TABLE)
        rows["cause"], rows["index"] = "lost", range(9)
        file.create_dataset("table", data=rows, maxshape=(4096,), chunks=(4,))
        file.create_dataset(
            "columns", data=np.arange(40).reshape(10, 4), chunks=(3, 4), maxshape=(99, 4)
        )
        for greatest in (1000, 5000, 10**6):
            file.create_dataset(
                f"filtered {greatest}",
                data=np.arange(1000),
                maxshape=(greatest,),
                chunks=(min(greatest, 128 if greatest > 1000 else 1000),),
                compression="gzip",
                shuffle=True,
                fletcher32=True,
            )
        early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        early.set_chunk((10,))
        early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple((95,), (95,))
        h5py.h5d.create(file.id, b"implicit", h5py.h5t.STD_I16LE, space, early)
        file["implicit"][:] = np.arange(95)
    decoded = compare(path)
    assert decoded.dataset("hard").rows()[-1] == 999
    assert [used.name for used in decoded.dataset("filtered 5000").filters] == [
        "shuffle", "deflate", "fletcher32",
    ]  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 8, 9, 50, 400])
def test_many_links_and_attributes(tmp_path: Path, count: int) -> None:
    path = tmp_path / "a.hdf5"
    with make(path) as file:
        for number in range(count):
            file.create_group(f"group/number {number}")
            file.attrs[f"attribute {number}"] = "ä" * number if number % 2 else number / 3
        file.attrs.update({"list": ["a", "bc"], "array": np.arange(6).reshape(2, 3)})
        file.attrs["nothing"] = h5py.Empty("f8")
        file.create_dataset("one", data=np.arange(3)).attrs["units"] = np.bytes_("V")
        file["soft"] = h5py.SoftLink("/one")
    decoded = compare(path)
    assert len(decoded.dataset("soft").rows()) == 3


def test_every_changed_byte_of_a_structure_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with make(path) as file:
        file.create_dataset("a", data=np.arange(3000), maxshape=(4000,), chunks=(1,))
        for number in range(20):
            file.attrs[f"attribute {number}"] = number
            file.create_group(f"group {number}")
    content = path.read_bytes()
    decoded = hdf5.File(content)
    assert [thing for _, thing in decoded.walk() if getattr(thing, "attributes", None)]
    kinds = {structure.kind for structure in decoded.structures}
    assert kinds >= {"superblock", "OHDR", "FAHD", "FADB", "page", "FRHP", "BTHD", "BTLF"}
    assert torn(memoryview(content), decoded.structures) == []
    for structure in decoded.structures:
        at = structure.start + xxhash.xxh3_64_intdigest(b"", structure.start) % structure.length
        changed = bytearray(content)
        changed[at] ^= 0x10
        assert torn(memoryview(changed), decoded.structures) == [structure]
        with pytest.raises((hdf5.DamagedError, hdf5.UnsupportedError)):
            _ = [thing.attributes for _, thing in hdf5.File(changed).walk()]


@pytest.mark.parametrize("kept", [0, 7, 47, 200, 1000])
def test_a_file_cut_off_is_told(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "a.hdf5"
    with make(path) as file:
        file["a"] = np.arange(1000)
    with pytest.raises(hdf5.DamagedError):
        hdf5.File(path.read_bytes()[:kept])
