"""Where 0 V of each channel lies, at the left edge of a plot; to be dragged up and down."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtGui
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols

from .vertical_scales import Scale, VerticalScales

_SIZE_PX = 11
_ABOVE_TRACES = 45

#: An arrow up with its point at (0, 0): its other corners, and the notch between them.
_ARROW = ((0.5, 0.9), (0.0, 0.6), (-0.5, 0.9))

#: From the left edge to the middle of the first arrow, and from each to the next.
_FIRST_PX, _NEXT_PX = 7, 14

#: Where 0 V is, beside the sign of its direction.
_PLACES = {0: "", 1: ", above this picture", -1: ", below this picture"}

#: A zero that lies at an edge of the view is in it, whatever rounding says.
_SLACK = 1e-6


class ZeroMarkers(QtCore.QObject):
    """A triangle for each analogue channel; dragging it gives the channel a scale of its own.

    Where several lie at one place that of the channel on the axis is dragged. Of a zero out of view
    an arrow at the nearest edge points to where it is.

    :param plot: where they are shown.
    :param scales: changed when one is dragged.
    :param floor: gives the voltage below which something else is shown.
    """

    #: A channel was moved.
    moved = QtCore.Signal()

    def __init__(
        self, plot: pyqtgraph.PlotItem, scales: VerticalScales, floor: Callable[[], float]
    ) -> None:
        super().__init__()
        self._plot, self._scales, self._floor = plot, scales, floor
        self._markers: dict[str, _ZeroMarker] = {}
        self._is_told = False
        plot.getViewBox().sigRangeChanged.connect(lambda *_: self.apply_scales())

    def show_channels(self, colours: Mapping[str, str], hidden: Collection[str]) -> None:
        """Show these channels, but for the hidden ones, and no others."""
        for name in set(self._markers) - set(colours):
            self._plot.removeItem(self._markers.pop(name))
        for name, colour in colours.items():
            if name not in self._markers:
                self._markers[name] = self._make(name)
            if self._markers[name].pen.color().name() != colour:
                self._markers[name].setPen(colour)
                self._markers[name].setBrush(colour)
            self._markers[name].setVisible(name not in hidden)
        self.apply_scales()

    def apply_scales(self) -> None:
        """Move them to where the scales show 0 V, or to the nearest edge, beside each other."""
        box = self._plot.getViewBox()
        (left, _), (low, high) = box.viewRange()
        low = max(low, self._floor())
        slack = _SLACK * (high - low)
        n_beside = {1: 0, -1: 0}
        self._is_told = True
        for name, marker in self._markers.items():
            _, zero = self._scales.mapping(name)
            direction = int(zero > high + slack) - int(zero < low - slack)
            marker.point(direction)
            indent_px = 0
            if direction and marker.isVisible():
                indent_px = _FIRST_PX + n_beside[direction] * _NEXT_PX
                n_beside[direction] += 1
            marker.setPos(left + indent_px * box.viewPixelSize()[0], min(max(zero, low), high))
            marker.setZValue(_ABOVE_TRACES + (name == self._scales.active))
        self._is_told = False

    def _make(self, name: str) -> _ZeroMarker:
        marker = _ZeroMarker(name)
        marker.sigPositionChanged.connect(lambda: self._drag(name, marker.pos().y()))
        self._plot.addItem(marker, ignoreBounds=True)
        return marker

    def _drag(self, name: str, to: float) -> None:
        """Let 0 V of a channel lie where the axis has another voltage."""
        if self._is_told:
            return
        gain, shift = self._scales.mapping(name)
        scale = self._scales.of(name)
        moved = Scale(scale.centre_v - (to - shift) / gain, scale.span_v)
        if len(self._markers) > 1:
            self._scales.set_own(name, moved)
        else:
            self._scales.set_scale(name, moved)
        self.moved.emit()
        # the next move of the mouse may come before a paint, and is to be told on the new axis
        self._plot.getViewBox().updateMatrix()


class _ZeroMarker(pyqtgraph.TargetItem):
    """A triangle that points into the picture, or an arrow that points out of it."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.direction = 0
        super().__init__(symbol="t2", size=_SIZE_PX, movable=True)
        self.setCursor(QtCore.Qt.SizeVerCursor)
        self._say()

    def point(self, direction: int) -> None:
        """Point up (1), down (-1), or into the picture (0)."""
        if direction != self.direction:
            self.direction = direction
            self.prepareGeometryChange()
            self.setPath(_arrow(direction) if direction else Symbols["t2"])
            self._say()

    def _say(self) -> None:
        place = _PLACES[self.direction]
        self.setToolTip(f"0 V of channel {self._channel}{place}; drag it up or down")


def _arrow(direction: int) -> QtGui.QPainterPath:
    path = QtGui.QPainterPath()  # begins at (0, 0)
    for x, y in _ARROW:
        path.lineTo(x, direction * y)
    path.closeSubpath()
    return path
