"""The trigger's level and place in the picture."""

from __future__ import annotations

import pyqtgraph
from pymeasure.display.Qt import QtCore

from .theme import Theme
from .vertical_scales import VerticalScales

_ABOVE_TRACES = 40


class TriggerLines(QtCore.QObject):
    """A level that can be dragged, and a line at the edge that was found.

    :param plot: where they are shown.
    :param scales: tell the volts of the trigger's channel from those of the axis.
    """

    #: The level in volts of the trigger's channel.
    level_dragged = QtCore.Signal(float)

    def __init__(self, plot: pyqtgraph.PlotItem, scales: VerticalScales) -> None:
        super().__init__()
        self._scales = scales
        self._channel = ""
        self._level_v = 0.0
        self._level = pyqtgraph.InfiniteLine(
            angle=0,
            movable=True,
            label="T",
            labelOpts={"position": 0.985, "anchors": [(0.5, 1), (0.5, 1)]},
        )
        self._time = pyqtgraph.InfiniteLine(angle=90)
        for line in (self._level, self._time):
            line.setZValue(_ABOVE_TRACES)
            line.setVisible(False)
            plot.addItem(line, ignoreBounds=True)
        self._level.sigDragged.connect(self._drag)

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        self._level.setPen(pyqtgraph.mkPen(theme.trigger, style=QtCore.Qt.DashLine))
        self._level.setHoverPen(pyqtgraph.mkPen(theme.trigger, width=2))
        self._level.label.setColor(theme.trigger)
        self._time.setPen(pyqtgraph.mkPen(theme.trigger, style=QtCore.Qt.DotLine))

    def set_level(self, channel: str, level_v: float, visible: bool) -> None:
        """Show the level of a channel."""
        self._channel, self._level_v = channel, level_v
        self._level.setVisible(visible)
        self.apply_scales()

    def set_time(self, time: float | None) -> None:
        """Show where the edge is on the axis, or nothing."""
        self._time.setVisible(time is not None)
        if time is not None:
            self._time.setPos(time)

    def apply_scales(self) -> None:
        """Move the level to where the scales show it."""
        gain, shift_v = self._scales.mapping(self._channel)
        self._level.setPos(gain * self._level_v + shift_v)

    def _drag(self) -> None:
        gain, shift_v = self._scales.mapping(self._channel)
        self._level_v = (self._level.value() - shift_v) / gain
        self.level_dragged.emit(self._level_v)
