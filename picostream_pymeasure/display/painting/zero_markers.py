"""Where 0 V of each channel lies, at the left edge of a plot; to be dragged up and down."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pyqtgraph
from pymeasure.display.Qt import QtCore

from .vertical_scales import Scale, VerticalScales

_SIZE_PX = 11
_ABOVE_TRACES = 45


class ZeroMarkers(QtCore.QObject):
    """A triangle for each analogue channel; dragging it gives the channel a scale of its own.

    Where several lie at one place that of the channel on the axis is dragged.

    :param plot: where they are shown.
    :param scales: changed when one is dragged.
    """

    #: A channel was moved.
    moved = QtCore.Signal()

    def __init__(self, plot: pyqtgraph.PlotItem, scales: VerticalScales) -> None:
        super().__init__()
        self._plot, self._scales = plot, scales
        self._markers: dict[str, pyqtgraph.TargetItem] = {}
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
        """Move them to where the scales show 0 V, or to the nearest edge."""
        (left, _), (low, high) = self._plot.getViewBox().viewRange()
        self._is_told = True
        for name, marker in self._markers.items():
            _, zero = self._scales.mapping(name)
            marker.setPos(left, min(max(zero, low), high))
            marker.setZValue(_ABOVE_TRACES + (name == self._scales.active))
        self._is_told = False

    def _make(self, name: str) -> pyqtgraph.TargetItem:
        marker = pyqtgraph.TargetItem(symbol="t2", size=_SIZE_PX, movable=True)
        marker.setToolTip(f"0 V of channel {name}; drag it up or down")
        marker.setCursor(QtCore.Qt.SizeVerCursor)
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
