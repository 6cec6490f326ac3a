"""The axes around a scope's screen: time below, the active channel left, other scales right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import zip_longest

import pyqtgraph
from pymeasure.display.Qt import QtCore

from .axes import TimeAxis, VoltAxis
from .other_axis import OtherAxis
from .theme import Theme, system_theme
from .vertical_scales import VerticalScales

#: An axis at the right wants so much width of the whole plot.
_PX_PER_AXIS = 220

_ROW, _FIRST_COLUMN = 2, 2


class PlotAxes(QtCore.QObject):
    """Gives each scale that a visible channel is on an axis in its colour, if there is room.

    :param scales: tell which channels share one.
    """

    #: The channel of an axis at the right that was clicked.
    chosen = QtCore.Signal(str)

    def __init__(self, scales: VerticalScales) -> None:
        super().__init__()
        self._scales = scales
        self.time, self.left = TimeAxis(), VoltAxis()
        self._others = [self._make_other()]
        self._looks: dict[VoltAxis, tuple[str, str, str, bool]] = {}
        self._theme = system_theme()
        self._plot: pyqtgraph.PlotItem | None = None

    @property
    def by_side(self) -> Mapping[str, pyqtgraph.AxisItem]:
        """What a plot is made with."""
        return {"bottom": self.time, "left": self.left, "right": self._others[0]}

    def join(self, plot: pyqtgraph.PlotItem) -> None:
        """Put further axes beside those of a plot that was made with these."""
        self._plot = plot

    def set_theme(self, theme: Theme) -> None:
        """Use its colours; the texts get them when the channels are shown again."""
        self._theme = theme
        self._looks.clear()
        for axis in (self.time, self.left):  # lines without a number are divisions as well
            axis.setStyle(tickAlpha=theme.grid_alpha)
        for axis in self._others:
            axis.setPen(theme.muted)

    def number(self, is_numbered: bool) -> None:
        """Number them, or not: numbers without a recording would mean nothing."""
        for axis in (self.time, self.left, *self._others):
            axis.set_numbered(is_numbered)

    def leave_lanes(self, share: float) -> None:
        """Leave this share of the height, at the bottom, to the lanes."""
        for axis in (self.left, *self._others):
            axis.leave_lanes(share)

    def show_channels(
        self,
        drawn: Collection[str],
        colours: Mapping[str, str],
        hidden: Collection[str],
        width_px: float,
    ) -> None:
        """Count the active channel at the left, and at the right what is on another scale.

        :param drawn: channels that have a trace.
        :param colours: of these, and of the active one if it is known.
        :param width_px: of the whole plot.
        """
        self._name(self.left, self._scales.active, colours)
        n_most = max(int(width_px / _PX_PER_AXIS), 1)
        names = self._scales.other_channels(hidden)[:n_most] if drawn else []
        while len(self._others) < len(names):
            self._add_other()
        for axis, name in zip_longest(self._others, names):
            axis.follow(name)
            if name is not None:
                self._name(axis, name, colours)
            if axis.isVisible() != (name is not None):
                axis.hide() if name is None else axis.show()

    def _make_other(self) -> OtherAxis:
        axis = OtherAxis(self.left, self._scales)
        axis.chosen.connect(self.chosen)
        return axis

    def _add_other(self) -> None:
        assert self._plot is not None
        axis = self._make_other()
        axis.setPen(self._theme.muted)
        axis.set_numbered(self.left.is_numbered)
        axis.leave_lanes(self.left.lane_share)
        axis.linkToView(self._plot.getViewBox())
        self._plot.layout.addItem(axis, _ROW, _FIRST_COLUMN + len(self._others))
        self._others.append(axis)

    def _name(self, axis: VoltAxis, channel: str, colours: Mapping[str, str]) -> None:
        is_shared = self._scales.is_shared(channel)
        neutral = self._theme.foreground
        colour = neutral if is_shared else colours.get(channel, neutral)
        is_pattern = self._scales.is_pattern(channel)
        is_other = isinstance(axis, OtherAxis)
        name = axis.title(channel) if is_other else self._title(channel)
        looks = colour, name, self._scales.unit_of(channel), is_pattern
        if looks != self._looks.get(axis):  # it takes long
            self._looks[axis] = looks
            axis.setTextPen(self._theme.contrast_colour(colour))
            axis.name_channel(*looks[1:])

    def _title(self, channel: str) -> str:
        return "Input" if self._scales.is_shared(channel) else self._scales.title_of(channel)
