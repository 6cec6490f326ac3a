"""The picture as a file or in the clipboard, and the values in it as text."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets
from qtpy import QtSvg

from ..reading.frame import Columns, Frame, Samples

#: Kinds of pictures, as a file dialog lists them.
PICTURE_KINDS = "SVG (*.svg);;PDF (*.pdf);;PNG (*.png)"


def save_picture(widget: QtWidgets.QWidget, path: Path) -> bool:
    """Save what a widget shows as PNG, or as SVG or PDF if the suffix says so; tell whether."""
    kind = path.suffix.lower()
    if kind == ".svg":
        return _render(widget, _svg(widget, path))
    if kind == ".pdf":
        return _render(widget, _pdf(widget, path))
    return bool(widget.grab().save(str(path), "PNG"))


def _svg(widget: QtWidgets.QWidget, path: Path) -> QtGui.QPaintDevice:
    device = QtSvg.QSvgGenerator()
    device.setFileName(str(path))
    device.setSize(widget.size())
    device.setViewBox(widget.rect())
    return device


def _pdf(widget: QtWidgets.QWidget, path: Path) -> QtGui.QPaintDevice:
    device = QtGui.QPdfWriter(str(path))
    device.setResolution(widget.logicalDpiX())
    size = QtCore.QSizeF(widget.size()) * (25.4 / widget.logicalDpiX())
    page = QtGui.QPageSize(size, QtGui.QPageSize.Millimeter)
    # PyQt 5.15.0 hides what takes a size alone
    device.setPageLayout(QtGui.QPageLayout(page, QtGui.QPageLayout.Portrait, QtCore.QMarginsF()))
    return device


def _render(widget: QtWidgets.QWidget, device: QtGui.QPaintDevice) -> bool:
    painter = QtGui.QPainter()
    if not painter.begin(device):
        return False
    widget.render(painter, QtCore.QPoint(0, 0))
    return bool(painter.end())


def values_as_text(frame: Frame, hidden: Collection[str]) -> str:
    """What is drawn as tab-separated text: samples, or where there are more min and max."""
    shown = {name: trace for name, trace in frame.traces.items() if name not in hidden}
    columns = {name: trace for name, trace in shown.items() if isinstance(trace, Columns)}
    if columns:
        return _columns_as_text(frame, columns)
    samples = {name: trace for name, trace in shown.items() if isinstance(trace, Samples)}
    lines = ["\t".join(["Time (s)", *(_title(frame, name) for name in samples)])]
    times_s = next(iter(samples.values())).times_s if samples else ()
    values = [trace.values_v * _gain(frame, name) for name, trace in samples.items()]
    rows = zip(times_s, *values, strict=True)
    lines += ["\t".join(f"{value:.9g}" for value in row) for row in rows]
    return "\n".join(lines)


def _title(frame: Frame, name: str, which: str = "") -> str:
    unit = frame.facts.channels[name].unit if frame.facts else "V"
    if _is_digital(frame, name):
        unit = "bit pattern"
    return f"{name or 'Input'}{which} ({unit})"


def _is_digital(frame: Frame, name: str) -> bool:
    return frame.facts is not None and frame.facts.channels[name].is_digital


def _gain(frame: Frame, name: str) -> float:
    """A bit pattern is drawn as so many mV."""
    return 1e3 if _is_digital(frame, name) else 1.0


def _columns_as_text(frame: Frame, columns: dict[str, Columns]) -> str:
    titles = [_title(frame, name, which) for name in columns for which in (" min", " max")]
    first = next(iter(columns.values()))
    edges_s = np.linspace(first.begin_s, first.end_s, len(first.values_v) + 1)[:-1]
    extremes = [each.values_v[:, 1:3] * _gain(frame, name) for name, each in columns.items()]
    values = np.column_stack([edges_s, *extremes])
    rows = ("\t".join(f"{value:.9g}" for value in row) for row in values)
    return "\n".join(["\t".join(["Time (s)", *titles]), *rows])
