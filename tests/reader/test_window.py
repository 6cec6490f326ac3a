"""Drawing data against the columns made from every sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.reader import PicoStreamReader, window
from picostream_pymeasure.storage.reading.rows import PlannedRows
from tests.support.reader_files import (
    columns,
    noise,
    sample_times_s,
    to_mv,
    write_picostream,
    write_recording,
)

INTERVAL_S = 16e-9
SAMPLES = 300_007
GAPS = [(100_100, 50_000), (100_200, 3), (200_001, 8_000)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("window")
    counts, pairs = noise(SAMPLES), noise(2 * SAMPLES)
    return {
        "plain": write_recording(folder / "a.hdf5", counts, chunk=5000),
        "gaps": write_recording(folder / "b.hdf5", counts, chunk=5000, gaps=GAPS),
        "pairs": write_recording(folder / "c.hdf5", pairs, chunk=5000, downsample_mode="aggregate"),
        "picostream": write_picostream(folder / "e.hdf5", counts),
    }


@pytest.fixture
def from_bins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small files be drawn as large ones are."""
    monkeypatch.setattr(window, "_RAW_SAMPLES", 0)
    monkeypatch.setattr(window, "_RAW_REST", 300)


def values_of(name: str) -> np.ndarray:
    return noise(2 * SAMPLES if name == "pairs" else SAMPLES)


def gaps_of(name: str) -> list[tuple[int, int]]:
    return GAPS if name == "gaps" else []


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["plain", "gaps", "pairs", "picostream"]),
    st.floats(-1000, 400_000),
    st.floats(1, 100_000),
    st.integers(1, 50),
)
def test_short_windows_are_exact(
    files: dict[str, Path], name: str, first: float, length: float, n_out: int
) -> None:
    begin_s, end_s = first * INTERVAL_S, (first + length) * INTERVAL_S
    with PicoStreamReader(files[name]) as reader:
        found = reader.window(begin_s, end_s, n_out)
    assert found.shape == (n_out, 4)
    assert found.dtype == np.float64
    edges_s = begin_s + (end_s - begin_s) * (np.arange(n_out + 1) / n_out)
    times_s = TIMES_S[name]
    # a sample within a thousandth of an interval before an edge counts as at the edge
    expected = columns(values_of(name), times_s, edges_s - INTERVAL_S * 1e-3)
    np.testing.assert_array_equal(found, expected)


def _times(gaps: list[tuple[int, int]]) -> np.ndarray:
    times = np.arange(SAMPLES, dtype=np.float64)
    for at, missing in gaps:
        times[at:] += missing
    return times * INTERVAL_S


TIMES_S = {name: _times(gaps_of(name)) for name in ("plain", "gaps", "pairs", "picostream")}


@pytest.mark.usefixtures("from_bins")
@pytest.mark.parametrize("name", ["plain", "pairs"])
@pytest.mark.parametrize(("first", "bins", "n_out"), [(0, 4, 100), (256 * 3, 10, 77), (0, 128, 9)])
def test_columns_that_fit_bins_are_exact(
    files: dict[str, Path], name: str, first: int, bins: int, n_out: int
) -> None:
    begin_s = first * INTERVAL_S
    end_s = begin_s + 256 * bins * n_out * INTERVAL_S
    with PicoStreamReader(files[name]) as reader:
        found = reader.window(begin_s, end_s, n_out)
    edges_s = begin_s + np.arange(n_out + 1) * 256 * bins * INTERVAL_S - INTERVAL_S * 1e-3
    np.testing.assert_array_equal(found, columns(values_of(name), TIMES_S[name], edges_s))


@pytest.mark.usefixtures("from_bins")
@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["plain", "gaps", "pairs"]),
    st.integers(-20_000, 200_000),
    st.integers(50_000, 400_000),
    st.integers(1, 20),
)
@example("plain", -2504, 50_000, 19)
def test_bins_miss_no_sample_and_move_none_further_than_half_a_bin(
    files: dict[str, Path], name: str, first: int, length: int, n_out: int
) -> None:
    begin_s, end_s = first * INTERVAL_S, (first + length) * INTERVAL_S
    with PicoStreamReader(files[name]) as reader:
        found = reader.window(begin_s, end_s, n_out)
    edges_s = begin_s + (end_s - begin_s) * (np.arange(n_out + 1) / n_out) - INTERVAL_S * 1e-3
    exact = columns(values_of(name), TIMES_S[name], edges_s)
    assert np.nanmin(found[:, 1], initial=9e9) == np.nanmin(exact[:, 1], initial=9e9)
    assert np.nanmax(found[:, 2], initial=-9e9) == np.nanmax(exact[:, 2], initial=-9e9)
    filled = ~np.isnan(exact[:, 0])
    if filled.any():
        ends = np.flatnonzero(filled)[[0, -1]]
        assert found[ends[0], 0] == exact[ends[0], 0]
        assert found[ends[1], 3] == exact[ends[1], 3]
    largest = max(f for f in (256, 4096, 65536, 0) if f * 4 <= length / n_out or not f)
    slack_s = largest / 2 * INTERVAL_S
    for index in range(n_out):
        values, times_s = values_of(name).reshape(SAMPLES, -1), TIMES_S[name]
        inner = (times_s >= edges_s[index] + slack_s) & (times_s < edges_s[index + 1] - slack_s)
        outer = (times_s >= edges_s[index] - slack_s) & (times_s < edges_s[index + 1] + slack_s)
        if inner.any():
            assert to_mv(values[outer].min()) <= found[index, 1] <= to_mv(values[inner].min())
            assert to_mv(values[outer].max()) >= found[index, 2] >= to_mv(values[inner].max())


@pytest.mark.usefixtures("from_bins")
def test_a_spike_beside_a_gap_stays_on_its_side(tmp_path: Path) -> None:
    counts = np.zeros(200_000, np.int16)
    counts[99_999] = 30_000
    counts[100_000] = -30_000
    gaps = [(100_000, 300_000)]
    path = write_recording(tmp_path / "a.hdf5", counts, chunk=5000, gaps=gaps)
    with PicoStreamReader(path) as reader:
        found = reader.window(0, 500_000 * INTERVAL_S, 50)
    assert np.isnan(found[10:40]).all()
    assert not np.isnan(found[:10]).any()
    assert not np.isnan(found[40:]).any()
    assert found[9].tolist() == to_mv([0, 0, 30_000, 30_000]).tolist()
    assert found[40].tolist() == to_mv([-30_000, -30_000, 0, 0]).tolist()


@pytest.mark.usefixtures("from_bins")
def test_a_hundred_gaps_hide_nothing(tmp_path: Path) -> None:
    counts = noise(200_000)
    gaps = [(2000 * n + 17, 9_000) for n in range(1, 100)]
    path = write_recording(tmp_path / "a.hdf5", counts, chunk=5000, gaps=gaps)
    with PicoStreamReader(path) as reader:
        found = reader.window(0, reader.duration_s, 150)
    assert np.nanmin(found[:, 1]) == to_mv(counts.min())
    assert np.nanmax(found[:, 2]) == to_mv(counts.max())


class Reads:
    """Counts what is read, and its values."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.n = self.values = 0
        original = PlannedRows.read

        def read(array: Any, start: int, stop: int, *rest: Any) -> Any:
            values = original(array, start, stop, *rest)
            self.n += 1
            self.values += values.size
            return values

        patch.setattr(PlannedRows, "read", read)


def test_the_values_read_depend_on_the_columns_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = noise(12_000_000)
    path = write_recording(tmp_path / "a.hdf5", counts, chunk=100_000)
    reads = Reads(monkeypatch)
    with PicoStreamReader(path) as reader:
        for length in (1_000_000, 4_000_000, 4_000_100, 8_000_000, 12_000_000):
            reads.values = 0
            reader.window(0, length * INTERVAL_S, 50)
            assert reads.values <= max(50 * 4 * 130 + 5 * 65536, 4_000_100)
            if length > 4_000_000:
                assert reads.values < 400_000


def test_without_an_overview_all_samples_are_read_piece_by_piece(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "_RAW_SAMPLES", 0)
    monkeypatch.setattr(window, "_PIECE_SAMPLES", 7001)
    edges_s = np.arange(4) * 1.6e-3 - 1.6e-11
    with PicoStreamReader(files["picostream"]) as reader:
        found = reader.window(0, 4.8e-3, 3)
    np.testing.assert_array_equal(found, columns(noise(SAMPLES), TIMES_S["picostream"], edges_s))


@pytest.mark.usefixtures("from_bins")
def test_few_small_reads_lie_beside_the_bins(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = Reads(monkeypatch)
    with PicoStreamReader(files["plain"]) as reader:
        reader.window(1.7e-6, 300_001 * INTERVAL_S, 10)
    assert reads.n == 5  # the bins, and a rest of each finer level and of samples at each end


def test_a_channel_of_choice(tmp_path: Path) -> None:
    channels = {"A": noise(1000, 1), "C": noise(1000, 2)}
    path = write_recording(tmp_path / "a.hdf5", channels)
    with PicoStreamReader(path) as reader:
        for name, counts in channels.items():
            found = reader.window(0, 1000 * INTERVAL_S, 1, channel=name)
            assert found[0, 1] == to_mv(counts.min())
        with pytest.raises(ConfigurationError, match="no channel"):
            reader.window(0, 1, 1, channel="B")


def test_outside_of_the_recording_there_is_nothing(files: dict[str, Path]) -> None:
    with PicoStreamReader(files["plain"]) as reader:
        for begin_s, end_s in ((-5, -1), (1, 2), (1e300, 1.1e300), (-1e300, -1e299)):
            assert np.isnan(reader.window(begin_s, end_s, 10)).all()
        whole = reader.window(-1e300, 1e300, 3)
    assert np.isnan(whole[[0, 2]]).all()
    assert whole[1, 1] == to_mv(values_of("plain").min())


@pytest.mark.parametrize(
    ("begin_s", "end_s", "n_out"),
    [
        (0, 0, 10),
        (1, 0, 10),
        (float("nan"), 1, 10),
        (0, float("inf"), 10),
        ("0", 1, 10),
        (None, 1, 10),
        (0, 1, 0),
        (0, 1, -5),
        (0, 1, 10.0),
        (0, 1, 10**9),
        (0, 10**400, 10),
    ],
)
def test_impossible_windows_are_refused(
    files: dict[str, Path], begin_s: Any, end_s: Any, n_out: Any
) -> None:
    with PicoStreamReader(files["plain"]) as reader, pytest.raises(ConfigurationError):
        reader.window(begin_s, end_s, n_out)


def test_times_of_the_helper_agree() -> None:
    gaps = [(3, 2), (5, 1)]
    expected = np.array([0, 1, 2, 5, 6, 8, 9]) * INTERVAL_S
    np.testing.assert_allclose(sample_times_s(7, gaps), expected)
