"""Files that are being recorded, and what a crash leaves."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.config import ChannelScale
from picostream_pymeasure.errors import FileFormatError, StorageError
from picostream_pymeasure.reader import PicoStreamReader, window
from picostream_pymeasure.records import Event
from picostream_pymeasure.storage import Recorder, StoredAttributes, repair
from picostream_pymeasure.storage.reading import opening
from picostream_pymeasure.storage.reading.hdf5 import Hdf5File
from tests.support.reader_files import SETTINGS, noise, write_picostream, write_recording
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    Stream,
    describe,
    finish,
    gap_at,
    stream_values,
)


def expected(samples: int, channel: str = "A") -> np.ndarray:
    return stream_values({"values_per_sample": 1}, channel, 0, samples)


def test_refresh_shows_what_came_since(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe("AB"))
    with PicoStreamReader(path, "B") as reader:
        assert reader.num_samples == 0
        assert reader.get_next_block(100) is None
        for number in range(1, 5):
            stream.write()
            assert reader.num_samples == (number - 1) * BLOCK_SAMPLES
            assert reader.refresh() == reader.num_samples == number * BLOCK_SAMPLES
            block = reader.get_next_block(BLOCK_SAMPLES)
            assert block is not None
            assert block[0][0] == pytest.approx((number - 1) * BLOCK_SAMPLES * 1e-6)
        counts = reader.read_counts(0, reader.num_samples)
        np.testing.assert_array_equal(counts, expected(4 * BLOCK_SAMPLES, "B"))
        stream.recorder.add_gap(gap_at(4 * BLOCK_SAMPLES, 1000, 1000, "pool full", 0.1))
        stream.recorder.add_event(Event(5, 0.1, "lamp on"))
        stream.write(10)
        finish(stream.recorder)
        reader.refresh()
        assert reader.num_samples == 4 * BLOCK_SAMPLES + 10
        assert reader.gaps["missing"].tolist() == [1000]
        assert reader.events["label"].tolist() == [b"lamp on"]
        block = reader.get_next_block(BLOCK_SAMPLES)
        assert block is not None
        assert block[0][0] == pytest.approx((4 * BLOCK_SAMPLES + 1000) * 1e-6)


def attributes_of(reader: PicoStreamReader) -> StoredAttributes:
    return reader._source().recording.attributes


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files that HDF5 was asked to open since."""
    paths: list[Path] = []

    def open_hdf5(path: Path, content: Any) -> Hdf5File:
        paths.append(path)
        return Hdf5File(path, content)

    monkeypatch.setattr(opening, "Hdf5File", open_hdf5)
    return paths


@pytest.mark.parametrize("live_only_s", [None, 0.5])
def test_hdf5_is_not_asked_again_while_a_file_grows(
    tmp_path: Path, asked: list[Path], live_only_s: float | None
) -> None:
    stream = Stream(Recorder(tmp_path / "a.hdf5", live_only_s=live_only_s), describe("AB"))
    with PicoStreamReader(tmp_path / "a.hdf5", "B") as reader:
        for number in range(1, 6):
            stream.write()
            reader.use_units({"B": ChannelScale(number * 1000.0, "A")})
            newest = reader.refresh() - BLOCK_SAMPLES
            assert reader.first_sample + newest == (number - 1) * BLOCK_SAMPLES
            counts = reader.read_counts(newest, BLOCK_SAMPLES)
            all_counts = expected(number * BLOCK_SAMPLES, "B")
            np.testing.assert_array_equal(counts, all_counts[-BLOCK_SAMPLES:])
            amperes = reader.get_block(1, newest)[1][0] / 1e3
            volts = counts[0] / reader.max_adc_val * 20
            assert amperes == pytest.approx(volts * number * 1000)
        assert len(asked) == 1
        finish(stream.recorder)
        reader.refresh()
        assert len(asked) == 2
        assert attributes_of(reader)["status"] == "complete"


def _replaced(path: Path, other: Path) -> None:
    other.replace(path)


def _overwritten(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def _repaired(path: Path, other: Path) -> None:
    repair(path)


@pytest.mark.parametrize("change", [_replaced, _overwritten, _repaired])
def test_another_file_in_the_place_of_a_growing_one_is_noticed(
    tmp_path: Path, asked: list[Path], change: Callable[[Path, Path], None]
) -> None:
    path, other = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    stream = Stream(Recorder(tmp_path / "growing.hdf5"), describe())
    stream.write()
    shutil.copy(tmp_path / "growing.hdf5", path)  # what a crash leaves
    stream.write()
    finish(stream.recorder)
    (tmp_path / "growing.hdf5").rename(other)
    with PicoStreamReader(path) as reader:
        assert reader.refresh() == BLOCK_SAMPLES
        assert len(asked) == 1
        change(path, other)
        assert reader.refresh() == (1 if change is _repaired else 2) * BLOCK_SAMPLES
        status = "incomplete" if change is _repaired else "complete"
        assert attributes_of(reader)["status"] == status


def test_bytes_of_another_layout_in_the_same_file_are_noticed(tmp_path: Path) -> None:
    left = {}
    for names in ("A", "BC"):
        stream = Stream(Recorder(tmp_path / f"{names}.hdf5"), describe(names))
        left[names] = Path(shutil.copy(stream.recorder.path, tmp_path / f"left_{names}.hdf5"))
        finish(stream.recorder)
    with PicoStreamReader(left["A"]) as reader:
        assert reader.channels == ("A",)
        left["A"].write_bytes(left["BC"].read_bytes())
        reader.channel = None
        reader.refresh()
        assert reader.channels == ("B", "C")


def test_an_older_recording_in_the_same_file_is_opened_anew(
    tmp_path: Path, asked: list[Path]
) -> None:
    left = []
    for name in ("older", "newer"):
        stream = Stream(Recorder(tmp_path / f"{name}.hdf5"), describe())
        stream.write()
        left.append(Path(shutil.copy(stream.recorder.path, tmp_path / f"left_{name}.hdf5")))
        finish(stream.recorder)
    older, newer = left
    with PicoStreamReader(newer) as reader:
        newer.write_bytes(older.read_bytes())
        reader.refresh()
        assert len(asked) == 2


def test_a_reader_follows_a_recorder_that_does_not_wait(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    n_blocks = 300

    def record() -> None:
        for _ in range(n_blocks):
            stream.write()
        finish(stream.recorder)

    thread = threading.Thread(target=record)
    seen: list[np.ndarray] = []
    with PicoStreamReader(path) as reader:
        thread.start()
        done = 0
        while done < n_blocks * BLOCK_SAMPLES:
            available = reader.refresh()
            seen.append(reader.read_counts(done, available - done))
            reader.window(0, 1, 20)
            done = available
        thread.join()
    np.testing.assert_array_equal(np.concatenate(seen), expected(n_blocks * BLOCK_SAMPLES))


@pytest.mark.parametrize("aggregate", [False, True])
def test_pictures_of_a_growing_file_use_its_overview(
    tmp_path: Path, aggregate: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "_RAW_SAMPLES", 0)
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe(aggregate=aggregate))
    width = 2 if aggregate else 1
    with PicoStreamReader(path) as reader:
        for number in range(1, 61):
            stream.write()
            if number % 20 and number != 60:
                continue
            samples = reader.refresh()
            picture = reader.window(0, reader.duration_s, 10)
            counts = reader.read_counts(0, samples)
            expected = stream_values({"values_per_sample": width}, "A", 0, samples)
            np.testing.assert_array_equal(counts.ravel(), expected)
            scale_mv = reader.voltage_range_v / reader.max_adc_val * 1e3
            assert picture[:, 1].min() == expected.min() * scale_mv
            assert picture[:, 2].max() == expected.max() * scale_mv
            assert picture[0, 0] == expected[0] * scale_mv
            assert picture[-1, 3] == expected[-1] * scale_mv
    finish(stream.recorder)


def test_what_a_crash_left_is_read_up_to_the_last_block(tmp_path: Path) -> None:
    stream = Stream(Recorder(tmp_path / "a.hdf5"), describe())
    for _ in range(5):
        stream.write()
    left = shutil.copy(tmp_path / "a.hdf5", tmp_path / "left.hdf5")
    finish(stream.recorder)
    with PicoStreamReader(left) as reader:
        assert reader.num_samples == 5 * BLOCK_SAMPLES
        np.testing.assert_array_equal(
            reader.read_counts(0, 5 * BLOCK_SAMPLES), expected(5 * BLOCK_SAMPLES)
        )
        assert not np.isnan(reader.window(0, reader.duration_s, 30)).any()


def _unclosed(path: Path) -> None:
    """Mark a file as still open, as a crash leaves it."""
    data = bytearray(path.read_bytes())
    data[11] = 5
    path.write_bytes(data)


@pytest.mark.parametrize("written", [0, 2, 6])
def test_an_extent_without_its_chunks_is_not_counted(tmp_path: Path, written: int) -> None:
    counts = noise(500 * written)
    path = tmp_path / "a.hdf5"
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        dataset = file.create_dataset("adc_counts", (5500,), "<i2", chunks=(500,), maxshape=(None,))
        dataset[: len(counts)] = counts
        file.attrs.update(SETTINGS)
    _unclosed(path)
    with PicoStreamReader(path) as reader:
        assert reader.num_samples == 500 * written
        if written:
            np.testing.assert_array_equal(reader.read_counts(0, 500 * written), counts)


def test_missing_chunks_are_an_error_not_zeros(tmp_path: Path) -> None:
    path = write_picostream(tmp_path / "a.hdf5", noise(2000))
    with h5py.File(path, "r+") as file:
        file["adc_counts"].resize((5000,))
        file["adc_counts"][4000:] = 7
    with PicoStreamReader(path) as reader:
        assert reader.num_samples == 5000
        np.testing.assert_array_equal(reader.read_counts(0, 2000), noise(2000))
        assert (reader.read_counts(4000, 1000) == 7).all()
        for start, size in ((1999, 2), (2500, 10), (3999, 2), (0, 5000)):
            with pytest.raises(FileFormatError, match="missing"):
                reader.get_block(size, start)
        with pytest.raises(FileFormatError, match="missing"):
            list(reader.get_block_iter(500))
        picture = reader.window(0, 5000 * 16e-9, 5)
        assert np.isnan(picture[:, 0]).tolist() == [False, False, True, True, False]


def test_a_refresh_that_fails_leaves_the_reader_as_it_was(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100))
    with PicoStreamReader(path) as reader:
        path.rename(tmp_path / "b.hdf5")
        with pytest.raises(StorageError, match="There is no file"):
            reader.refresh()
        assert reader.get_block(100)[1].size == 100
        write_recording(path, noise(50))
        assert reader.refresh() == 50


def test_a_folder_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is a folder"), PicoStreamReader(tmp_path):
        pass


def test_a_file_that_lost_its_channel_is_refused_on_refresh(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", {"A": noise(10), "B": noise(10)})
    with PicoStreamReader(path, "B") as reader:
        path.unlink()
        write_recording(path, noise(20))
        with pytest.raises(ValueError, match="no channel 'B'; use A"):
            reader.refresh()
        assert reader.num_samples == 10
