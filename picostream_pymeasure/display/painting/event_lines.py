"""The levels that a signal reaches in an event; to be dragged up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph
from pymeasure.display.Qt import QtCore

from .level_line import LevelLine
from .theme import Theme
from .vertical_scales import VerticalScales

if TYPE_CHECKING:
    from ...reader import EventLevels

_HELP = "What an event reaches: drag it, or type the rule in the panel of events"


class EventLines(QtCore.QObject):
    """A line for each level of a rule.

    :param plot: where they are shown.
    :param scales: tell the volts of the rule's channel from those of the axis.
    """

    #: One was dragged to so many volts at the input of the rule's channel.
    dragged = QtCore.Signal(float)

    def __init__(self, plot: pyqtgraph.PlotItem, scales: VerticalScales) -> None:
        super().__init__()
        self._per_volt = 1.0
        self.lines = tuple(LevelLine(plot, scales, "E", _HELP) for _ in range(2))
        for line in self.lines:
            line.level_dragged.connect(self._drag)

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        for line in self.lines:
            line.set_colours(theme.event, theme)

    def show_levels(self, levels: EventLevels | None, per_volt: float) -> None:
        """Show the levels of a rule, or none.

        :param per_volt: what 1 V at the input of its channel is on the scales.
        """
        self._per_volt = per_volt
        levels_v = () if levels is None else levels.levels_v
        for line in self.lines[len(levels_v) :]:
            line.setVisible(False)
        for line, level_v in zip(self.lines, levels_v, strict=False):
            assert levels is not None
            line.show_level(levels.rule.channel, per_volt * level_v)

    def apply_scales(self) -> None:
        """Move them to where the scales show them."""
        for line in self.lines:
            line.apply_scales()

    def _drag(self, level: float) -> None:
        self.dragged.emit(level / self._per_volt)
