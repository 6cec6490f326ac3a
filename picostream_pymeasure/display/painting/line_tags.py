"""What a line says: of a cursor on the axis, of another level at its left end in the picture."""

from __future__ import annotations

from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore

from .theme import Theme

_ABOVE_LABELS = 10

#: Between the text and its frame: an axis without a title is low, and a minus must not touch it.
_MARGIN_PX, _SIDE_PX = 1.0, 3.0

#: From the left end of a line to its tag; the triangles that mark zero are there.
_INDENT_PX = 10.0

#: Ends of an axis are so much longer for a line that lies at an end of the view.
_SLACK = 1e-6


class LineTag(pyqtgraph.TextItem):
    """A text in a frame that goes along with a line, and drags it.

    :param line: its angle tells the axis.
    :param plot: has the axes.
    """

    def __init__(
        self, line: pyqtgraph.InfiniteLine, plot: pyqtgraph.PlotItem, anchor: tuple[float, float]
    ) -> None:
        super().__init__(anchor=anchor)
        self.textItem.document().setDocumentMargin(_MARGIN_PX)
        self._line, self._box = line, plot.getViewBox()
        self._covered: QtCore.QRectF | None = None
        self.setZValue(_ABOVE_LABELS)
        self.setAcceptedMouseButtons(QtCore.Qt.MouseButton.NoButton)
        self.setCursor(line.cursor())
        self.setToolTip(line.toolTip())
        line.sigPositionChanged.connect(self.follow)
        line.visibleChanged.connect(self.follow)
        self._box.sigRangeChanged.connect(self.follow)
        self._box.sigResized.connect(self.follow)

    def set_looks(self, colour: str, theme: Theme) -> None:
        """Write in a colour that can be read, in a frame of it."""
        readable = theme.contrast_colour(colour)
        self.setColor(readable)
        self.fill = pyqtgraph.mkBrush(theme.background)
        self.border = pyqtgraph.mkPen(readable)
        self.update()

    def say(self, text: str) -> None:
        """Write something else."""
        if text != self.toPlainText():
            self.setText(text)
            self._leave_room()
            self.follow()

    def _leave_room(self) -> None:
        """At the sides; another text has lost it."""
        frame = self.textItem.document().rootFrame()
        room = frame.frameFormat()
        room.setLeftMargin(_SIDE_PX)
        room.setRightMargin(_SIDE_PX)
        frame.setFrameFormat(room)
        self.updateTextPos()

    @property
    def place(self) -> QtCore.QRectF:
        """What it covers, in the coordinates of what it lies in."""
        return self.mapRectToParent(self.boundingRect())

    def follow(self, *_: Any) -> None:
        """Go where the line is, if it is seen and there is room."""
        raise NotImplementedError

    def _share(self, limits: tuple[float, float]) -> float | None:
        """Where between two limits the line is seen, or None."""
        low, high = limits
        share = (self._line.value() - low) / (high - low) if high > low else -1.0
        is_inside = -_SLACK <= share <= 1 + _SLACK
        return share if is_inside and self._line.isVisible() else None

    def _covers_another(self) -> bool:
        """Whether it covers another part of an axis than before."""
        before, self._covered = self._covered, self.place if self.isVisible() else None
        return before != self._covered

    # -- the mouse moves the line, not what it lies in

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


class TimeTag(LineTag):
    """On the axis of time, beside its title; without one it covers numbers."""

    def __init__(self, line: pyqtgraph.InfiniteLine, plot: pyqtgraph.PlotItem) -> None:
        super().__init__(line, plot, anchor=(0.5, 0))
        self._axis = plot.getAxis("bottom")
        self.setParentItem(self._axis)
        self.follow()

    def follow(self, *_: Any) -> None:
        """Go below the line; without numbers it would count from nothing."""
        share = self._share(self._box.viewRange()[0])
        self.setVisible(share is not None and self._axis.is_numbered)
        if share is not None:
            width_px, bounds = self._box.width(), self.boundingRect()
            top_px = self._axis.tag_top_px(bounds.height())
            self.setPos(_inside(share * width_px, width_px, bounds.width()), top_px)
        if self._covers_another():
            self._axis.make_way()
            self._axis.picture = None  # other numbers are covered now
            self._axis.update()


class LevelTag(LineTag):
    """In the picture, at the left end of its line; beside others that are at the same height."""

    def __init__(self, line: pyqtgraph.InfiniteLine, plot: pyqtgraph.PlotItem) -> None:
        super().__init__(line, plot, anchor=(0, 0.5))
        self._axis = plot.getAxis("left")
        self.setParentItem(self._ground)
        self.follow()

    @property
    def _ground(self) -> pyqtgraph.GraphicsWidget:
        """What it lies on."""
        return self._box

    @property
    def _left_px(self) -> float:
        """Where it begins, if nothing is there."""
        return _INDENT_PX

    def follow(self, *_: Any) -> None:
        """Go to the height of the line, right of what is there."""
        low, high = self._box.viewRange()[1]
        share = self._share((low, high))
        self.setVisible(share is not None)
        if share is not None:
            height_px = self._box.height()
            floor = max(getattr(self._axis, "floor", low), low)  # below it are names of lanes
            end_px = (high - floor) / (high - low) * height_px
            size_px = self.boundingRect().height()
            self.setPos(self._left_px, _inside((1 - share) * height_px, end_px, size_px))
        self._arrange()

    def _arrange(self) -> None:
        """Put all tags beside each other that would cover each other."""
        items = [*self._axis.childItems(), *self._box.childItems()]
        tags = [item for item in items if isinstance(item, LevelTag) and item.isVisible()]
        placed: list[QtCore.QRectF] = []
        for tag in tags:
            tag.setX(tag._left_px)
            for place in sorted(placed, key=QtCore.QRectF.left):
                in_scene = tag.mapRectToScene(tag.boundingRect())
                if place.intersects(in_scene):
                    tag.moveBy(place.right() - in_scene.left(), 0)
            placed.append(tag.mapRectToScene(tag.boundingRect()))


class AxisLevelTag(LevelTag):
    """On the axis, where it lies over no trace; numbers below it are left away."""

    @property
    def _ground(self) -> pyqtgraph.GraphicsWidget:
        return self._axis

    @property
    def _left_px(self) -> float:
        """A text that is wider than the axis reaches into the picture."""
        return float(max(self._axis.width() - self.boundingRect().width(), 0.0))

    def _arrange(self) -> None:
        """Beside each other, and let the axis paint other numbers."""
        super()._arrange()
        if self._covers_another():
            self._axis.picture = None
            self._axis.update()


def _inside(middle_px: float, end_px: float, size_px: float) -> float:
    """The middle of a text along a line, so that nothing of it is cut at the line's ends."""
    half_px = min(size_px, end_px) / 2
    return float(min(max(middle_px, half_px), end_px - half_px))
