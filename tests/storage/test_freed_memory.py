"""A recording whose allocator writes over all that is freed holds nothing of it.

Compiled code frees its arrays by itself. What it reads or writes of one a moment too late is right
nearly always, as nobody has used the place again; with this allocator it never is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import h5py
import pytest

from picostream_pymeasure.storage.layout.records import STATE, STATE_MAGIC, SYNC, SYNC_MAGIC
from picostream_pymeasure.storage.reading.published import parse_published
from tests.support.patience import PATIENCE_S

_FREED = b"\xdd" * 8

_MODES = {
    "plain": ("-c", "B", "-s", "1"),
    "int16": ("-b", "8", "--int16", "-s", "1"),
    "aggregate": ("-h", "4", "-m", "aggregate", "-s", "1"),
    "slow": ("-s", "0.001"),
    "live-only": ("--max-buff-sec", "0.3", "-s", "5"),
    "compressed": ("--compress", "-s", "5"),
    "kept": ("--keep", "A:rising:1V", "--max-rate", "50", "-s", "1"),
}


@pytest.mark.parametrize("mode", _MODES)
def test_nothing_is_read_that_was_freed(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "recording.hdf5"
    command = (sys.executable, "-m", "picostream_pymeasure", "--simulate", "-o", str(path))
    run = subprocess.run(
        (*command, "-c", "A", "--duration", "1.3", *_MODES[mode]),
        env={
            **os.environ,
            "PYTHONMALLOC": "debug",
            "PICOSTREAM_SIMULATED_SCOPE": "overrun_at=1000:500",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert run.returncode in (0, 3), run.stdout + run.stderr
    with h5py.File(path) as file:
        records = [file[name][()].tobytes() for name in (STATE, SYNC)]
    state = parse_published(records[0], STATE_MAGIC)
    sync = parse_published(records[1], SYNC_MAGIC)
    assert state is not None
    assert sync is not None
    assert 0 <= state.synced_samples <= state.samples, "0 where the disk took its time"
    assert 0 <= sync.samples <= state.samples
    assert path.read_bytes().count(_FREED) == 0
