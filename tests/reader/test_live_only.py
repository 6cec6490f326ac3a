"""Live-only files: sample 0 moves on, times and values stay true."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import ConfigurationError, StorageError
from picostream_pymeasure.reader import PicoStreamReader, window
from picostream_pymeasure.storage import Recorder
from tests.support.live_stream import GAP, LiveStream, describe_live
from tests.support.storage_stream import BLOCK_SAMPLES, finish, stream_values

INTERVAL_S = 1e-5
KEPT_S = 0.5


@contextmanager
def live(path: Path, *, aggregate: bool = False, gap_every: int = 0) -> Iterator[LiveStream]:
    description = describe_live(aggregate=aggregate)
    stream = LiveStream(Recorder(path, live_only_s=KEPT_S), description, gap_every)
    try:
        yield stream
    finally:
        finish(stream.recorder)


def check_all(reader: PicoStreamReader, width: int = 1) -> None:
    """Every value is the one of its time: values are a function of the position in the stream."""
    counts = reader.read_counts(0, reader.num_samples).reshape(-1, width)
    times_s, _ = reader.get_block(reader.num_samples)
    positions = np.rint(times_s[::width] / INTERVAL_S).astype(np.int64)
    first, last = int(positions[0]), int(positions[-1])
    whole = stream_values({"values_per_sample": width}, "A", first, last - first + 1)
    np.testing.assert_array_equal(counts, whole.reshape(-1, width)[positions - first])


@pytest.mark.parametrize("aggregate", [False, True])
@pytest.mark.parametrize("gap_every", [0, 3])
def test_values_and_times_stay_true_over_many_wraps(
    tmp_path: Path, aggregate: bool, gap_every: int
) -> None:
    path = tmp_path / "a.hdf5"
    width = 2 if aggregate else 1
    with live(path, aggregate=aggregate, gap_every=gap_every) as stream:
        stream.write_blocks(1)
        with PicoStreamReader(path) as reader:
            for blocks in (1, 40, 80, 1, 2, 320, 3):
                stream.write_blocks(blocks)
                reader.refresh()
                total = reader.first_sample + reader.num_samples
                assert total == stream.recorder.stored_samples
                assert reader.num_samples >= min(total, KEPT_S / INTERVAL_S)
                check_all(reader, width)
    with PicoStreamReader(path) as reader:
        assert reader.first_sample > 0
        assert reader.num_samples * INTERVAL_S >= KEPT_S
        check_all(reader, width)
        missing = GAP * (448 // gap_every) if gap_every else 0
        assert reader.end_s == pytest.approx((448 * BLOCK_SAMPLES + missing) * INTERVAL_S)


def test_it_begins_with_the_oldest_sample_that_other_programs_find(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    found = set()
    with live(path) as stream:
        for _ in range(12):
            stream.write_blocks(37)
            with h5py.File(path) as file:
                firsts = file["chunk_first_samples"][()]
            with PicoStreamReader(path) as reader:
                assert reader.first_sample == firsts[firsts >= 0].min()
                found.add(reader.first_sample)
    assert len(found) > 2


def test_an_iteration_goes_once_through_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with live(path) as stream:
        stream.write_blocks(448)
    with PicoStreamReader(path) as reader:
        assert reader.first_sample > 0
        blocks = list(islice(reader.get_block_iter(10_000), 1000))
        times = np.concatenate([times_s for times_s, _ in blocks])
        np.testing.assert_array_equal(times, reader.get_block(reader.num_samples)[0])


def test_blocks_follow_each_other_through_the_wraps(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    times = []
    with live(path) as stream:
        stream.write_blocks(1)
        with PicoStreamReader(path) as reader:
            for _ in range(60):
                stream.write_blocks(1)
                reader.refresh()
                while (block := reader.get_next_block(BLOCK_SAMPLES)) is not None:
                    times.append(block[0])
    found = np.concatenate(times)
    np.testing.assert_allclose(found, np.arange(61 * BLOCK_SAMPLES) * INTERVAL_S)


def test_a_reader_that_comes_late_goes_on_with_the_oldest(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with live(path) as stream:
        stream.write_blocks(2)
        with PicoStreamReader(path) as reader:
            assert reader.get_next_block(1000) is not None
            stream.write_blocks(400)
            reader.refresh()
            block = reader.get_next_block(1000)
            assert block is not None
            assert block[0][0] == pytest.approx(reader.begin_s)
            assert reader.begin_s == pytest.approx(reader.first_sample * INTERVAL_S)


def test_a_stretch_that_was_overwritten_in_part_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with live(path) as stream:
        stream.write_blocks(160)
        with PicoStreamReader(path) as reader:
            first, count = reader.first_sample, reader.num_samples
            gone = 0
            while not gone:
                stream.write_blocks(1)
                with PicoStreamReader(path) as other:
                    gone = other.first_sample - first
            assert gone < count
            reader.read_counts(gone, count)
            for start in (gone - 1, 0):
                with pytest.raises(StorageError, match="overwritten"):
                    reader.read_counts(start, count)


def test_what_was_overwritten_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with live(path) as stream:
        stream.write_blocks(20)
        with PicoStreamReader(path) as reader:
            stream.write_blocks(400)
            with pytest.raises(StorageError, match="overwritten"):
                reader.get_block(100)
            assert np.isnan(reader.window(reader.begin_s, reader.end_s, 50)).all()
            reader.refresh()
            assert reader.get_block(100)[1].size == 100
            with pytest.raises(ConfigurationError, match="live-only"):
                reader.to_dask()


@pytest.mark.parametrize("aggregate", [False, True])
def test_pictures_come_from_the_overview_of_the_ring(
    tmp_path: Path, aggregate: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "_RAW_SAMPLES", 0)
    monkeypatch.setattr(window, "_RAW_REST", 300)
    path = tmp_path / "a.hdf5"

    def check() -> None:
        with PicoStreamReader(path) as reader:
            picture = reader.window(reader.begin_s, reader.end_s, 10)
            counts = reader.read_counts(0, reader.num_samples).ravel()
            scale_mv = reader.voltage_range_v / reader.max_adc_val * 1e3
        assert picture[:, 1].min() == counts.min() * scale_mv
        assert picture[:, 2].max() == counts.max() * scale_mv
        assert picture[0, 0] == counts[0] * scale_mv
        assert picture[-1, 3] == counts[-1] * scale_mv

    with live(path, aggregate=aggregate) as stream:
        for _ in range(6):
            stream.write_blocks(9)
            check()
    check()
