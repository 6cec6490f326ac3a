"""The levels that a signal reaches in an event; to be dragged up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph
from pymeasure.display.Qt import QtCore

from .theme import Theme
from .vertical_scales import VerticalScales

if TYPE_CHECKING:
    from ...reader import EventLevels

_ABOVE_TRACES = 42
_LABEL = "E"


class EventLines(QtCore.QObject):
    """A line for each level of a rule.

    :param plot: where they are shown.
    :param scales: tell the volts of the rule's channel from those of the axis.
    """

    #: One was dragged to so many volts at the input of the rule's channel.
    dragged = QtCore.Signal(float)

    def __init__(self, plot: pyqtgraph.PlotItem, scales: VerticalScales) -> None:
        super().__init__()
        self._scales = scales
        self._levels: EventLevels | None = None
        self._per_volt = 1.0
        self.lines = (self._make(plot), self._make(plot))

    def _make(self, plot: pyqtgraph.PlotItem) -> pyqtgraph.InfiniteLine:
        options = {"position": 0.03, "anchors": [(0.5, 1), (0.5, 1)]}
        line = pyqtgraph.InfiniteLine(angle=0, movable=True, label=_LABEL, labelOpts=options)
        line.setZValue(_ABOVE_TRACES)
        line.setVisible(False)
        line.setCursor(QtCore.Qt.SizeVerCursor)
        line.sigDragged.connect(self._drag)
        plot.addItem(line, ignoreBounds=True)
        return line

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        for line in self.lines:
            line.setPen(pyqtgraph.mkPen(theme.event, width=2, style=QtCore.Qt.DashDotLine))
            line.setHoverPen(pyqtgraph.mkPen(theme.event, width=3))
            line.label.setColor(theme.event)
            line.label.fill = pyqtgraph.mkBrush(theme.background)

    def show_levels(self, levels: EventLevels | None, per_volt: float) -> None:
        """Show the levels of a rule, or none.

        :param per_volt: what 1 V at the input of its channel is on the scales.
        """
        self._levels, self._per_volt = levels, per_volt
        count = 0 if levels is None else len(levels.levels_v)
        for number, line in enumerate(self.lines):
            line.setVisible(number < count)
        self.apply_scales()

    def apply_scales(self) -> None:
        """Move them to where the scales show them; one that is dragged stays with the mouse."""
        if self._levels is None:
            return
        gain, shift = self._scales.mapping(self._levels.rule.channel)
        for line, level_v in zip(self.lines, self._levels.levels_v, strict=False):
            if not line.moving:
                line.setPos(gain * self._per_volt * level_v + shift)

    def _drag(self, line: pyqtgraph.InfiniteLine) -> None:
        if self._levels is not None:
            gain, shift = self._scales.mapping(self._levels.rule.channel)
            self.dragged.emit((line.value() - shift) / (gain * self._per_volt))
