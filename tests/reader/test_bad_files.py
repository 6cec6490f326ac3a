"""Damaged, foreign and hostile files: an exception of the package, never wrong numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xxhash import xxh3_64_intdigest

from picostream_pymeasure.errors import (
    ConfigurationError,
    FileFormatError,
    PicoStreamError,
    StorageError,
)
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage import open_recording
from tests.support.reader_files import noise, write_picostream, write_recording

SAMPLES = 3000

#: About where what was laid out first ends.
METADATA_BYTES = 120_000


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
        del file["adc_counts"]
        file.create_dataset("adc_counts", data=data, **options)

    return change


def link(target: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        del file["adc_counts"]
        file["adc_counts"] = target

    return change


def delete(name: str) -> Callable[[Any], None]:
    return lambda file: file.__delitem__(name)


def resize(size: int) -> Callable[[Any], None]:
    return lambda file: file["adc_counts"].resize((size,))


DAMAGES: dict[str, Callable[[Any], None]] = {
    "interval missing": set_attribute("sample_interval_ns", None),
    "no time between samples": set_attribute("sample_interval_ns", 1e-300),
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
    "no channel group": delete("channels"),
}

#: What HDF5 is asked for in PicoStream's files alone.
PICOSTREAMS: dict[str, Callable[[Any], None]] = {
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
    "counts in a circle": link(h5py.SoftLink("/adc_counts")),
    "no counts": delete("adc_counts"),
    "absurdly long": resize(2**60),
    "long and mostly missing": resize(10**12),
}


def read_all(path: Path) -> None:
    with PicoStreamReader(path) as reader:
        for _ in reader.get_block_iter():
            pass


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named(tmp_path: Path, damage: str) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100))
    with h5py.File(path, "r+") as file:
        DAMAGES[damage](file)
    with pytest.raises(PicoStreamError):
        read_all(path)


@pytest.mark.parametrize("damage", PICOSTREAMS)
def test_damage_of_picostreams_files_is_named(tmp_path: Path, damage: str) -> None:
    path = write_picostream(tmp_path / "a.hdf5", noise(100))
    with h5py.File(path, "r+") as file:
        PICOSTREAMS[damage](file)
    with pytest.raises(PicoStreamError):
        read_all(path)


@pytest.mark.parametrize("gaps", [[(-5, 1)], [(5, -100)], [(5, 2**62)], [(5, 2**62), (6, 2**62)]])
def test_impossible_gaps(tmp_path: Path, gaps: list[tuple[int, int]]) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100), gaps=gaps)
    with pytest.raises(FileFormatError):
        read_all(path)


def test_gaps_are_read_in_order(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100), gaps=[(50, 1), (10, 2), (30, -1)])
    with PicoStreamReader(path) as reader:
        assert reader.gaps["sample_index"].tolist() == [10, 30, 50]
        assert reader.end_s == pytest.approx(103 * 16e-9)
        # each where the sample would have been that is missing
        assert reader.gaps["time_s"] == pytest.approx(np.array([10, 32, 52]) * 16e-9)


def replan(path: Path, **changes: Any) -> None:
    """Change numbers of the stored plan."""
    with open_recording(path) as recording:
        assert recording.planned is not None
        plan = recording.planned.plan
    content = bytearray(path.read_bytes())
    position, size = plan.fixed["recovery/plan"]
    content[position : position + size] = replace(plan, **changes).to_bytes().ljust(size)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "changes",
    [
        {"chunk_samples": 0},
        {"chunk_samples": 2**40},
        {"chunk_samples": "4096"},
        {"segments": 0},
        {"segments": -1},
        {"segments": 2**70},
        {"values_per_sample": 2},
        {"values_per_sample": 0},
        {"dtypes": ("<f8",)},
        {"dtypes": ()},
        {"inputs": ("A", "B")},
        {"is_ring": True},
        {"base": -4096},
        {"base": "here"},
        {"segment_bytes": 1},
        {"data_offset": 0},
        {"datasets": {}},
        {"attributes": {}},
        {"fixed": {}},
        {"fixed": {"recovery/state": (2**61, 512), "recovery/sync": (0, 512)}},
    ],
    ids=repr,
)
def test_a_plan_that_cannot_be(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100))
    replan(path, **changes)
    with pytest.raises(FileFormatError):
        read_all(path)


@pytest.mark.parametrize("path_in_file", ["entry/envelope/time", "entry/envelope/A_max"])
def test_a_plan_without_a_place_that_the_end_writes(tmp_path: Path, path_in_file: str) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100))
    with open_recording(path) as recording:
        assert recording.planned is not None
        fixed = dict(recording.planned.plan.fixed)
    del fixed[path_in_file]
    replan(path, fixed=fixed)
    with pytest.raises(FileFormatError):
        read_all(path)


def test_a_changed_byte_of_the_plan_never_counts(tmp_path: Path) -> None:
    """A digit more or less, and a repair would write over samples; there are two copies."""
    counts = noise(100)
    path = write_recording(tmp_path / "a.hdf5", counts)
    with open_recording(path) as recording:
        assert recording.planned is not None
        position, size = recording.planned.plan.fixed["recovery/plan"]
    content = path.read_bytes()
    first, second = (content.index(b"PICOSTREAM PLAN", at) for at in (0, position + 1))
    assert (first, second) == (position, position + size // 2)
    length = content.index(b"}  ", first) + 1 - first
    rng = np.random.default_rng(1)
    for at in [0, 17, 18, 33, 34, length - 1, *rng.integers(0, length, 20).tolist()]:
        changed = bytearray(content)
        changed[first + at] ^= int(rng.integers(1, 256))
        path.write_bytes(changed)
        with PicoStreamReader(path) as reader:
            np.testing.assert_array_equal(reader.read_counts(0, 100), counts)
        changed[second + at] ^= 1
        path.write_bytes(changed)
        with pytest.raises(FileFormatError, match="plan"):
            read_all(path)


@pytest.mark.parametrize("samples", [10**12, 2**60, 2**62])
def test_absurd_lengths_cost_no_time_or_memory(tmp_path: Path, samples: int) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100))
    with open_recording(path) as recording:
        assert recording.planned is not None
        position, _ = recording.planned.plan.fixed["recovery/state"]
    content = bytearray(path.read_bytes())
    content[position + 16 : position + 24] = samples.to_bytes(8, "little")
    digest = xxh3_64_intdigest(bytes(content[position : position + 448]))
    content[position + 448 : position + 456] = digest.to_bytes(8, "little")
    path.write_bytes(content)
    with pytest.raises(FileFormatError):
        read_all(path)


def test_missing_chunks_are_an_error_however_much_is_read(tmp_path: Path) -> None:
    path = write_picostream(tmp_path / "a.hdf5", noise(2000))
    with h5py.File(path, "r+") as file:
        file["adc_counts"].resize((5000,))
        file["adc_counts"][4000:] = 7
    for sizes in ((3000, 10), (10, 3000), (3000, 3000), (10, 10)):
        with PicoStreamReader(path) as reader:
            for size in sizes:
                with pytest.raises(FileFormatError, match="missing"):
                    reader.read_counts(1995, size)
            assert (reader.read_counts(4000, 1000) == 7).all()


def test_what_hdf5_says_of_damage_is_chained_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_picostream(tmp_path / "a.hdf5", noise(100))
    content = path.read_bytes()
    assert b"TREE" in content, "an index"
    path.write_bytes(content.replace(b"TREE", b"ERTE"))
    with caplog.at_level("DEBUG"), pytest.raises(FileFormatError) as refused:
        read_all(path)
    assert refused.value.__cause__ is not None
    told = [record for record in caplog.records if "HDF5 refuses" in record.message][-1]
    assert told.exc_info is not None
    assert str(refused.value.__cause__) in str(told.exc_info[1])


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
    with pytest.raises(StorageError, match="a folder"):
        PicoStreamReader(tmp_path).open()


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Whole files, which no test changes."""
    folder = tmp_path_factory.mktemp("valid")
    return {
        "own": write_recording(
            folder / "own.hdf5",
            noise(SAMPLES),
            gaps=[(1500, 20)],
            events=[(7, "lamp")],
        ),
        "picostream": write_picostream(folder / "picostream.hdf5", noise(SAMPLES)),
    }


@functools.cache
def whole(path: Path) -> Any:
    """What is in one of them."""
    return everything(path)


@functools.cache
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
    position = data.draw(st.integers(0, METADATA_BYTES - 1))
    if any(position in part for part in data_ranges(valid["own"])):
        return
    content[position] ^= change
    damaged = valid["own"].with_name("damaged.hdf5")
    damaged.write_bytes(content)
    try:
        found = everything(damaged)
    except PicoStreamError:
        return
    assert same(found, whole(valid["own"]))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(["own", "picostream"]), st.data())
def test_a_truncated_file_gives_all_or_an_error(
    valid: dict[str, Path], name: str, data: st.DataObject
) -> None:
    content = valid[name].read_bytes()
    damaged = valid[name].with_name("truncated.hdf5")
    damaged.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    try:
        found = everything(damaged)
    except FileFormatError:
        return
    assert same(found, whole(valid[name]))  # only what nobody needs was cut off


@pytest.mark.parametrize("path", [None, 5, b"data.hdf5"])
def test_a_recording_is_named_by_text_or_path(path: Any) -> None:
    with pytest.raises(ConfigurationError, match="named by a text or a Path, not by"):
        PicoStreamReader(path)
