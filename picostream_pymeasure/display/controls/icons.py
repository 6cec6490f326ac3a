"""Small pictures for buttons, drawn in the colour of the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pymeasure.display.Qt import QtCore, QtGui

#: Drawn on a square of so many units.
_UNITS = 16

Stroke = Sequence[tuple[float, float]]

#: Lines through points, from the upper left corner.
_STROKES: Mapping[str, Sequence[Stroke]] = {
    "follow": [[(2, 3), (2, 13), (8, 8), (2, 3)], [(8, 3), (8, 13), (14, 8), (8, 3)]],
    "trigger": [[(1, 13), (6, 13), (6, 3), (15, 3)], [(3, 8), (6, 5), (9, 8)]],
    "auto": [[(3, 14), (10, 7)], [(10, 2), (10, 5)], [(12, 7), (15, 7)], [(12, 4), (14, 2)]],
    "fit": [
        [(1, 3), (15, 3)],
        [(1, 13), (15, 13)],
        [(8, 4), (8, 12)],
        [(6, 6), (8, 4), (10, 6)],
        [(6, 10), (8, 12), (10, 10)],
    ],
    "all": [
        [(2, 2), (2, 14)],
        [(14, 2), (14, 14)],
        [(3, 8), (13, 8)],
        [(5, 6), (3, 8), (5, 10)],
        [(11, 6), (13, 8), (11, 10)],
    ],
    "cursors": [[(5, 1), (5, 15)], [(11, 1), (11, 15)], [(6, 8), (10, 8)]],
    "measurements": [
        [(2, 2), (14, 2), (14, 14), (2, 14), (2, 2)],
        [(2, 6), (14, 6)],
        [(2, 10), (14, 10)],
        [(8, 2), (8, 14)],
    ],
    "spectrum": [[(2, 14), (2, 9)], [(5, 14), (5, 2)], [(8, 14), (8, 7)], [(11, 14), (11, 11)]],
    "panels": [[(2, 2), (14, 2), (14, 14), (2, 14), (2, 2)], [(2, 9), (14, 9)], [(8, 9), (8, 14)]],
    "save": [[(8, 1), (8, 10)], [(4, 6), (8, 10), (12, 6)], [(2, 11), (2, 14), (14, 14), (14, 11)]],
    "theme": [
        [(8, 2), (4, 4), (2, 8), (4, 12), (8, 14), (8, 2)],
        [(8, 2), (12, 4), (14, 8), (12, 12), (8, 14)],
    ],
    "help": [[(5, 5), (6, 3), (10, 3), (11, 5), (8, 8), (8, 10)], [(8, 13), (8, 14)]],
    "more": [[(3, 4), (7, 8), (3, 12)], [(9, 4), (13, 8), (9, 12)]],
    "mark": [[(4, 1), (4, 15)], [(4, 2), (13, 2), (10, 5), (13, 8), (4, 8)]],
    "queue": [[(4, 2), (4, 14), (14, 8), (4, 2)]],
    "stop": [[(3, 3), (13, 3), (13, 13), (3, 13), (3, 3)]],
    "abort": [[(3, 3), (13, 13)], [(13, 3), (3, 13)]],
}


def icon(name: str, colour: str) -> QtGui.QIcon | None:
    """The picture of an action in ``#rrggbb``; None for one that has none."""
    if name not in _STROKES:
        return None
    found = QtGui.QIcon()
    for size_px in (16, 32, 48):
        found.addPixmap(_pixmap(name, colour, size_px))
    return found


def _pixmap(name: str, colour: str, size_px: int) -> QtGui.QPixmap:
    pixmap = QtGui.QPixmap(size_px, size_px)
    pixmap.fill(QtCore.Qt.transparent)
    painter = QtGui.QPainter(pixmap)
    painter.setRenderHint(QtGui.QPainter.Antialiasing)
    painter.scale(size_px / _UNITS, size_px / _UNITS)
    pen = QtGui.QPen(QtGui.QColor(colour), 1.6)
    pen.setCapStyle(QtCore.Qt.RoundCap)
    pen.setJoinStyle(QtCore.Qt.RoundJoin)
    painter.setPen(pen)
    for stroke in _STROKES[name]:
        painter.drawPolyline(QtGui.QPolygonF([QtCore.QPointF(x, y) for x, y in stroke]))
    painter.end()
    return pixmap
