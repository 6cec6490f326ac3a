"""An axis at the right, for a channel that is on another scale than the left axis."""

from __future__ import annotations

from typing import Any

from pymeasure.display.Qt import QtCore

from .axes import VoltAxis
from .vertical_scales import VerticalScales

#: Ticks point to their numbers: at the other side is the title of the axis before this one.
_TICK_PX = 4

#: From its title to the next axis, whose title it would seem to be.
_GAP_PX = 10


class OtherAxis(VoltAxis):
    """Shown while a channel is seen whose scale the left axis has not; a click brings it there.

    :param left: ends where something else is shown, and so does this one.
    :param scales: tell how the two axes go together.
    """

    _WIDTH_PX = 76

    #: The channel that is to be on the left axis.
    chosen = QtCore.Signal(str)

    def __init__(self, left: VoltAxis, scales: VerticalScales) -> None:
        super().__init__("right")
        self._left, self._scales = left, scales
        self.setStyle(tickLength=_TICK_PX)
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
        """Have the title beside its own numbers."""
        super().resizeEvent(event)
        if self.label is not None:
            self.label.moveBy(-_GAP_PX, 0)

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
