"""The picture as a file or in the clipboard, and the values in it as text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from tempfile import gettempdir

import numpy as np
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets
from qtpy import QtSvg

from ...errors import PicoStreamError, sentence
from ...storage import file_name, require_no_data
from ..captures.picture import CapturesPicture
from ..reading.frame import Columns, Frame, Samples

#: Kinds of pictures, as a file dialog lists them.
PICTURE_KINDS = "SVG (*.svg);;PDF (*.pdf);;PNG (*.png)"


def with_suffix(path: Path, kind: str) -> Path:
    """A name with the suffix that its kind says, which not every dialog adds.

    :param kind: one of :data:`PICTURE_KINDS`.
    """
    begin, _, end = kind.partition("*")
    return path if path.suffix or not begin else path.with_name(path.name + end.rstrip(")"))


def kept_place(path: Path) -> Path:
    """Where something beside a file may lie: at home, if its own folder is a temporary one."""
    is_temporary = Path(gettempdir()).resolve() in path.resolve().parents
    return Path.home() / path.name if is_temporary else path


def save_picture(widget: QtWidgets.QWidget, path: Path) -> str:
    """Save what a widget shows as PNG, SVG or PDF, as the suffix says; how that went, to be told.

    Nothing replaces a recording or the results of a run.
    """
    writers = {".png": _save_png, ".svg": _save_svg, ".pdf": _save_pdf}
    save = writers.get(path.suffix.lower())
    if save is None:
        return f"The name of a picture ends in {', '.join(writers)}; choose another name."
    try:
        require_no_data(Path(file_name(path)))
    except PicoStreamError as error:
        return sentence(error)
    return f"Saved {path}" if save(widget, path) else f"{path} cannot be written; choose another."


def _save_png(widget: QtWidgets.QWidget, path: Path) -> bool:
    return bool(widget.grab().save(str(path), "PNG"))


def _save_svg(widget: QtWidgets.QWidget, path: Path) -> bool:
    return _render(widget, _svg(widget, path))


def _save_pdf(widget: QtWidgets.QWidget, path: Path) -> bool:
    return _render(widget, _pdf(widget, path))


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


def capture_as_text(picture: CapturesPicture, units: Mapping[str, str]) -> str:
    """The capture that is shown by itself, or else the mean of all, as tab-separated text.

    :param units: of the channels and differences.
    """
    single = picture.single
    means = {name: overlay.mean_v for name, overlay in picture.overlays.items()}
    times_s, values = (
        (picture.times_s, means) if single is None else (single.times_s, single.values_v)
    )
    titles = [f"{name} ({units.get(name, 'V')})" for name in values]
    rows = zip(times_s, *values.values(), strict=True)
    lines = ["\t".join(f"{value:.9g}" for value in row) for row in rows]
    return "\n".join(["\t".join(["Time from the trigger (s)", *titles]), *lines])


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
