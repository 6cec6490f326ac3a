"""Another program locks the file that is recorded: it is named, and the recording can be ended."""

from __future__ import annotations

import errno
import signal
from pathlib import Path

from picostream_pymeasure.storage import repair, verify

from ..support.disk import Preload
from .command import Picostream

RECORD = ("--simulate", "--sample-rate", "1MS/s", "-o", "a.hdf5")


def test_a_lock_that_stays_is_named_and_can_be_ended(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    fail = f"write:{errno.EACCES}:300:1000000000"
    environment = Preload.build(tmp_path).environment(folder, fail=fail)
    command = Picostream(folder)
    process = command.start(*RECORD, "--buffer-sec", "60", env=environment)
    assert process.stdout is not None
    said = ""
    while "has locked" not in said:
        said = process.stdout.readline()
        assert said, process.wait()
    assert "a.hdf5" in said
    process.send_signal(signal.SIGINT)
    ended = command.end(process)
    assert ended.code == 1
    assert "another program keeps it locked" in ended.text
    repair(folder / "a.hdf5")
    report = verify(folder / "a.hdf5")
    assert report.samples > 0
    assert report.errors == []
