"""Damaged, foreign and hostile files: an exception of the package, never wrong numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.errors import FileFormatError, PicoStreamError, StorageError
from picostream_pymeasure.reader import PicoStreamReader
from tests.support.reader_files import noise, write_picostream, write_recording

SAMPLES = 3000


def everything(path: Path) -> tuple[Any, ...]:
    """All that a reader tells of a file."""
    with PicoStreamReader(path) as reader:
        blocks = list(reader.get_block_iter(700, 7, "min_max"))
        return (
            reader.read_counts(0, reader.num_samples),
            np.concatenate([block[0] for block in blocks]) if blocks else None,
            np.concatenate([block[1] for block in blocks]) if blocks else None,
            reader.window(0, SAMPLES * 16e-9, 100),
            reader.gaps["sample_index"],
            reader.events["label"],
        )


def same(found: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
    return all(
        np.array_equal(mine, other, equal_nan=mine is not None and mine.dtype.kind == "f")
        for mine, other in zip(found, expected, strict=True)
    )


def set_attribute(name: str, value: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        for place in (file, file["channels/A"]):
            place.attrs.pop(name, None)
            if value is not None:
                place.attrs[name] = value

    return change


NUMBERS = ("sample_interval_ns", "voltage_range_v", "max_adc", "hardware_downsample_ratio")
NO_NUMBERS: tuple[Any, ...] = (
    0,
    -1.0,
    float("nan"),
    float("inf"),
    1e300,
    "16",
    "",
    True,
    [16.0, 16.0],
    h5py.Empty("f8"),
)


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
@pytest.mark.parametrize("name", NUMBERS)
def test_impossible_numbers(tmp_path: Path, name: str, value: Any) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(10))
    with h5py.File(path, "r+") as file:
        set_attribute(name, value)(file)
    with pytest.raises(FileFormatError, match=name), PicoStreamReader(path):
        pass


def replace_counts(data: Any, **options: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        del file["adc_counts"], file["channels/A/adc_counts"]
        file.create_dataset("channels/A/adc_counts", data=data, **options)
        file["adc_counts"] = file["channels/A/adc_counts"]

    return change


def link(target: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        del file["adc_counts"], file["channels/A/adc_counts"]
        file["channels/A/adc_counts"] = target

    return change


def rows(table: str, *values: tuple[Any, ...]) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        file[table].resize((len(values),))
        file[table][...] = np.array(list(values), file[table].dtype)

    return change


def delete(name: str) -> Callable[[Any], None]:
    return lambda file: file.__delitem__(name)


def resize(size: int) -> Callable[[Any], None]:
    return lambda file: file["adc_counts"].resize((size,))


def loop(file: Any) -> None:
    del file["channels/A"]
    file["channels/A"] = file["channels"]


DAMAGES: dict[str, Callable[[Any], None]] = {
    "interval missing": set_attribute("sample_interval_ns", None),
    "range missing": set_attribute("voltage_range_v", None),
    "full scale missing": set_attribute("max_adc", None),
    "full scale beyond int16": set_attribute("max_adc", 1e6),
    "offset not a number": set_attribute("analog_offset_v", float("nan")),
    "offset a text": set_attribute("analog_offset_v", "much"),
    "unknown mode": set_attribute("downsample_mode", "sideways"),
    "mode a number": set_attribute("downsample_mode", 3),
    "unknown format": set_attribute("format", "something else"),
    "newer version": set_attribute("format_version", 99),
    "unknown channel": set_attribute("channels", ["Z"]),
    "channels a number": set_attribute("channels", 5),
    "no channels": set_attribute("channels", None),
    "a channel too many": set_attribute("channels", ["A", "B"]),
    "float counts": replace_counts(np.zeros(100), chunks=(10,)),
    "int32 counts": replace_counts(np.zeros(100, np.int32), chunks=(10,)),
    "big-endian counts": replace_counts(np.zeros(100, ">i2"), chunks=(10,)),
    "unsigned counts": replace_counts(np.zeros(100, np.uint16), chunks=(10,)),
    "text counts": replace_counts(np.array([b"abc"] * 100), chunks=(10,)),
    "two axes": replace_counts(np.zeros((10, 10), np.int16), chunks=(5, 5)),
    "no axis": replace_counts(np.int16(5)),
    "counts in one piece": replace_counts(np.zeros(100, np.int16)),
    "counts elsewhere": link(h5py.ExternalLink("other.hdf5", "/x")),
    "counts nowhere": link(h5py.SoftLink("/nowhere")),
    "counts in a circle": link(h5py.SoftLink("/channels/A/adc_counts")),
    "groups in a circle": loop,
    "no counts": delete("channels/A/adc_counts"),
    "no channel group": delete("channels"),
    "no gaps": delete("gaps"),
    "no events": delete("events"),
    "gaps out of order": rows("gaps", (50, 50, 50, 1, 1, b"", 0), (10, 10, 10, 1, 1, b"", 0)),
    "a gap before the begin": rows("gaps", (-5, -5, -5, 1, 1, b"", 0)),
    "a gap that gives samples": rows("gaps", (5, 5, 5, 1, -100, b"", 0)),
    "a gap of years": rows("gaps", (5, 5, 5, 1, 2**62, b"", 0)),
    "gaps of centuries": rows("gaps", (5, 5, 5, 1, 2**62, b"", 0), (6, 6, 6, 1, 2**62, b"", 0)),
    "absurdly long": resize(2**60),
    "long and mostly missing": resize(10**12),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named(tmp_path: Path, damage: str) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100), chunk=10)
    with h5py.File(path, "r+") as file:
        DAMAGES[damage](file)
    with pytest.raises(PicoStreamError), PicoStreamReader(path) as reader:
        for _ in reader.get_block_iter():
            pass


@pytest.mark.parametrize("damage", ["absurdly long", "long and mostly missing"])
def test_absurd_lengths_cost_no_time_or_memory(tmp_path: Path, damage: str) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100), chunk=10)
    with h5py.File(path, "r+") as file:
        DAMAGES[damage](file)

    def use() -> None:
        with PicoStreamReader(path) as reader:
            reader.window(0, reader.duration_s, 100)
            reader.get_block(reader.num_samples, 0, 10**6)

    with pytest.raises(PicoStreamError):
        use()


def test_missing_chunks_are_an_error_however_much_is_read(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(2000), chunk=100)
    with h5py.File(path, "r+") as file:
        file["adc_counts"].resize((5000,))
        file["adc_counts"][4000:] = 7
    for sizes in ((3000, 10), (10, 3000), (3000, 3000), (10, 10)):
        with PicoStreamReader(path) as reader:
            for size in sizes:
                with pytest.raises(FileFormatError, match="missing"):
                    reader.read_counts(1995, size)
            assert (reader.read_counts(4000, 1000) == 7).all()


def test_files_that_are_none(tmp_path: Path) -> None:
    for name, content in {
        "empty": b"",
        "short": b"\x89HDF\r\n\x1a\n",
        "text": b"time,voltage\n" * 1000,
        "zeros": bytes(100_000),
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(FileFormatError), PicoStreamReader(path):
            pass
    with h5py.File(tmp_path / "foreign.hdf5", "w") as file:
        file["data"] = np.arange(10)
    with pytest.raises(FileFormatError, match="no recording"):
        PicoStreamReader(tmp_path / "foreign.hdf5").open()
    with pytest.raises(StorageError, match="no file"):
        PicoStreamReader(tmp_path / "missing.hdf5").open()
    with pytest.raises(StorageError, match="no file"):
        PicoStreamReader(tmp_path).open()


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("valid")
    return {
        "own": write_recording(
            folder / "own.hdf5",
            noise(SAMPLES),
            gaps=[(1500, 20)],
            events=[(7, "lamp")],
            overview=True,
        ),
        "picostream": write_picostream(folder / "picostream.hdf5", noise(SAMPLES)),
    }


def data_ranges(path: Path) -> list[range]:
    """Bytes of the file that hold rows of datasets; nothing but checksums protects them."""
    found: list[range] = []

    def visit(_name: str, item: Any) -> None:
        if not isinstance(item, h5py.Dataset):
            return
        if item.chunks is None:
            if item.id.get_offset() is not None:
                found.append(range(item.id.get_offset(), item.id.get_offset() + item.nbytes))
            return
        item.id.chunk_iter(
            lambda chunk: found.append(range(chunk.byte_offset, chunk.byte_offset + chunk.size))
        )

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data(), st.integers(1, 255))
def test_a_changed_byte_changes_nothing_or_is_an_error(
    valid: dict[str, Path], data: st.DataObject, change: int
) -> None:
    content = bytearray(valid["own"].read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    if any(position in part for part in data_ranges(valid["own"])):
        return
    content[position] ^= change
    damaged = valid["own"].with_name("damaged.hdf5")
    damaged.write_bytes(content)
    try:
        found = everything(damaged)
    except PicoStreamError:
        return
    assert same(found, everything(valid["own"]))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(["own", "picostream"]), st.data())
def test_a_truncated_file_is_an_error(
    valid: dict[str, Path], name: str, data: st.DataObject
) -> None:
    content = valid[name].read_bytes()
    damaged = valid[name].with_name("truncated.hdf5")
    damaged.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(FileFormatError):
        everything(damaged)
