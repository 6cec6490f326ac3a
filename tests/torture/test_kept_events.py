"""A crash while events are kept: what has a row that came to the disk is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import h5py
import pytest

from picostream_pymeasure.storage import repair, verify

from ..support.hdf5 import File
from .feeder import Feeder
from .judge import Judge
from .plan import Plan
from .recorders import MODES


@pytest.mark.parametrize("lost", [1, 3, 39])
def test_a_row_that_has_not_come_to_the_disk(tmp_path: Path, lost: int) -> None:
    """Of a power cut: the state tells of it, and its sector is as it was before."""
    settings = replace(MODES["kept events"], samples=150_000)
    plan, path = Plan(settings), tmp_path / "a.hdf5"
    feeder = Feeder(tmp_path / "recorded.hdf5", settings)
    writer = feeder.recorder._open_writer
    writer.memory["stop_sync"] = 1  # a row that a sync brought to the disk is there
    writer._sync.join()
    for stretch in plan.stretches:
        feeder.feed(stretch)
    path.write_bytes((tmp_path / "recorded.hdf5").read_bytes())
    feeder.close()
    rows = File(path).dataset("captures")
    assert rows.chunks is not None
    at = int(rows.chunks.positions[0])
    with h5py.File(path) as file:
        row_bytes = file["captures"].dtype.itemsize
    with path.open("r+b") as file:
        file.seek(at + lost * row_bytes)
        file.write(bytes(row_bytes))
    repair(path)
    assert verify(path).errors == []
    kept = Judge(path, plan).judge()
    assert kept.stop == plan.captures[lost][0]
