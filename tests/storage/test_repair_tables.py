"""``repair`` and the tables: gaps and marks that came last."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from picostream_pymeasure.records import Event
from picostream_pymeasure.storage import open_recording, repair, verify
from picostream_pymeasure.storage.bytes.raw_file import RawFile
from picostream_pymeasure.storage.layout.records import STATE_DTYPE, sealed
from tests.support.crashed_files import check, crashed, some_blocks
from tests.support.storage_stream import Stream, gap_at, prove_stream


def test_a_gap_or_mark_after_the_last_sample_kept_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"

    def lose_the_end(stream: Stream) -> None:
        some_blocks(stream)
        at = stream.recorder.stored_samples + 9
        stream.recorder.add_gap(gap_at(at, 7, 7, "pool full", 0.0))
        stream.recorder.add_event(Event(at, 0.0, "late"))

    crashed(path, lose_the_end)
    assert repair(path).lost_samples == 10
    assert check(path).errors == []


def test_a_gap_behind_the_last_sample_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"

    def lose_the_end(stream: Stream) -> None:
        some_blocks(stream)
        end = stream.recorder.stored_samples
        stream.recorder.add_gap(gap_at(end, 7, 7, "pool full", 0.0))
        stream.recorder.add_event(Event(end, 0.0, "at the end"))

    samples = crashed(path, lose_the_end)
    report = repair(path)
    assert (report.samples, report.lost_samples) == (samples, 17)
    with open_recording(path) as recording:
        assert recording.events["label"].tolist() == [b"at the end"]


def test_room_for_a_table_that_was_taken_since_the_last_publishing(tmp_path: Path) -> None:
    path = tmp_path / "data.hdf5"

    def write(stream: Stream) -> None:
        stream.write()
        stream.recorder.add_event(Event(1, 0.0, "kept", 1.0))

    crashed(path, write)
    with open_recording(path) as recording:
        assert recording.planned is not None
        position, size = recording.planned.plan.fixed["recovery/state"]
    raw = RawFile(path, writable=True)
    state = np.frombuffer(raw.read(position, size), STATE_DTYPE).copy()
    state["units"] = 0  # as it was before the event had its room
    raw.write(position, sealed(state))
    raw.close()
    repair(path)
    report = verify(path, prove=prove_stream)
    assert report.errors == []
    with open_recording(path) as recording:
        assert recording.events["label"].tolist() == [b"kept"]
