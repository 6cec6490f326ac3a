"""Tables of live-only files whose rows were used again: for everybody in the order of time."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.records import ClockPair, Event, Health
from picostream_pymeasure.storage import Recorder, open_recording, repair, verify
from tests.storage.test_repair_again import cuts
from tests.support.hdf5.sparse_reading import copy_sparse
from tests.support.live_stream import LiveStream, describe_live
from tests.support.storage_stream import finish, gap_at

#: More than have room: 3968, 496 and 992.
PAIRS, MARKS, GAPS = 5000, 600, 1100
LOST = 3 * GAPS


def left_and_finished(folder: Path) -> tuple[Path, Path]:
    """A file as a killed program leaves it, and as its end does."""
    finished, left = folder / "a.hdf5", folder / "b.hdf5"
    stream = LiveStream(Recorder(finished, live_only_s=0.2), describe_live())
    stream.write_blocks(3)
    for number in range(PAIRS):
        stream.recorder.add_clock(ClockPair(number, 100_000_000 * number, 0))
    for number in range(MARKS):
        stream.recorder.add_event(Event(number, number * 1e-3, f"mark {number}"))
    for number in range(GAPS):
        stream.recorder.add_gap(gap_at(number, 3, 3, "pool full", 0.0))
    stream.recorder.update(Health(received=stream.recorder.stored_samples))
    copy_sparse(finished, left)
    finish(stream.recorder)
    return finished, left


def in_order(path: Path) -> None:
    """The newest rows, the oldest of them first, for other programs and for readers of ours."""
    with h5py.File(path) as file:
        for name, last in (("clock", PAIRS), ("events", MARKS), ("gaps", GAPS)):
            found = file[name]["sample_index"]
            np.testing.assert_array_equal(found, np.arange(last - len(found), last), name)
        times_s = file["clock"]["host_s"]
        np.testing.assert_allclose(np.diff(times_s), 0.1)
        assert file.attrs["lost_samples"] == LOST
    with open_recording(path) as recording:
        assert recording.lacks == ()
        assert recording.lost_samples + recording.missing_before == LOST
        assert recording.events["sample_index"][0] == MARKS - len(recording.events)
    assert verify(path).errors == []


@pytest.mark.parametrize("is_left", [False, True])
def test_rows_that_were_used_again_are_in_order_at_the_end(tmp_path: Path, is_left: bool) -> None:
    finished, left = left_and_finished(tmp_path)
    if is_left:
        repair(left)
    in_order(left if is_left else finished)
    assert not repair(left if is_left else finished).repaired


def test_an_end_that_is_cut_short_loses_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are written down before the first of them gets another place."""
    _, left = left_and_finished(tmp_path)
    copy, seen = tmp_path / "c.hdf5", set()
    for n_bytes in cuts(left, copy, monkeypatch, 40):
        with open_recording(copy) as recording:
            assert recording.planned is not None
            seen.add(bool(recording.planned.closing_blocks()))
            assert recording.lost_samples + recording.missing_before == LOST, n_bytes
            assert len(recording.events) == 8 * 62, n_bytes
        repair(copy)
        in_order(copy)
    assert seen == {False, True}
