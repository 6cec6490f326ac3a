"""A file whose writer cannot be made."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.storage.writing import native_writer
from tests.support.live_stream import describe_live


def test_it_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(native_writer, "WriterMemory", fail)
    recorder = Recorder(tmp_path / "a.hdf5")
    with pytest.raises(OSError, match="Too many open files"):
        recorder.open(describe_live())
    assert not list(tmp_path.iterdir())
    monkeypatch.undo()
    again = Recorder(tmp_path / "a.hdf5")
    again.open(describe_live())
    assert [path.name for path in tmp_path.iterdir()] == ["a.hdf5"]
    again._open_writer.stop()
