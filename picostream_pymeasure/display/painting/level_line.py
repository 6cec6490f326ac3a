"""A level of a channel that can be dragged up and down."""

from __future__ import annotations

import pyqtgraph
from pymeasure.display.Qt import QtCore

from .line_tags import LevelTag
from .theme import Theme
from .vertical_scales import VerticalScales

_ABOVE_TRACES = 41

#: Beside the letter, which would be hard to hit alone.
_SPACE = "\u00a0"


class LevelLine(pyqtgraph.InfiniteLine):
    """Stays where the scales show its level; while it is dragged it stays with the mouse.

    :param plot: where it is shown.
    :param scales: tell the level from the volts of the axis.
    :param letter: its name at its left end.
    :param tool_tip: what it is, told when the mouse rests on it.
    """

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
        self.setPen(pyqtgraph.mkPen(colour, width=2, style=QtCore.Qt.DashLine))
        self.setHoverPen(pyqtgraph.mkPen(colour, width=3))
        self._tag.set_looks(colour, theme)

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
