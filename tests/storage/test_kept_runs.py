"""Samples of the file and of the stream, where only events are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.records import CAPTURE_DTYPE, KEPT_BINS, KEPT_DTYPE, KEPT_MESSAGE_DTYPE
from picostream_pymeasure.storage.reading.kept_runs import KeptRuns, connected
from picostream_pymeasure.storage.writing.context import FILE
from picostream_pymeasure.storage.writing.tables import take_kept
from picostream_pymeasure.system.native_files import native_handle

windows = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30)), min_size=1, max_size=12)


@given(windows, st.integers(0, 30))
def test_every_sample_has_its_place(steps: list[tuple[int, int]], missing_end: int) -> None:
    """Windows begin in order; of what they share the file holds one copy."""
    begins = np.cumsum([step for step, _ in steps])
    ends = np.maximum.accumulate(begins + [length for _, length in steps])
    kept = np.zeros(int(ends[-1]), bool)
    for begin, end in zip(begins, ends, strict=True):
        kept[begin:end] = True
    stream = np.flatnonzero(kept)  # of each sample of the file
    stored = max(len(stream) - missing_end, 0)
    rows = np.zeros(len(steps), CAPTURE_DTYPE)
    rows["stream_sample"], rows["samples"] = begins, ends - begins
    rows["first_sample"] = np.searchsorted(stream, begins)
    runs = KeptRuns(rows, stored)
    assert runs.stop == stored
    samples = np.arange(stored)
    if stored:
        assert runs.stream_of(samples).tolist() == stream[:stored].tolist()
    everywhere = np.arange(int(ends[-1]) + 5)
    expected = np.searchsorted(stream[:stored], everywhere)
    assert runs.place_of(everywhere).tolist() == expected.tolist()


def test_rows_behind_one_that_a_repair_had_shortened_do_not_count() -> None:
    rows = np.zeros(4, CAPTURE_DTYPE)
    rows["first_sample"] = rows["stream_sample"] = [0, 10, 15, 30]
    rows["samples"] = [10, 20, 5, 10]  # the third lies within the second
    assert len(connected(rows)) == 4
    rows["samples"][1] = 6
    assert len(connected(rows)) == 3
    rows["samples"][1] = 4
    assert len(connected(rows)) == 2
    assert KeptRuns(connected(rows), 40).stop == 14
    assert len(connected(rows[:0])) == 0


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("first_sample", (0, 11)),
        ("first_sample", (1, 10)),
        ("samples", (10, 0)),
        ("stream_sample", (50, 20)),
        ("stream_sample", (5, 2**60)),
    ],
)
def test_rows_that_contradict_each_other_are_refused(field: str, values: tuple[int, int]) -> None:
    rows = np.zeros(2, CAPTURE_DTYPE)
    rows["first_sample"], rows["samples"], rows["stream_sample"] = (0, 10), 10, (5, 100)
    KeptRuns(rows, 20)
    rows[field] = values
    with pytest.raises(FileFormatError, match="contradict"):
        KeptRuns(rows, 20)


def test_bins_of_another_length_are_none_until_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "totals"
    path.write_bytes(bytes(KEPT_DTYPE.itemsize))
    scratch, nowhere = np.zeros(64, np.int64), np.array([-1])
    file, message = np.zeros(1, FILE), np.zeros(1, KEPT_MESSAGE_DTYPE)
    file["scratch_address"], file["kept_places_address"] = scratch.ctypes.data, nowhere.ctypes.data
    message["bins_address"] = scratch.ctypes.data
    file["kept_factor"], message["samples_per_bin"], message["n_bins"] = 100, 100, 3

    def told() -> tuple[int, int]:
        totals = np.frombuffer(path.read_bytes(), KEPT_DTYPE)[0]
        return int(totals["samples_per_bin"]), int(totals["n_bins"])

    with path.open("r+b") as opened:
        file["handle"] = native_handle(opened.fileno())
        take_kept(file[0], message[0])
        assert told() == (100, 3)
        file["n_inputs"], message["samples_per_bin"], message["row_bytes"] = 1, 200, 4 * KEPT_BINS
        take_kept(file[0], message[0])
    assert int(file["failure"][0]) < 0, "the bins have no place"
    assert told() == (200, 0)
