"""``repair`` of live-only files: in order for everybody."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.records import Health
from picostream_pymeasure.storage import Recorder, open_recording, repair, verify
from tests.support import live_stream
from tests.support.crashed_files import check
from tests.support.live_stream import LiveStream, describe_live, expected
from tests.support.procedures_runs import wait_until
from tests.support.programs import ask, program, tell
from tests.support.storage_stream import BLOCK_SAMPLES, finish

SECONDS = 0.2


@pytest.mark.parametrize("blocks", [0, 1, 31, 33, 70, 200])
def test_a_live_only_file_is_in_order_for_everybody_after_repair(
    tmp_path: Path, blocks: int
) -> None:
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    stream = LiveStream(Recorder(path, live_only_s=SECONDS), describe_live("AB"), gap_every=4)
    stream.write_blocks(blocks)
    stream.recorder.update(Health(received=stream.recorder.stored_samples))
    shutil.copy(path, copy)
    growing = check(path)
    finish(stream.recorder)
    left = check(copy)
    for report in (growing, left):
        assert (report.errors, report.proven_samples) == ([], report.samples), report.proof
        assert ("there is nothing to compare" in report.proof) is (blocks == 0)
    assert repair(copy).repaired
    with h5py.File(copy) as file, h5py.File(path) as whole:
        assert file.attrs["status"] == b"incomplete"
        for name in ("total_samples", "first_sample", "first_stream_sample", "lost_samples"):
            assert file.attrs[name] == whole.attrs[name]
        for name in ("adc_counts", "channels/B/adc_counts", "channels/B/overview/b256", "gaps"):
            np.testing.assert_array_equal(file[name][()], whole[name][()])
    with open_recording(copy) as opened:
        wanted = expected(opened, "B", opened.first_sample, opened.stored_samples)
        counts = opened.channels["B"].counts.read(0, opened.stored_samples)
        np.testing.assert_array_equal(counts, wanted)
    assert not repair(copy).repaired
    assert check(copy).errors == []


def test_bins_of_a_turn_that_had_only_begun_are_made_anew(tmp_path: Path) -> None:
    """The power was cut between them and the samples that they stand for; no checksum tells."""
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    stream = LiveStream(Recorder(path, live_only_s=SECONDS), describe_live("AB"))
    stream.write_blocks(200)
    stream.recorder.update(Health(received=stream.recorder.stored_samples))
    wait_until(lambda: synced(path) == stream.recorder.stored_samples)
    shutil.copy(path, copy)
    finish(stream.recorder)
    with open_recording(copy) as opened:
        assert opened.planned is not None
        plan = opened.planned.plan
        level = plan.datasets["channels/A/overview/b256"]
        segment = opened.first_sample // plan.segment_samples + 1
        chunk = segment * (plan.segment_samples // 256) // level.chunk_rows
        place = plan.chunk_position(level, chunk)
    with copy.open("r+b") as file:
        file.seek(place)
        file.write(bytes(level.chunk_rows * level.row_bytes))
    assert repair(copy).repaired
    assert check(copy).errors == []


def test_a_live_only_file_of_a_killed_program(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with program(live_stream.__file__, path, SECONDS, "AB", "none", 5) as writer:
        stop = int(ask(writer, 150))
        tell(writer, 100_000)
        wait_for(path, stop + 10 * BLOCK_SAMPLES)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    repair(path)
    assert verify(path).errors == []
    with open_recording(path) as opened:
        assert opened.first_sample + opened.stored_samples > stop
        for name, channel in opened.channels.items():
            wanted = expected(opened, name, opened.first_sample, opened.stored_samples)
            counts = channel.counts.read(0, opened.stored_samples)
            np.testing.assert_array_equal(counts, wanted)


def synced(path: Path) -> int:
    with open_recording(path) as opened:
        assert opened.planned is not None
        return opened.planned.sync().samples


def wait_for(path: Path, samples: int) -> None:
    while True:
        with open_recording(path) as opened:
            if opened.first_sample + opened.stored_samples >= samples:
                return
