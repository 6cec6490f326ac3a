"""Recordings that are compressed while they are recorded."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import hdf5plugin
import numpy as np
import pytest

from picostream_pymeasure.config import (
    ChannelConfig,
    DigitalPortConfig,
    DownsampleMode,
    KeepConfig,
    StreamConfig,
)
from picostream_pymeasure.errors import ConfigurationError, FileFormatError, StorageError
from picostream_pymeasure.records import Block, Event, Health, StreamDescription
from picostream_pymeasure.storage import (
    Recorder,
    compress,
    make_recorder,
    open_recording,
    repair,
    verify,
)
from picostream_pymeasure.storage.bytes.fixed_array import PAGE_ENTRIES
from picostream_pymeasure.storage.reading import followed
from tests.support.crashed_files import call_all_synced, plan_of
from tests.support.storage_stream import finish

CHUNK = 4096


def describe(
    names: str = "A", samples: int | None = 32 * CHUNK, **fields: Any
) -> StreamDescription:
    """A stream whose chunks hold 4096 samples where its end is known."""
    aggregate = fields.pop("aggregate", False)
    config = StreamConfig(
        channels=tuple(ChannelConfig(name) for name in names.split(",") if len(name) == 1),
        digital_ports=tuple(DigitalPortConfig(name) for name in names.split(",") if name[1:]),
        resolution_bits=8,
        downsample_mode=DownsampleMode.AGGREGATE if aggregate else DownsampleMode.NONE,
        downsample_ratio=2 if aggregate else 1,
        samples=samples,
    )
    values = {"sample_interval_ns": 1000.0, "max_adc": 32512, "block_samples": CHUNK, **fields}
    return StreamDescription(config=config, start_time="2024-05-06T07:08:09+00:00", **values)


def stored_counts(path: Path, name: str, start: int, stop: int) -> np.ndarray:
    """What our readers find."""
    with open_recording(path) as recording:
        return recording.channels[name].counts.read(start, stop)


def counts(name: str, first: int, count: int, dtype: str = "<i2") -> np.ndarray:
    """A slow sine with some noise, of its index alone: what compresses well."""
    index = np.arange(first, first + count)
    noise = index * 2654435761 % 2**32 >> 29
    wave = 100 * np.sin(index / 500 + ord(name[0]))
    return (wave + noise).astype(np.int64).astype(dtype)


class Source:
    """Hands such a stream to a recorder."""

    def __init__(self, path: Path, description: StreamDescription, **options: Any) -> None:
        self.recorder = Recorder(path, compress=True, **options)
        self.description = description
        self.recorder.open(description)

    def write(self, samples: int) -> None:
        width = self.description.values_per_sample
        first = self.recorder.stored_samples
        dtype = self.description.counts_dtype
        rows = [
            counts(name, first * width, samples * width).astype(dtype)
            for name in self.description.channel_names
        ]
        self.recorder.write(Block(np.array(rows), first, samples))

    def publish(self) -> None:
        self.recorder.update(Health(received=self.recorder.stored_samples))

    def close(self) -> None:
        finish(self.recorder)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    made = Source(tmp_path / "a.hdf5", describe())
    yield made
    made.close()


SAMPLES = 20 * CHUNK + 100


def recorded(path: Path, **fields: Any) -> Path:
    made = Source(path, describe(**fields))
    while (rest := SAMPLES - made.recorder.stored_samples) > 0:
        made.write(min(rest, 3000))
    made.close()
    return path


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"names": "A,C"},
        {"names": "B,PORT0"},
        {"aggregate": True},
        {"counts_dtype": "i1", "max_adc": 127},
        {"samples": None},
    ],
    ids=str,
)
def test_every_value_is_there_in_fewer_bytes(tmp_path: Path, fields: dict[str, Any]) -> None:
    path = recorded(tmp_path / "a.hdf5", **fields)
    report = verify(path)
    assert (report.exit_code, report.errors, report.notes) == (0, [], [])
    width = 2 if "aggregate" in fields else 1
    samples = SAMPLES * width
    with h5py.File(path) as file:
        for name in fields.get("names", "A").split(","):
            stored = file[f"channels/{name}/adc_counts"]
            expected = counts(name, 0, samples).astype(stored.dtype)
            np.testing.assert_array_equal(stored[()], expected)
            assert stored.id.get_storage_size() < 0.7 * expected.nbytes
    found = stored_counts(path, name, 1000 * width, 9000 * width)
    np.testing.assert_array_equal(found, expected[1000 * width : 9000 * width])


def test_indexes_that_become_longer(tmp_path: Path) -> None:
    """More chunks and segments than the first index and the first area have room for."""
    chunk = 131072
    made = Source(tmp_path / "a.hdf5", describe(samples=None))
    for _ in range(70):
        made.write(chunk)
    made.write(5)
    made.close()
    assert verify(tmp_path / "a.hdf5").exit_code == 0
    with h5py.File(tmp_path / "a.hdf5") as file:
        stored = file["adc_counts"]
        assert stored.chunks == (chunk,)
        np.testing.assert_array_equal(stored[()], counts("A", 0, 70 * chunk + 5))


def test_it_is_read_while_it_grows(source: Source) -> None:
    path = source.recorder.path
    source.write(CHUNK + 10)
    with open_recording(path) as before:
        assert before.stored_samples == CHUNK  # the open chunk comes when it is full, or in a pause
        source.write(3 * CHUNK)
        after = followed(before)
        assert after is not None
        assert after.stored_samples == 4 * CHUNK
        np.testing.assert_array_equal(
            after.first.counts.read(0, 4 * CHUNK), counts("A", 0, 4 * CHUNK)
        )
        with h5py.File(path) as file:
            np.testing.assert_array_equal(file["adc_counts"][()], counts("A", 0, 4 * CHUNK))


def test_in_a_pause_all_that_came_is_told(source: Source) -> None:
    source.write(CHUNK + 10)
    source.publish()
    source.publish()
    with h5py.File(source.recorder.path) as file:
        np.testing.assert_array_equal(file["adc_counts"][()], counts("A", 0, CHUNK + 10))


def test_what_was_told_is_never_written_over(source: Source) -> None:
    """A reader that found a chunk a while ago still gets what it was then."""
    path = source.recorder.path
    source.write(10)
    source.publish()
    with h5py.File(path) as file:
        found = file["adc_counts"].id.get_chunk_info(0)
    before = path.read_bytes()[found.byte_offset :][: found.size]
    source.write(CHUNK)
    source.publish()
    assert path.read_bytes()[found.byte_offset :][: found.size] == before
    with h5py.File(path) as file:
        assert file["adc_counts"].id.get_chunk_info(0).byte_offset != found.byte_offset


def test_damage_of_one_chunk_is_told_and_costs_no_other(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.hdf5")
    with h5py.File(path) as file:
        place = file["adc_counts"].id.get_chunk_info(7)
    content = bytearray(path.read_bytes())
    content[place.byte_offset + place.size // 2] ^= 4
    path.write_bytes(content)
    report = verify(path)
    assert report.exit_code == 1
    assert len(report.errors) == 1
    assert report.errors[0].endswith("The checksum differs in 1 chunk: 7.")
    assert report.verified_chunks == report.chunks - 1
    found = stored_counts(path, "A", 8 * CHUNK, 9 * CHUNK)
    np.testing.assert_array_equal(found, counts("A", 8 * CHUNK, CHUNK))
    with pytest.raises(StorageError, match="chunk 7 of channel A is damaged"):
        stored_counts(path, "A", 7 * CHUNK, 8 * CHUNK)


def test_damage_of_a_chunk_of_zeros_is_told(tmp_path: Path) -> None:
    """An input without a signal: what stands in for a chunk that cannot be unpacked is no count."""
    path = tmp_path / "a.hdf5"
    recorder = Recorder(path, compress=True)
    recorder.open(describe("A,PORT0"))
    recorder.write(Block(np.zeros((2, 4 * CHUNK), np.int16), 0, 4 * CHUNK))
    finish(recorder)
    assert not verify(path).errors
    with h5py.File(path) as file:
        places = {
            name: file[f"channels/{name}/adc_counts"].id.get_chunk_info(2)
            for name in ("A", "PORT0")
        }
    content = bytearray(path.read_bytes())
    for place in places.values():
        content[place.byte_offset + place.size - 1] ^= 1
    path.write_bytes(content)
    assert verify(path).errors == [
        f"Channel {name}: The checksum differs in 1 chunk: 2." for name in places
    ]


def test_of_a_copy_that_broke_off_is_read_what_is_there(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.hdf5")
    with h5py.File(path) as file:
        place = file["adc_counts"].id.get_chunk_info(12)
    path.write_bytes(path.read_bytes()[: place.byte_offset + 100])
    report = verify(path)
    assert report.exit_code == 1
    assert report.verified_chunks == 12
    assert "12–20" in str(report.errors)
    found = stored_counts(path, "A", 0, 12 * CHUNK)
    np.testing.assert_array_equal(found, counts("A", 0, 12 * CHUNK))


def test_of_a_copy_that_broke_off_before_its_marks(tmp_path: Path) -> None:
    """Where they were to lie nothing is any more."""
    path = tmp_path / "a.hdf5"
    made = Source(path, describe())
    made.write(10 * CHUNK)
    made.recorder.add_event(Event(5, 5e-6, "a mark", 1.0))
    made.write(CHUNK)
    made.close()
    with h5py.File(path) as file:
        place = file["adc_counts"].id.get_chunk_info(7)
    path.write_bytes(path.read_bytes()[: place.byte_offset])
    report = verify(path)
    assert report.exit_code == 1
    assert report.verified_chunks == 7
    assert "1 of 1 rows of /events are not in the file" in str(report.errors)


def test_what_is_rewritten_in_place_lies_in_one_sector(tmp_path: Path) -> None:
    """Rows of tables and of the list, and the heads before them, however long the chunks are."""
    made = Source(tmp_path / "a.hdf5", describe(samples=None, sample_interval_ns=2e4))
    for number in range(40 * PAGE_ENTRIES):
        made.write(CHUNK)
        made.recorder.add_event(Event(number, 1.0, "a mark", 1.0))
    made.close()
    with open_recording(tmp_path / "a.hdf5") as recording:
        assert recording.planned is not None
        areas = recording.planned.file_plan.areas
    assert len({area.owner for area in areas}) > 2
    assert len(areas) > 20
    assert all(area.position % 512 == 0 for area in areas)


def test_repair_makes_a_torn_index_anew(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.hdf5")
    whole = path.read_bytes()
    with open_recording(path) as recording:
        assert recording.planned is not None
        plan = recording.planned.file_plan
        page = plan.index_of(plan.datasets["channels/A/adc_counts"]).page(0)
    path.write_bytes(whole[: page.begin + 40] + bytes(80) + whole[page.begin + 120 :])
    assert verify(path).exit_code == 1
    assert repair(path).repaired
    assert verify(path).exit_code == 0
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["adc_counts"][()], counts("A", 0, SAMPLES))


def test_repair_takes_damaged_places_from_the_index(tmp_path: Path) -> None:
    """And leaves alone what other programs find."""
    path = recorded(tmp_path / "a.hdf5")
    with open_recording(path) as recording:
        assert recording.planned is not None
        plan = recording.planned.file_plan
        rows_at = plan.chunk_position(plan.datasets["channels/A/packed"], 0)
    content = bytearray(path.read_bytes())
    content[rows_at + 16 * 7 + 1] ^= 255
    path.write_bytes(content)
    report = verify(path)
    assert report.exit_code == 1
    assert "where the chunks 7 lie is damaged" in str(report.errors)
    assert repair(path).repaired
    assert verify(path).exit_code == 0


@pytest.mark.parametrize(
    "fields", [{}, {"names": "B,PORT0"}, {"names": "A,C", "aggregate": True}], ids=str
)
@pytest.mark.parametrize("damaged", [1, 4])
def test_repair_completes_what_holds_a_damaged_chunk(
    tmp_path: Path, fields: dict[str, Any], damaged: int
) -> None:
    """As in other files; what is damaged is named, and costs nothing else."""
    source, path = Source(tmp_path / "a.hdf5", describe(**fields)), tmp_path / "crashed.hdf5"
    source.write(4 * CHUNK + 1000)
    source.publish()
    source.publish()  # in a pause: also of the last chunk
    shutil.copy(source.recorder.path, path)
    source.close()
    names, width = source.description.channel_names, source.description.values_per_sample
    with h5py.File(path) as file:
        place = file[f"channels/{names[-1]}/adc_counts"].id.get_chunk_info(damaged)
    content = bytearray(path.read_bytes())
    content[place.byte_offset + place.size // 2] ^= 4
    call_all_synced(content, plan_of(path))
    path.write_bytes(content)
    assert repair(path).samples == 4 * CHUNK + 1000
    report = verify(path)
    assert report.status == "incomplete"
    assert report.errors == [f"Channel {names[-1]}: The checksum differs in 1 chunk: {damaged}."]
    with h5py.File(path) as file:
        for name in names:
            overview = file[f"channels/{name}/overview"]
            assert all(len(bins) == -(-17384 // int(name[1:])) for name, bins in overview.items())
    for name in names:
        for chunk in {0, 1, 2, 3} - ({damaged} if name == names[-1] else set()):
            begin = chunk * CHUNK * width
            found = stored_counts(path, name, begin, begin + CHUNK * width)
            np.testing.assert_array_equal(
                found, counts(name, begin, CHUNK * width).astype(found.dtype)
            )


def test_slow_streams_are_stored_as_ever(tmp_path: Path) -> None:
    """A chunk would last longer than a program that is killed may lose."""
    made = Source(tmp_path / "a.hdf5", describe(sample_interval_ns=1e8))
    made.write(10)
    made.close()
    with open_recording(tmp_path / "a.hdf5") as recording:
        assert not recording.is_compressed
        assert recording.stored_samples == 10


@pytest.mark.parametrize("what", ["live-only", "events"])
def test_what_cannot_be_compressed_is_refused(tmp_path: Path, what: str) -> None:
    keep = KeepConfig() if what == "events" else None
    config = StreamConfig(channels=(ChannelConfig("A"),), keep=keep)
    live_only_s = 3.0 if what == "live-only" else None
    with pytest.raises(ConfigurationError, match="keeps the whole stream"):
        make_recorder(tmp_path / "a.hdf5", config, live_only_s=live_only_s, compress=True)
    assert list(tmp_path.iterdir()) == []


def test_a_copy_for_every_program(tmp_path: Path) -> None:
    """By filters that HDF5 has without a plugin."""
    path = recorded(tmp_path / "a.hdf5", names="A,C")
    copy = compress(path).path
    assert verify(copy).exit_code == 0
    with h5py.File(copy) as file:
        assert file["adc_counts"].compression == "gzip"
        np.testing.assert_array_equal(file["channels/C/adc_counts"][:5000], counts("C", 0, 5000))


@pytest.mark.skipif(not shutil.which("h5repack"), reason="h5repack is not installed")
def test_h5repack_with_the_plugin(tmp_path: Path) -> None:
    path, copy = recorded(tmp_path / "a.hdf5"), tmp_path / "copy.hdf5"
    environment = {"HDF5_PLUGIN_PATH": hdf5plugin.PLUGIN_PATH}
    subprocess.run(["h5repack", "-f", "NONE", path, copy], check=True, env=environment)
    assert verify(copy).exit_code == 0


def test_no_plan_is_believed_that_packs_and_forgets(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.hdf5")
    content = path.read_bytes()
    for old, new in ((b'"is_packed":true', b'"is_packed":null'),):
        path.write_bytes(content.replace(old, new))
        with pytest.raises(FileFormatError):
            verify(path)
