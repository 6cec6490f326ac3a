"""A program that ends while it records: the file does not say that all was as asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from picostream_pymeasure import verify
from picostream_pymeasure.errors import StreamError
from picostream_pymeasure.instrument import PicoScope5000A
from picostream_pymeasure.storage import open_recording

_BEGIN = """
import sys, time
from picostream_pymeasure import PicoScope5000A
scope = PicoScope5000A(simulated=True)
scope.sample_rate = 1e5
session = scope.stream(sys.argv[1], duration=3600)
def begin():
    session.start()
    while not session.health().stored:
        time.sleep(0.01)
"""


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("begin(); raise RuntimeError('tripped')", "The program ended before the recording did."),
        ("begin(); raise KeyboardInterrupt", "The program ended before the recording did."),
        ("with session: sys.exit(3)", "The program ended before the recording did."),
        ("with session: raise KeyboardInterrupt", "Interrupted by the user."),
    ],
)
def test_it_is_told_as_such(tmp_path: Path, end: str, reason: str) -> None:
    path = tmp_path / "left.hdf5"
    subprocess.run(
        [sys.executable, "-c", _BEGIN + end, str(path)], check=False, capture_output=True
    )
    with open_recording(path) as recording:
        assert recording.attributes["ended_by"] == "aborted"
        assert recording.attributes["reason"] == reason
    assert verify(path).exit_code == 3


def test_a_wait_that_is_too_short_blames_nobody(tmp_path: Path) -> None:
    with PicoScope5000A(simulated=True) as scope:
        scope.sample_rate = 1e5
        with (
            pytest.raises(StreamError, match=r"not ended within 0.01 s: wait longer, or stop it"),
            scope.stream(tmp_path / "short.hdf5", duration=3600) as session,
        ):
            session.wait(0.01)
