"""Groups of knobs beside each other, in more rows where one has no room for all of them."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets


class KnobRows(QtWidgets.QWidget):
    """As high as its rows are; a tool bar would hide behind a button what has no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Fixed)
        self._groups: list[QtWidgets.QWidget] = []

    def show_groups(self, groups: list[QtWidgets.QWidget]) -> None:
        """Show these groups and no others; those that are not among them any more are deleted."""
        for group in self._groups:
            if group not in groups:
                group.hide()
                group.deleteLater()
        before, self._groups = self._groups, groups
        for group in groups:
            if group not in before:
                group.setParent(self)
                group.show()
        self.arrange()

    def arrange(self) -> None:
        """Give each group its place."""
        x_px = y_px = height_px = 0
        for group in self._groups:
            size = group.sizeHint()
            if x_px and x_px + size.width() > self.width():
                x_px, y_px, height_px = 0, y_px + height_px, 0
            group.setGeometry(QtCore.QRect(QtCore.QPoint(x_px, y_px), size))
            x_px, height_px = x_px + size.width(), max(height_px, size.height())
        self.setFixedHeight(y_px + height_px)

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """As wide as the widest group."""
        width_px = max((group.sizeHint().width() for group in self._groups), default=0)
        return QtCore.QSize(width_px, self.minimumHeight())

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """No wider than it must be, and as wide as there is room."""
        return self.minimumSizeHint()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Use other rows."""
        super().resizeEvent(event)
        self.arrange()

    def event(self, event: QtCore.QEvent) -> bool:
        """Notice a knob that is shown or hidden."""
        if event.type() == QtCore.QEvent.LayoutRequest:
            self.arrange()
        return bool(super().event(event))
