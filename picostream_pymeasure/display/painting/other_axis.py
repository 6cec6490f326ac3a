"""An axis at the right, for a channel that is on another scale than the left axis."""

from __future__ import annotations

from typing import Any

from pymeasure.display.Qt import QtCore, QtGui

from ..reading.recording_facts import shown_name
from .axes import VoltAxis
from .vertical_scales import VerticalScales

#: Ticks point to their numbers: at the other side is the title of the axis before this one.
_TICK_PX, _TEXT_PX = 3, 2

#: Around a title, as Qt leaves it, and from the axis to it.
_MARGIN_PX, _BELOW_PX = 4, 2


class OtherAxis(VoltAxis):
    """Shown while a channel is seen whose scale the left axis has not; a click brings it there.

    Its title is below it, beside the numbers of the axis of time: so it is no wider than numbers.

    :param left: ends where something else is shown, and so does this one.
    :param scales: tell how the two axes go together.
    """

    _WIDTH_PX = 38

    #: The channel that is to be on the left axis.
    chosen = QtCore.Signal(str)

    def __init__(self, left: VoltAxis, scales: VerticalScales) -> None:
        super().__init__("right")
        self._left, self._scales = left, scales
        self.setStyle(tickLength=_TICK_PX, tickTextOffset=_TEXT_PX)
        self.label.setRotation(0)
        self.label.document().contentsChanged.connect(self._place_title)
        self.channel: str | None = None
        self.setToolTip("Click: put it on the left axis, where mouse, keys and cursors work")

    def follow(self, channel: str | None) -> None:
        """Count the unit of this channel, or nothing."""
        self.channel = channel
        if channel is not None:
            self.linkedViewChanged(self.linkedView())

    def linkedViewChanged(self, view: Any, newRange: Any = None) -> None:  # noqa: N802, N803
        """Show what the picture's lower and upper edge are for this channel."""
        self.setRange(*(self._counted(edge) for edge in newRange or view.viewRange()[1]))

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Any:  # noqa: N802, N803
        """Ticks from the floor of the left axis on."""
        self.floor = self._counted(self._left.floor)
        return super().tickValues(minVal, maxVal, size)

    def resizeEvent(self, event: Any = None) -> None:  # noqa: N802 - Qt's name
        """Have the title below the axis."""
        super().resizeEvent(event)
        if self.label is not None:
            self._place_title()

    def _place_title(self) -> None:
        spare_px = self.size().width() - self.label.boundingRect().width()
        left_px = min(spare_px / 2, spare_px + _MARGIN_PX)
        self.label.setPos(left_px, self.size().height() - _MARGIN_PX + _BELOW_PX)

    def name_channel(self, name: str, unit: str, is_pattern: bool) -> None:
        """Name it; no wider than the title with any prefix, unless numbers are."""
        super().name_channel(name, unit, is_pattern)
        metrics = QtGui.QFontMetrics(self.label.font())
        title_px = metrics.horizontalAdvance(f"{name} m{unit}") + _MARGIN_PX
        self.setWidth(max(self._WIDTH_PX, title_px))

    def labelString(self) -> str:  # noqa: N802 - pyqtgraph's name
        """The unit behind the name, without what takes room."""
        return str(super().labelString()).replace("(", "").replace(")", "")

    def title(self, channel: str) -> str:
        """As short as can be."""
        return "all" if self._scales.is_shared(channel) else shown_name(channel)

    def _counted(self, value: float) -> float:
        """What a value of the left axis is at this one."""
        gain, shift = (1.0, 0.0) if self.channel is None else self._scales.mapping(self.channel)
        return (value - shift) / gain

    def setGrid(self, grid: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """None: the left axis has one."""
        super().setGrid(False)

    def mouseClickEvent(self, event: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """Let the channel be on the left axis."""
        event.accept()
        self.chosen.emit(self.channel)

    def mouseDragEvent(self, event: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """Nothing: the mouse works on the left axis."""
        event.ignore()

    def wheelEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Nothing, as well."""
        event.ignore()
