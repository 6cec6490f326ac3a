"""The live plot stands still, as under a debugger or on a machine that swaps: nothing is lost."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from .command import Picostream
from .counting import assert_whole

NAME = "data.hdf5"
RECORD = ("--simulate", "-s", "1", "--plot", "-o", NAME)

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="stops a process as POSIX does"),
    pytest.mark.long,
]


def plot_of(process_id: int) -> psutil.Process | None:
    """The live plot that a recording has started, if it has by now."""
    for child in psutil.Process(process_id).children():
        with contextlib.suppress(psutil.Error):  # it has ended
            if "picostream_pymeasure.dfplot" in child.cmdline():
                return child
    return None


@pytest.mark.parametrize(("is_shown", "pause_s"), [(False, 0.0), (True, 20.0)])
def test_a_recording_goes_on_and_ends_beside_it(
    tmp_path: Path, is_shown: bool, pause_s: float
) -> None:
    picostream = Picostream(tmp_path)
    process = picostream.start(*RECORD, env={"QT_QPA_PLATFORM": "offscreen"})
    path = tmp_path / NAME
    plot = None
    while plot is None or (is_shown and not any(NAME in file.path for file in plot.open_files())):
        assert process.poll() is None
        plot = plot_of(process.pid)
        time.sleep(0.01)
    plot.suspend()
    try:
        size = path.stat().st_size
        time.sleep(pause_s)
        while path.stat().st_size < size + 500_000:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        ended = picostream.end(process)
        assert plot.status() == psutil.STATUS_STOPPED
    finally:
        plot.kill()
    assert ended.code == 0, ended
    assert_whole(path)
