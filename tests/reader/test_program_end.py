"""A program ends, and has not closed what it read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.reader_files import noise, write_recording

PROGRAM = """
import gc
from picostream_pymeasure.reader import PicoStreamReader

kept = [PicoStreamReader("data.hdf5").__enter__()]
kept.append(kept)
gc.freeze()  # so nobody takes the circle apart, not even at the end
print(kept[0].num_samples)
"""


@pytest.mark.timeout(120)
def test_a_reader_that_outlives_python(tmp_path: Path) -> None:
    write_recording(tmp_path / "data.hdf5", noise(100))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "100\n"), done.stderr
