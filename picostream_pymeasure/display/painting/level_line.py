"""A level of a channel that can be dragged up and down."""

from __future__ import annotations

from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtGui

from .line_tags import LevelTag
from .theme import Theme
from .vertical_scales import VerticalScales

_ABOVE_TRACES = 41

#: Beside the letter, which would be hard to hit alone.
_SPACE = "\u00a0"

#: Widths of the line, and of the ground on both sides that parts it from what a trace fills.
_WIDTH_PX, _GROUND_PX, _GROUND_OPACITY = 2, 4, 0.6


class LevelLine(pyqtgraph.InfiniteLine):
    """Stays where the scales show its level; while it is dragged it stays with the mouse.

    :param plot: where it is shown.
    :param scales: tell the level from the volts of the axis.
    :param letter: its name at its left end.
    :param tool_tip: what it is, told when the mouse rests on it.
    """

    currentPen: QtGui.QPen  # noqa: N815 - pyqtgraph's name

    #: Another level was chosen, in the unit of its channel.
    level_dragged = QtCore.Signal(float)

    def __init__(
        self,
        plot: pyqtgraph.PlotItem,
        scales: VerticalScales,
        letter: str,
        tool_tip: str,
    ) -> None:
        super().__init__(angle=0, movable=True)
        self._scales = scales
        self._channel, self._level = "", 0.0
        self._ground = pyqtgraph.mkPen(None)
        self.setZValue(_ABOVE_TRACES)
        self.setVisible(False)
        self.setCursor(QtCore.Qt.SizeVerCursor)
        self.sigDragged.connect(self._drag)
        plot.addItem(self, ignoreBounds=True)
        self._tag = LevelTag(self, plot)
        self.name(letter, tool_tip)

    def name(self, letter: str, tool_tip: str) -> None:
        """Be another kind of level."""
        self._tag.say(f"{_SPACE}{letter}{_SPACE}")
        for part in (self, self._tag):
            part.setToolTip(tool_tip)

    def set_colours(self, colour: str, theme: Theme) -> None:
        """Paint it in ``#rrggbb``."""
        ground = QtGui.QColor(theme.background)
        ground.setAlphaF(_GROUND_OPACITY)
        self._ground = pyqtgraph.mkPen(ground, width=_GROUND_PX)
        self.setPen(pyqtgraph.mkPen(colour, width=_WIDTH_PX, style=QtCore.Qt.DashLine))
        self.setHoverPen(pyqtgraph.mkPen(colour, width=3))
        self._tag.set_looks(colour, theme)

    def paint(self, painter: QtGui.QPainter, *_: Any) -> None:
        """Paint it on its ground."""
        own, self.currentPen = self.currentPen, self._ground
        super().paint(painter)
        self.currentPen = own
        super().paint(painter)

    def show_level(self, channel: str, level: float) -> None:
        """Show a level of a channel, in its unit."""
        self._channel, self._level = channel, level
        self.setVisible(True)
        self.apply_scales()

    def apply_scales(self) -> None:
        """Move it to where the scales show its level."""
        if not self.moving:
            gain, shift = self._scales.mapping(self._channel)
            self.setPos(gain * self._level + shift)

    def _drag(self) -> None:
        gain, shift = self._scales.mapping(self._channel)
        self._level = (self.value() - shift) / gain
        self.level_dragged.emit(self._level)
