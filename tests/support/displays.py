"""Displays of recordings that tests make, without a screen."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.event_loop import wait
from tests.support.reader_files import write_recording

qt = pytest.importorskip(
    "pymeasure.display.Qt",
    reason="Qt cannot be loaded; on Debian install libgl1 and libglib2.0-0",
    exc_type=ImportError,
)
QtCore, QtGui, QtWidgets = qt.QtCore, qt.QtGui, qt.QtWidgets

INTERVAL_S = 16e-9


@contextlib.contextmanager
def shown(path: Path | str, size: tuple[int, int] = (800, 500), **options: Any) -> Iterator[Any]:
    """A display that looks at a file; closed on leaving."""
    from picostream_pymeasure.display.live_plotter import HDF5LivePlotter

    options = {"update_interval_ms": 10, "theme": "light", **options}
    display = HDF5LivePlotter(str(path), **options)
    display.resize(*size)
    display.show()
    wait(lambda: display.isActiveWindow() or display.activateWindow())
    display.start_updates()
    try:
        yield display
    finally:
        display.close()


def wait_for_traces(display: Any) -> None:
    wait(lambda: display.frame is not None and display.frame.traces)


def wait_for_view(display: Any) -> None:
    """Wait until what is asked for is painted."""
    wait(lambda: display.frame.traces and display.frame.view == display.navigator.view)


def press(display: Any, key: str) -> None:
    """Press a key on the display, which must have the keyboard."""
    from qtpy.QtTest import QTest

    QTest.keySequence(display, QtGui.QKeySequence(key))


def view_s(display: Any) -> tuple[float, float]:
    """Begin and end of what is painted."""
    begin, end = display.plot.getViewBox().viewRange()[0]
    return begin + display.plot.origin_s, end + display.plot.origin_s


def pixels(widget: Any) -> NDArray[np.uint32]:
    """A picture of a widget; uint32 RGB, shape (height, width)."""
    image = widget.grab().toImage().convertToFormat(QtGui.QImage.Format_RGB32)
    flat = np.frombuffer(image.constBits().asarray(image.sizeInBytes()), np.uint32)
    return flat.reshape(image.height(), image.width()).copy()


def trace_pixels(display: Any, channel: str) -> NDArray[np.bool_]:
    """Where the plot, within its axes, has a channel's colour, not counting what marks its zero."""
    display.plot.showGrid(False, False)
    display.plot.zero_markers.show_channels({}, ())
    colour = QtGui.QColor(display.channel_colours()[channel])
    box = display.plot.getViewBox()
    corner = box.mapToScene(QtCore.QPointF(0, 0))
    left, top = round(corner.x()), round(corner.y())
    picture = pixels(display.plot)
    part = picture[top : top + round(box.height()), left : left + round(box.width())]
    return part == np.uint32(colour.rgb())


def line_pixels(
    x: NDArray[np.float64], y: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Where Qt draws a line through all points, in an image of width and height."""
    import pyqtgraph

    image = QtGui.QImage(*size, QtGui.QImage.Format_RGB32)
    image.fill(QtGui.QColor("white"))
    painter = QtGui.QPainter(image)
    painter.setPen(QtGui.QPen(QtGui.QColor("black"), 0))
    painter.drawPath(pyqtgraph.functions.arrayToQPath(x, y))
    painter.end()
    flat = np.frombuffer(image.constBits().asarray(image.sizeInBytes()), np.uint32)
    return (flat == 0xFF000000).reshape(image.height(), image.width())


def sine(samples: int, period: int, amplitude: int = 9000) -> NDArray[np.int16]:
    phase = np.arange(samples) * (2 * np.pi / period)
    return (amplitude * np.sin(phase)).astype(np.int16)


def recording(
    path: Path,
    counts: NDArray[np.int16] | dict[str, NDArray[np.int16]] | None = None,
    gaps: Sequence[tuple[int, int]] = (),
    **options: Any,
) -> Path:
    """A finished recording, by default 0.8 ms of a 20 kHz sine at 62.5 MS/s."""
    if counts is None:
        counts = sine(50_000, 3125)
    return write_recording(path, counts, gaps=gaps, **options)
