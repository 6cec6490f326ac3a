"""Level and place of the edge that holds the picture, or the level that a recording waits for."""

from __future__ import annotations

import pyqtgraph
from pymeasure.display.Qt import QtCore

from ..reading.edge import Edge
from .level_line import LevelLine
from .theme import Theme
from .vertical_scales import VerticalScales

_ABOVE_TRACES = 40
_RISING, _FALLING = "↗", "↘"
_HELP = "Level of the edge that holds the picture: drag it, or set it in the bar above"
_TRIGGER, _TRIGGER_HELP = "T", "Level of the trigger: the recording begins there"


class TriggerLines:
    """A level that can be dragged, and a line at the edge that was found.

    :param plot: where they are shown.
    :param scales: tell the volts of the edge's channel from those of the axis.
    """

    def __init__(self, plot: pyqtgraph.PlotItem, scales: VerticalScales) -> None:
        self.level = LevelLine(plot, scales, _RISING, _HELP)
        self._time = pyqtgraph.InfiniteLine(angle=90)
        self._time.setZValue(_ABOVE_TRACES)
        self._time.setVisible(False)
        plot.addItem(self._time, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        self.level.set_colours(theme.trigger, theme)
        self._time.setPen(pyqtgraph.mkPen(theme.trigger, style=QtCore.Qt.DotLine))

    def show_edge(self, edge: Edge) -> None:
        """Show the level of an edge that holds the picture; a digital one has none."""
        self.level.name(_RISING if edge.rising else _FALLING, _HELP)
        self.level.show_level(edge.channel, edge.level_v)
        self.level.setVisible(edge.bit is None)

    def show_trigger(self, channel: str, level: float) -> None:
        """Show the level that a recording waits for."""
        self.level.name(_TRIGGER, _TRIGGER_HELP)
        self.level.show_level(channel, level)

    def set_time(self, time_s: float | None) -> None:
        """Show where the edge is on the axis, or nothing."""
        self._time.setVisible(time_s is not None)
        if time_s is not None:
            self._time.setPos(time_s)
