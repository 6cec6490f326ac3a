"""What a line says, on the axis that it crosses: no trace is hidden behind it."""

from __future__ import annotations

from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtWidgets

from .tag_places import Stretch, free_places
from .theme import Theme

_ABOVE_LABELS = 10

#: Between the text and its frame: an axis without a title is low.
_MARGIN_PX = 1.0

#: A tag that lies beside its line is joined to it by a line of this width.
_JOINT_PX = 7.0

#: Ends of an axis are so much longer for a line that lies at an end of the view.
_SLACK = 1e-6

_ROUNDING_PX = 0.5


class AxisTag(pyqtgraph.TextItem):
    """A text on the left or the bottom axis that goes along with a line, and drags it.

    Where numbers or other tags push it aside, ``joint`` shows which line it belongs to.

    :param line: its angle tells the axis.
    :param plot: has the axes.
    """

    def __init__(self, line: pyqtgraph.InfiniteLine, plot: pyqtgraph.PlotItem) -> None:
        self.is_level = line.angle == 0
        super().__init__(anchor=(1, 0.5) if self.is_level else (0.5, 0))
        self.textItem.document().setDocumentMargin(_MARGIN_PX)
        self._line, self._box = line, plot.getViewBox()
        self._covered: QtCore.QRectF | None = None
        self._axis = plot.getAxis("left" if self.is_level else "bottom")
        self.setParentItem(self._axis)
        self.joint = QtWidgets.QGraphicsLineItem(self._axis)
        self.joint.setZValue(_ABOVE_LABELS)
        self.setZValue(_ABOVE_LABELS)
        self.setAcceptedMouseButtons(QtCore.Qt.MouseButton.NoButton)
        self.setCursor(line.cursor())
        self.setToolTip(line.toolTip())
        line.sigPositionChanged.connect(self.follow)
        line.visibleChanged.connect(self.follow)
        self._box.sigRangeChanged.connect(self.follow)
        self._box.sigResized.connect(self.follow)
        self.follow()

    def set_looks(self, colour: str, theme: Theme) -> None:
        """Write in a colour that can be read, in a frame of it."""
        readable = theme.contrast_colour(colour)
        self.setColor(readable)
        self.fill = pyqtgraph.mkBrush(theme.background)
        self.border = pyqtgraph.mkPen(readable)
        self.joint.setPen(pyqtgraph.mkPen(readable, width=1.5))
        self.update()

    def say(self, text: str) -> None:
        """Write something else."""
        if text != self.toPlainText():
            self.setText(text)
            self.follow()

    @property
    def place(self) -> QtCore.QRectF:
        """What it covers, in the axis' coordinates."""
        return self.mapRectToParent(self.boundingRect())

    @property
    def level_px(self) -> float:
        """Where along the axis its line lies, counted from the top."""
        low, high = self._box.viewRange()[1]
        height_px = self._box.height()
        floor = max(getattr(self._axis, "floor", low), low)  # below it are names of lanes
        end_px = (high - floor) / (high - low) * height_px
        share = (high - self._line.value()) / (high - low)
        return _inside(share * height_px, end_px, self.boundingRect().height())

    def follow(self, *_: Any) -> None:
        """Go where the line is, if it is seen and there is room."""
        self._move()
        if self.is_level:
            arrange(self._axis)
        self.uncover()

    def put(self, level_px: float) -> None:
        """Lie at this height beside the numbers of the axis."""
        axis_px, own_px = self._axis.size().width(), self.boundingRect().width()
        is_aside = bool(abs(level_px - self.level_px) > _ROUNDING_PX)  # levels come from numpy too
        # large fonts are not cut
        right_px = max(axis_px - (_JOINT_PX if is_aside else 0), own_px)
        self.setPos(right_px, level_px)
        self.joint.setLine(right_px, level_px, max(axis_px, right_px), self.level_px)
        self.joint.setVisible(is_aside)
        self.uncover()

    def uncover(self) -> None:
        """Let the axis be drawn with what was covered before."""
        covered = self.place if self.isVisible() else None
        if covered != self._covered:
            self._covered = covered
            self._axis.picture = None  # other numbers are covered now
            self._axis.update()

    # -- the mouse moves the line, not the axis

    def hoverEvent(self, event: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """Show that the line can be dragged here."""
        self._line.hoverEvent(event)

    def mouseDragEvent(self, event: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """Drag the line."""
        event.currentItem = self._line  # the event tells places in its coordinates
        self._line.mouseDragEvent(event)

    def mouseClickEvent(self, event: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """Choose the line."""
        self._line.mouseClickEvent(event)

    def _move(self) -> None:
        low, high = self._box.viewRange()[1 if self.is_level else 0]
        share = (self._line.value() - low) / (high - low) if high > low else -1.0
        has_room = self.is_level or self._axis.style["showValues"]
        is_inside = -_SLACK <= share <= 1 + _SLACK
        is_seen = bool(has_room and is_inside and self._line.isVisible())
        self.setVisible(is_seen)
        self.joint.setVisible(False)
        if not is_seen:
            return
        if not self.is_level:
            width_px = self._box.width()
            self.setPos(_inside(share * width_px, width_px, self.boundingRect().width()), 0)


def arrange(axis: pyqtgraph.AxisItem) -> None:
    """Put all tags of levels where they cover no number and not each other, if there is room."""
    tags = [
        item
        for item in axis.childItems()
        if isinstance(item, AxisTag) and item.is_level and item.isVisible()
    ]
    if not tags:  # the rest takes a while, and each move of the view asks for it
        return
    wanted = [Stretch.around(tag.level_px, tag.boundingRect().height()) for tag in tags]
    numbers = axis.numbers() if hasattr(axis, "numbers") else ()
    for tag, place_px in zip(tags, free_places(wanted, numbers, axis.size().height()), strict=True):
        tag.put(place_px)


def _inside(middle_px: float, end_px: float, size_px: float) -> float:
    """The middle of a text along an axis, so that nothing of it is cut at the axis' ends."""
    half_px = min(size_px, end_px) / 2
    return min(max(middle_px, half_px), end_px - half_px)
