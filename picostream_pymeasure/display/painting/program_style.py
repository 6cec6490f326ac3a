"""The style of our programs: Fusion, with boxes and buttons that are seen in the dark too."""

from __future__ import annotations

from typing import Any

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

_PRIMITIVES = QtWidgets.QStyle.PrimitiveElement
_STATES = QtWidgets.QStyle.StateFlag

#: What a colour is for; of the class, as not every binding has them at its objects.
ROLES = QtGui.QPalette.ColorRole

_BOXES = (_PRIMITIVES.PE_IndicatorCheckBox, _PRIMITIVES.PE_IndicatorItemViewItemCheck)

#: A tick in a square of width 1.
_TICK = ((0.22, 0.52), (0.42, 0.72), (0.78, 0.28))
_TICK_WIDTH = 0.14
_RADIUS_PX = 2.0

#: Share of the highlight in the ground of a button that is down.
_DOWN = 0.25

#: Of the triangle of a menu, with as much room at its right.
_ARROW_PX = 7.0

_FEATURES = QtWidgets.QStyleOptionToolButton.ToolButtonFeature


class ProgramStyle(QtWidgets.QProxyStyle):
    """Draws what Fusion frames in a shade of the ground with borders of their own.

    A style and no style sheet, because under a style sheet palettes do not reach the children.
    """

    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawComplexControl(  # noqa: N802 - Qt's name
        self, control: Any, option: Any, painter: QtGui.QPainter, widget: Any = None
    ) -> None:
        """Draw buttons that open a menu with an arrow that is seen."""
        is_button = control == QtWidgets.QStyle.ComplexControl.CC_ToolButton
        has_menu = is_button and bool(option.features & _FEATURES.HasMenu)
        if has_menu:
            option.features &= ~_FEATURES.HasMenu
        super().drawComplexControl(control, option, painter, widget)
        if has_menu:
            _draw_arrow(option, painter)

    def drawPrimitive(  # noqa: N802 - Qt's name
        self, element: Any, option: Any, painter: QtGui.QPainter, widget: Any = None
    ) -> None:
        """Draw boxes to tick, and frames of tool buttons."""
        is_on = bool(option.state & _STATES.State_On)
        if element in _BOXES:
            _draw_box(option, painter, is_on)
        elif element == _PRIMITIVES.PE_PanelButtonTool:
            _draw_button(option, painter, is_on or bool(option.state & _STATES.State_Sunken))
        else:
            super().drawPrimitive(element, option, painter, widget)


def _draw_arrow(option: Any, painter: QtGui.QPainter) -> None:
    """Tell that a button has a menu; Fusion's own arrow is as small as a comma."""
    middle = QtCore.QRectF(option.rect).center()
    tip = QtCore.QPointF(option.rect.right() - _ARROW_PX, middle.y() + _ARROW_PX / 2)
    steps = (-_ARROW_PX, _ARROW_PX)
    upper = [tip + QtCore.QPointF(step / 2 + step * 0.1, -_ARROW_PX * 0.6) for step in steps]
    painter.save()
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setPen(QtCore.Qt.PenStyle.NoPen)
    painter.setBrush(option.palette.color(ROLES.ButtonText))
    painter.drawPolygon(QtGui.QPolygonF([upper[0], upper[1], tip]))
    painter.restore()


def _draw_box(option: Any, painter: QtGui.QPainter, is_ticked: bool) -> None:
    palette = QtGui.QPalette(option.palette)
    if not option.state & _STATES.State_Enabled:
        palette.setCurrentColorGroup(QtGui.QPalette.ColorGroup.Disabled)
    place = QtCore.QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5)
    has_focus = bool(option.state & _STATES.State_HasFocus)
    painter.save()
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setPen(palette.color(ROLES.Link if has_focus else ROLES.PlaceholderText))
    painter.setBrush(palette.color(ROLES.Base))
    painter.drawRoundedRect(place, _RADIUS_PX, _RADIUS_PX)
    if is_ticked:
        pen = QtGui.QPen(palette.color(ROLES.Text), _TICK_WIDTH * place.width())
        painter.setPen(pen)
        corner, side = place.topLeft(), place.width()
        points = [corner + QtCore.QPointF(x * side, y * side) for x, y in _TICK]
        painter.drawPolyline(QtGui.QPolygonF(points))
    painter.restore()


def _draw_button(option: Any, painter: QtGui.QPainter, is_down: bool) -> None:
    palette = option.palette
    ground = QtGui.QColor(palette.color(ROLES.Highlight if is_down else ROLES.Button))
    ground.setAlphaF(_DOWN)
    painter.save()
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setPen(palette.color(ROLES.Link if is_down else ROLES.PlaceholderText))
    painter.setBrush(ground)
    place = QtCore.QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(place, _RADIUS_PX, _RADIUS_PX)
    painter.restore()
