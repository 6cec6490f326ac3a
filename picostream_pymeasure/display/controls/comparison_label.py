"""The name of another run that is drawn behind the shown one, in the colours of its channels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

_SIDE_PX, _MARGIN_PX = 14, 6

#: Letters of a name; in the middle of a longer one some are left out.
_MOST_LETTERS = 24


class ComparisonLabel(QtWidgets.QWidget):
    """A stripe of each of its channels' colours, and the name of its recording."""

    def __init__(self, path: str, colours: Sequence[str]) -> None:
        super().__init__()
        swatch, name = QtWidgets.QLabel(), QtWidgets.QLabel(_shortened(Path(path).stem))
        swatch.setPixmap(stripes(colours, _SIDE_PX))
        name.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(6, _MARGIN_PX, 6, 0)
        layout.setSpacing(4)
        layout.addWidget(swatch)
        layout.addWidget(name)
        self.setToolTip(f"Drawn behind, pale: {path}")


def stripes(colours: Sequence[str], side_px: int) -> QtGui.QPixmap:
    """A square with a stripe of each colour."""
    square = QtGui.QPixmap(side_px, side_px)
    square.fill(QtCore.Qt.GlobalColor.transparent)
    painter = QtGui.QPainter(square)
    for number, colour in enumerate(colours):
        left_px = number * side_px // len(colours)
        painter.fillRect(left_px, 0, side_px - left_px, side_px, QtGui.QColor(colour))
    painter.end()
    return square


def _shortened(name: str) -> str:
    half = _MOST_LETTERS // 2
    return name if len(name) <= _MOST_LETTERS else f"{name[:half]}…{name[-half:]}"
