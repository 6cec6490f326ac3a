"""A mouse for plots in tests, in the plot's own units."""

from __future__ import annotations

from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

_KINDS, _BUTTONS = QtCore.QEvent.Type, QtCore.Qt.MouseButton

Position = tuple[float, float]


def _pixel(plot: Any, position: Position) -> QtCore.QPointF:
    scene = plot.getViewBox().mapViewToScene(QtCore.QPointF(*position))
    return QtCore.QPointF(plot.mapFromScene(scene))


_NO_KEYS = QtCore.Qt.KeyboardModifier.NoModifier


def _send(
    plot: Any, kind: Any, at: QtCore.QPointF, button: Any, buttons: Any, keys: Any = _NO_KEYS
) -> None:
    event = QtGui.QMouseEvent(kind, at, button, buttons, keys)
    QtWidgets.QApplication.sendEvent(plot.viewport(), event)


def drag(plot: Any, start: Position, end: Position, keys: Any = _NO_KEYS) -> None:
    """Drag with the left button, in many small moves."""
    limit = pyqtgraph.getConfigOption("mouseRateLimit")
    pyqtgraph.setConfigOption("mouseRateLimit", 0)  # no move is too soon after the last one
    first, last = _pixel(plot, start), _pixel(plot, end)
    _send(plot, _KINDS.MouseMove, first, _BUTTONS.NoButton, _BUTTONS.NoButton, keys)
    _send(plot, _KINDS.MouseButtonPress, first, _BUTTONS.LeftButton, _BUTTONS.LeftButton, keys)
    for step in range(1, 21):
        at = first + (last - first) * (step / 20)
        _send(plot, _KINDS.MouseMove, at, _BUTTONS.NoButton, _BUTTONS.LeftButton, keys)
    _send(plot, _KINDS.MouseButtonRelease, last, _BUTTONS.LeftButton, _BUTTONS.NoButton, keys)
    pyqtgraph.setConfigOption("mouseRateLimit", limit)


def double_click(plot: Any, position: Position) -> None:
    """Click twice with the left button."""
    at = _pixel(plot, position)
    for kind in (_KINDS.MouseButtonPress, _KINDS.MouseButtonDblClick):
        _send(plot, kind, at, _BUTTONS.LeftButton, _BUTTONS.LeftButton)
        _send(plot, _KINDS.MouseButtonRelease, at, _BUTTONS.LeftButton, _BUTTONS.NoButton)
