"""Blocks of a recording against slow, obvious references."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.errors import ConfigurationError, PicoStreamError, SessionStateError
from picostream_pymeasure.reader import PicoStreamReader, blocks
from picostream_pymeasure.system import memory
from picostream_pymeasure.system.memory import FreeMemory
from tests.support.reader_files import (
    INTERVAL_NS,
    MAX_ADC,
    OFFSET_V,
    RANGE_V,
    decimated,
    noise,
    sample_times_s,
    to_mv,
    write_picostream,
    write_recording,
)

SAMPLES = 5003
GAPS = [(0, 3), (1000, 7), (1000, 5), (4321, 100)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Recordings with gaps by values per sample."""
    folder = tmp_path_factory.mktemp("blocks")
    return {
        1: write_recording(folder / "plain.hdf5", noise(SAMPLES), gaps=GAPS),
        2: write_recording(
            folder / "pairs.hdf5", noise(2 * SAMPLES), gaps=GAPS, downsample_mode="aggregate"
        ),
    }


def joined(parts: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    times, voltages = zip(*parts, strict=True)
    return np.concatenate(times), np.concatenate(voltages)


def by_hand(reader: PicoStreamReader, size: int, factor: int, mode: str) -> list:
    parts = []
    while (block := reader.get_next_block(size, factor, mode)) is not None:
        parts.append(block)
    return parts


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([1, 2]),
    st.integers(1, 6000),
    st.integers(1, 6000),
    st.sampled_from(["mean", "min_max"]),
)
def test_blocks_of_any_size_join_without_a_seam(
    files: dict[int, Path], width: int, chunk_size: int, factor: int, mode: Any
) -> None:
    factor = 1 + factor % chunk_size % SAMPLES
    with PicoStreamReader(files[width]) as reader:
        whole = reader.get_block(SAMPLES, 0, factor, mode)
        for parts in (
            list(reader.get_block_iter(chunk_size, factor, mode)),
            by_hand(reader, chunk_size, factor, mode),
        ):
            for found, expected in zip(joined(parts), whole, strict=True):
                np.testing.assert_array_equal(found, expected)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([1, 2]),
    st.integers(0, SAMPLES - 1),
    st.integers(1, SAMPLES),
    st.integers(1, 200),
    st.sampled_from(["mean", "min_max"]),
)
def test_any_stretch_is_decimated_as_the_reference_does(
    files: dict[int, Path], width: int, start: int, size: int, factor: int, mode: Any
) -> None:
    size = min(size, SAMPLES - start)
    factor = 1 + factor % size
    counts = noise(width * SAMPLES)[width * start : width * (start + size)]
    times_s = sample_times_s(SAMPLES, GAPS)[start : start + size]
    with PicoStreamReader(files[width]) as reader:
        times, voltages = reader.get_block(size, start, factor, mode)
    assert times.dtype == voltages.dtype == np.float64
    assert times.shape == voltages.shape
    if factor == 1 and (mode == "mean" or width == 2):
        np.testing.assert_array_equal(voltages, to_mv(counts))
        np.testing.assert_allclose(times, np.repeat(times_s, width), rtol=1e-14)
        return
    np.testing.assert_allclose(voltages, decimated(counts, factor, mode, width), atol=1e-9)
    firsts = times if mode == "mean" else times[::2]
    np.testing.assert_allclose(firsts, times_s[::factor], rtol=1e-14)
    if mode == "min_max":
        assert (np.diff(times) > 0).all()


@pytest.mark.parametrize("mode", ["mean", "min_max"])
@pytest.mark.parametrize("width", [1, 2])
def test_groups_longer_than_what_is_read_at_once(
    files: dict[int, Path], width: int, mode: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PicoStreamReader(files[width]) as reader:
        expected = reader.get_block(SAMPLES, 0, 700, mode)
    monkeypatch.setattr(blocks, "_PIECE_VALUES", 300)
    with PicoStreamReader(files[width]) as reader:
        found = reader.get_block(SAMPLES, 0, 700, mode)
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_allclose(found[1], expected[1], rtol=1e-12)
        np.testing.assert_array_equal(reader.get_block(SAMPLES)[1], to_mv(noise(width * SAMPLES)))


def test_a_million_samples_pass_several_reads(tmp_path: Path) -> None:
    counts = noise(2_500_001)
    path = write_recording(tmp_path / "long.hdf5", counts, chunk=100_000)
    with PicoStreamReader(path) as reader:
        for factor, mode in ((1, "mean"), (3, "mean"), (10, "min_max")):
            whole = reader.get_block(counts.size, 0, factor, mode)
            if factor == 1:
                np.testing.assert_array_equal(whole[1], to_mv(counts))
            parts = list(reader.get_block_iter(333_333, factor, mode))
            np.testing.assert_array_equal(joined(parts)[1], whole[1])
            np.testing.assert_array_equal(joined(parts)[0], whole[0])


def test_attributes_are_those_of_picostream(files: dict[int, Path]) -> None:
    with PicoStreamReader(str(files[1])) as reader:
        assert reader.num_samples == SAMPLES
        assert reader.sample_interval_ns == INTERVAL_NS
        assert (reader.voltage_range_v, reader.max_adc_val) == (RANGE_V, MAX_ADC)
        assert reader.analog_offset_v == OFFSET_V
        assert (reader.downsample_mode, reader.hardware_downsample_ratio) == ("average", 1)
        assert reader.channels == ("A",)
        assert reader.duration_s == pytest.approx((SAMPLES + 112) * 16e-9)
        assert (reader.begin_s, reader.first_sample) == (pytest.approx(48e-9), 0)
        assert reader.index_at(-1) == 0
        assert reader.index_at(1e9) == SAMPLES
        assert reader.index_at(1e-6) == 63 - 3


def test_the_interval_is_that_of_stored_samples(tmp_path: Path) -> None:
    settings = {"hardware_downsample_ratio": 8, "downsample_mode": "average"}
    path = write_recording(tmp_path / "a.hdf5", noise(10), **settings)
    with PicoStreamReader(path) as reader:
        assert reader.sample_interval_ns == 8 * INTERVAL_NS
        assert (reader.downsample_mode, reader.hardware_downsample_ratio) == ("average", 8)
        assert reader.get_block(2, 8)[0] == pytest.approx([8 * 128e-9, 9 * 128e-9])


def test_pairs_of_picostreams_own_files_are_one_sample_each(tmp_path: Path) -> None:
    counts = noise(2000)
    path = write_picostream(tmp_path / "p.hdf5", counts, downsample_mode="aggregate")
    with PicoStreamReader(path) as reader:
        assert reader.num_samples == 1000
        times_s, voltages_mv = reader.get_block(size=1000, start=0)
    np.testing.assert_allclose(voltages_mv, to_mv(counts))
    assert times_s[-1] == pytest.approx(999 * INTERVAL_NS * 1e-9)


def test_picostreams_own_file(tmp_path: Path) -> None:
    counts = noise(1234)
    with PicoStreamReader(write_picostream(tmp_path / "p.hdf5", counts)) as reader:
        assert reader.num_samples == 1234
        times, voltages = reader.get_block(1234)
        np.testing.assert_array_equal(voltages, to_mv(counts))
        np.testing.assert_allclose(times, np.arange(1234) * 16e-9)
        assert len(reader.gaps) == len(reader.events) == 0


def test_picostreams_older_attributes_may_be_missing(tmp_path: Path) -> None:
    path = write_picostream(tmp_path / "p.hdf5", noise(4))
    import h5py

    with h5py.File(path, "r+") as file:
        for name in ("downsample_mode", "hardware_downsample_ratio", "analog_offset_v"):
            del file.attrs[name]
    with PicoStreamReader(path) as reader:
        assert reader.analog_offset_v == 0.0
        assert reader.get_block(4)[1].size == 4


def test_channels_have_their_own_settings(tmp_path: Path) -> None:
    import h5py

    counts = {"B": noise(100, 1), "D": noise(100, 2)}
    path = write_recording(tmp_path / "a.hdf5", counts)
    with h5py.File(path, "r+") as file:
        file["channels/D"].attrs["voltage_range_v"] = 20.0
        file["channels/D"].attrs["analog_offset_v"] = 0.0
    with PicoStreamReader(path) as reader:
        assert (reader.channel, reader.voltage_range_v) == ("B", RANGE_V)
        np.testing.assert_array_equal(reader.read_counts(0, 100), counts["B"])
    with PicoStreamReader(path, channel="D") as reader:
        assert (reader.channel, reader.voltage_range_v) == ("D", 20.0)
        expected = counts["D"] * (20.0 / MAX_ADC * 1e3)
        np.testing.assert_array_equal(reader.get_block(100)[1], expected)
        assert reader.channels == ("B", "D")
    for name in ("A", "", 4, ["B"]):
        with pytest.raises(ConfigurationError, match="no channel"), PicoStreamReader(path, name):
            pass


def test_reset_and_independent_iterations(files: dict[int, Path]) -> None:
    with PicoStreamReader(files[1]) as reader:
        first = reader.get_next_block(100)
        second = reader.get_next_block(100)
        inner = [
            len(block[0])
            for _ in reader.get_block_iter(4000)
            for block in reader.get_block_iter(5000)
        ]
        assert inner == [5000, 3] * 2
        third = reader.get_next_block(100)
        reader.reset()
        again = reader.get_next_block(100)
    assert first is not None
    assert again is not None
    np.testing.assert_array_equal(again[1], first[1])
    np.testing.assert_array_equal(
        np.concatenate([block[1] for block in (first, second, third) if block]),
        to_mv(noise(SAMPLES)[:300]),
    )


def test_an_empty_recording_has_no_blocks(tmp_path: Path) -> None:
    with PicoStreamReader(write_recording(tmp_path / "a.hdf5", noise(0))) as reader:
        assert reader.num_samples == 0
        assert list(reader.get_block_iter()) == []
        assert reader.get_next_block(10) is None
        assert reader[:].size == 0
        assert reader.duration_s == 0
        assert reader.get_block(1)[1].size == 0


CALLS: dict[str, Any] = {
    "get_block": lambda reader: reader.get_block(1),
    "get_next_block": lambda reader: reader.get_next_block(1),
    "get_block_iter": lambda reader: reader.get_block_iter(),
    "window": lambda reader: reader.window(0, 1, 10),
    "slice": lambda reader: reader[:],
    "read_counts": lambda reader: reader.read_counts(0, 1),
    "channels": lambda reader: reader.channels,
    "gaps": lambda reader: reader.gaps,
    "events": lambda reader: reader.events,
    "refresh": lambda reader: reader.refresh(),
    "duration_s": lambda reader: reader.duration_s,
    "to_pandas": lambda reader: reader.to_pandas(),
    "to_dask": lambda reader: reader.to_dask(),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_reader_that_is_not_open_says_so(files: dict[int, Path], name: str) -> None:
    reader = PicoStreamReader(files[1])
    with pytest.raises(SessionStateError, match="not open"):
        CALLS[name](reader)
    with reader:
        CALLS[name](reader)
    with pytest.raises(SessionStateError, match="not open"):
        CALLS[name](reader)
    reader.close()


def test_an_iteration_ends_with_its_reader(files: dict[int, Path]) -> None:
    with PicoStreamReader(files[1]) as reader:
        iteration = reader.get_block_iter(1000)
        next(iteration)
    with pytest.raises(SessionStateError):
        next(iteration)


NO_NUMBERS = ["10", None, True, 2.5, np.float32(0.5), float("nan"), float("inf"), [1]]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_what_is_no_number_is_refused_at_once(files: dict[int, Path], value: Any) -> None:
    with PicoStreamReader(files[1]) as reader:
        for call in (reader.get_next_block, reader.get_block_iter, reader.get_block):
            with pytest.raises(ConfigurationError, match="must be a whole number"):
                call(value)
            with pytest.raises(ConfigurationError, match="must be a whole number"):
                call(1000, decimation_factor=value)
        with pytest.raises(ConfigurationError, match="must be a whole number"):
            reader.get_block(10, value)
        for use in (reader.to_pandas, lambda start: reader.read_counts(start, 10)):
            with pytest.raises(ConfigurationError, match="must be a whole number"):
                use(value)


@pytest.mark.parametrize("value", [0, -1])
def test_pieces_and_groups_have_a_sample_at_least(files: dict[int, Path], value: int) -> None:
    with PicoStreamReader(files[1]) as reader:
        for call in (reader.get_next_block, reader.get_block_iter):
            with pytest.raises(ConfigurationError, match="1 sample or more"):
                call(value)
        for call in (reader.get_next_block, reader.get_block_iter, reader.get_block):
            with pytest.raises(ConfigurationError, match="factor must be 1 or more"):
                call(1000, decimation_factor=value)


@pytest.mark.parametrize("mode", ["median", "", None, 1, "MEAN", []])
def test_unknown_modes_are_refused(files: dict[int, Path], mode: Any) -> None:
    with PicoStreamReader(files[1]) as reader:
        for call in (reader.get_next_block, reader.get_block_iter, reader.get_block):
            with pytest.raises(ConfigurationError, match="use mean or min_max"):
                call(100, decimation_mode=mode)


def test_numpy_integers_are_numbers(files: dict[int, Path]) -> None:
    with PicoStreamReader(files[1]) as reader:
        block = reader.get_block(np.int64(100), np.uint16(7), np.int32(10), "min_max")
        assert block[0].size == 20


@pytest.mark.parametrize(
    ("size", "start"),
    [
        (SAMPLES + 1, 0),
        (1, SAMPLES),
        (2, SAMPLES - 1),
        (5, 10 * SAMPLES),
        (0, 7),
        (5, -1),
        (-3, 5),
        (10**30, 100),
        (1e3, 20.0),
        (np.float64(10), np.float32(5)),
    ],
)
@pytest.mark.parametrize("pairs", [1, 2])
def test_blocks_clip_as_slices_do(
    files: dict[int, Path], size: float, start: float, pairs: int
) -> None:
    samples = np.arange(SAMPLES)[int(start) : int(start) + int(size)]
    with PicoStreamReader(files[pairs]) as reader:
        times_s, voltages_mv = reader.get_block(size, start)
        assert times_s.size == voltages_mv.size == samples.size * pairs
        np.testing.assert_array_equal(
            voltages_mv, reader[int(start) : int(start) + int(size)].ravel()
        )
        assert reader.read_counts(size=size, start=start).shape[0] == samples.size
        assert len(reader.to_pandas(start, size, channels=["A"])) == samples.size * pairs
        for mode in ("mean", "min_max"):
            times_s, voltages_mv = reader.get_block(size, start, 7, mode)
            groups = -(-samples.size // 7)
            assert times_s.size == voltages_mv.size == groups * (1 if mode == "mean" else 2)


def test_a_group_may_be_longer_than_its_block(files: dict[int, Path]) -> None:
    with PicoStreamReader(files[1]) as reader:
        (mean,) = reader.get_block(10, 0, 1000)[1]
        assert mean == pytest.approx(reader[0:10].mean())
        assert reader.get_next_block(10, 1000)[1] == pytest.approx([reader[0:1000].mean()])
        assert len(list(reader.get_block_iter(10, SAMPLES + 1))) == 1


def test_the_path_is_text_and_the_dataset_h5pys(files: dict[int, Path], tmp_path: Path) -> None:
    reader = PicoStreamReader(files[1])
    assert reader.hdf5_path == str(files[1])
    assert reader.downsample_mode == "average"
    assert reader.dset is None
    with reader:
        assert reader.dset.shape == (SAMPLES,)
        np.testing.assert_array_equal(reader.dset[5:9], reader.read_counts(5, 4))
        reader.refresh()
        assert reader.dset[0] == reader.read_counts(0, 1)[0]
    assert reader.dset is None
    with PicoStreamReader(write_picostream(tmp_path / "p.hdf5", noise(10))) as reader:
        np.testing.assert_array_equal(reader.dset[:], noise(10))


def test_h5py_may_have_the_file_open_as_well(files: dict[int, Path]) -> None:
    path = files[1]
    with h5py.File(path) as file, PicoStreamReader(path) as reader:
        assert reader.dset.shape == file["adc_counts"].shape
    with PicoStreamReader(path) as reader:
        assert reader.dset is not None
        with h5py.File(path) as file:
            assert reader.dset.shape == file["adc_counts"].shape


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_a_lock_keeps_nobody_from_the_dataset(files: dict[int, Path]) -> None:
    import fcntl

    path = files[1]
    with path.open("rb") as file, PicoStreamReader(path) as reader:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError):
            h5py.File(path)
        assert reader.dset is not None


def test_a_block_beyond_the_memory_is_refused(
    files: dict[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_SURE_BYTES", 0)
    with PicoStreamReader(files[1]) as reader:
        assert reader.get_block(SAMPLES)[0].size == SAMPLES
        monkeypatch.setattr(memory, "free_memory", lambda: FreeMemory(1000))
        with pytest.raises(PicoStreamError, match="get_block_iter"):
            reader.get_block(SAMPLES)
        assert reader.get_block(SAMPLES, 0, SAMPLES)[0].size == 1


def test_a_factor_may_be_larger_than_any_recording(files: dict[int, Path]) -> None:
    with PicoStreamReader(files[1]) as reader:
        wanted = reader.get_block(SAMPLES, 0, 2 * SAMPLES)
        np.testing.assert_array_equal(reader.get_block(SAMPLES, 0, 10**30), wanted)


def test_slices_follow_pythons_rules(files: dict[int, Path]) -> None:
    expected = to_mv(noise(SAMPLES))
    with PicoStreamReader(files[1]) as reader:
        for stretch in (np.s_[1000:2000], np.s_[-10:], np.s_[:], np.s_[5:3], np.s_[4000 : 10**9]):
            np.testing.assert_array_equal(reader[stretch], expected[stretch])
        bad: Any
        for bad in (5, np.s_[::2], np.s_[::-1], np.s_["a":], np.s_[1.5:], (1, 2), None):
            with pytest.raises(ConfigurationError):
                reader[bad]
    pairs = noise(2 * SAMPLES).reshape(-1, 2)
    with PicoStreamReader(files[2]) as reader:
        np.testing.assert_array_equal(reader[10:20], to_mv(pairs[10:20]))
        np.testing.assert_array_equal(reader.read_counts(10, 10), pairs[10:20])
        assert reader.num_samples == SAMPLES
