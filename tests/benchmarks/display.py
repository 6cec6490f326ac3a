"""How fast is the display, and does it disturb a recording?

Updates: an hour at 62.5 MS/s whose samples and overview are noise where the pictures look and holes
elsewhere; from the change of the view to the painted picture, 1920 x 800, all in the page cache.
Live: 125 MS/s recorded by ``picostream`` in another process, while the display follows 0.5 s of it
and its thread freezes once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from picostream_pymeasure.storage.schema import FACTORS
from tests.support.event_loop import wait

from .sparse_recordings import write_sparse

_SIZE_PX = (1920, 800)
_ROUNDS = 9
_HOUR_S = 3600.0
_INTERVAL_S = 16e-9
_PLACE_S = 1800.0

#: Seconds around the place that are filled: of the samples, and of each level what is drawn.
_FILLED_S = {1: 0.1, 2**8: 2.0, 2**12: 30.0, 2**16: 500.0, 2**20: _HOUR_S, 2**24: _HOUR_S}

_WINDOWS_S = (1e-5, 1e-4, 1e-3, 1e-2, 0.06, 0.1, 0.5, 1.0, 10.0, 60.0, 600.0, _HOUR_S)


def measure(folder: Path, seconds: float) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from pymeasure.display.Qt import QtWidgets

    application = QtWidgets.QApplication.instance() or QtWidgets.QApplication([])
    from picostream_pymeasure.display.application import windows_first

    with windows_first(lambda: False):  # as the program has it
        for channels in ("A", "ABCD"):
            _measure_updates(folder / "hour.hdf5", channels)
        _measure_live(folder / "live.hdf5", seconds)
        application.closeAllWindows()


def _measure_updates(path: Path, channels: str) -> None:
    print(f"{len(channels)} channel(s) of noise:")
    _make_hour(path, channels)
    display = _display(path)
    wait(lambda: display.frame is not None and display.frame.traces)
    painted = _painted_frames(display)
    slowest_s = slowest_cpu_s = 0.0
    for window_s in _WINDOWS_S:
        rounds = [_update_s(display, painted, window_s, round_) for round_ in range(_ROUNDS)]
        taken_s, cpu_s = map(median, zip(*rounds, strict=True))
        slowest_s, slowest_cpu_s = max(slowest_s, taken_s), max(slowest_cpu_s, cpu_s)
        print(
            f"update of a window of {window_s:g} s: {taken_s * 1e3:.1f} ms, "
            f"of the processor {cpu_s * 1e3:.1f} ms",
            flush=True,
        )
    print(f"slowest: {slowest_s * 1e3:.1f} ms, of the processor {slowest_cpu_s * 1e3:.1f} ms")
    display.close()
    path.unlink()


def _update_s(
    display: Any, painted: list[Any], window_s: float, round_: int
) -> tuple[float, float]:
    """From the change of the view to the painted picture: by the clock, and of the processor."""
    begin_s = min(max(_PLACE_S - window_s / 2, 0.0), _HOUR_S - window_s) + round_ * window_s / 1e4
    started_s, started_cpu_s = time.perf_counter(), time.process_time()
    display.navigator.show(begin_s, begin_s + window_s)
    wait(lambda: painted[-1].view == display.navigator.view)
    return time.perf_counter() - started_s, time.process_time() - started_cpu_s


def _painted_frames(display: Any) -> list[Any]:
    """The frames that the plot paints from now on, one after the other, after the present one."""
    from pymeasure.display.Qt import QtCore

    frames = [display.frame]

    class Watch(QtCore.QObject):
        def eventFilter(self, _: Any, event: Any) -> bool:  # noqa: N802 - Qt's name
            if event.type() == QtCore.QEvent.Paint:
                frames.append(display.frame)
            return False

    watch = Watch(display)
    display.plot.viewport().installEventFilter(watch)
    return frames


def _measure_live(path: Path, seconds: float) -> None:
    command = ["picostream_pymeasure.cli", "-s", "125", "-b", "8", "--simulate"]
    program = f"from {command[0]} import main; main()"
    options = [*command[1:], "--duration", str(seconds), "-o", str(path)]
    recording = subprocess.Popen(
        [sys.executable, "-c", program, *options], stdout=subprocess.PIPE, text=True
    )
    display = _display(path)
    stamps_s: list[float] = []
    display.updated.connect(lambda: stamps_s.append(time.perf_counter()))
    wait(lambda: display.frame is not None and display.frame.traces)
    begun_s = time.perf_counter()
    half_s = seconds * 0.4
    wait(lambda: time.perf_counter() - begun_s > half_s)
    n_frames = sum(stamp > begun_s for stamp in stamps_s)
    time.sleep(min(30.0, half_s))
    wait(lambda: display.frame.facts.is_finished, timeout_s=seconds + 60)
    display.close()
    output, _ = recording.communicate()
    print(f"125 MS/s in another process, window 0.5 s: {n_frames / half_s:.1f} updates a second")
    print(f"then the display froze for {min(30.0, half_s):.0f} s; {output.splitlines()[-1]}")
    print(f"exit code of the recording: {recording.returncode} (0: complete and verified)")
    path.unlink()


def _display(path: Path) -> Any:
    from picostream_pymeasure import HDF5LivePlotter

    display = HDF5LivePlotter(str(path), theme="light")
    display.resize(*_SIZE_PX)
    display.show()
    display.start_updates()
    return display


def _make_hour(path: Path, channels: str) -> None:
    def stretch(factor: int) -> tuple[int, int]:
        half_s = _FILLED_S[factor] / 2
        begin_s, end_s = max(_PLACE_S - half_s, 0.0), _PLACE_S + half_s
        return round(begin_s / _INTERVAL_S / factor), round(end_s / _INTERVAL_S / factor)

    stretches = {factor: stretch(factor) for factor in (1, *FACTORS)}
    write_sparse(path, round(_HOUR_S / _INTERVAL_S), _INTERVAL_S * 1e9, stretches, channels)
