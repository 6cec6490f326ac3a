"""Where things are in the window: the bar with the buttons, docks, tabs, list of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pymeasure.display.Qt import QtCore, QtWidgets

from .side_button import SideButton

_LEFT = QtCore.Qt.LeftDockWidgetArea
_SIZE_PX = (1280, 860)

#: Width of the inputs at first, or as much as they need.
_INPUTS_PX = 340

#: Titles and two runs: more of them scroll.
LIST_PX = 76


@dataclass(frozen=True)
class Parts:
    """What a window is made of.

    :param inputs: the form, and below it what shall always be in sight.
    :param sequencer: a second page beside the inputs.
    :param tabs: pages of the centre with their titles.
    """

    controls: QtWidgets.QWidget
    inputs: Sequence[QtWidgets.QWidget]
    sequencer: QtWidgets.QWidget | None
    tabs: Sequence[tuple[QtWidgets.QWidget, str]]
    messages: QtWidgets.QWidget
    runs: QtWidgets.QWidget


def lay_out(
    window: QtWidgets.QMainWindow, parts: Parts
) -> tuple[QtWidgets.QTabWidget, QtWidgets.QSplitter, SideButton]:
    """Put the parts of a window in their places.

    Give the tabs, the splitter below them, and the button that folds the inputs away.
    """
    bar = _Bar("Runs")
    window.addToolBar(bar)
    bar.setObjectName("Runs")
    bar.setMovable(False)
    bar.setContextMenuPolicy(QtCore.Qt.PreventContextMenu)
    inputs = _dock(window, "Inputs", _column(parts.inputs))
    docks = [inputs]
    if parts.sequencer is not None:
        docks.append(_dock(window, "Sequencer", parts.sequencer))
        window.tabifyDockWidget(*docks)
        window.setTabPosition(_LEFT, QtWidgets.QTabWidget.North)
        inputs.raise_()
    side_button = SideButton(docks)
    bar.addWidget(side_button)
    bar.addWidget(parts.controls)
    window.resizeDocks([inputs], [_INPUTS_PX], QtCore.Qt.Horizontal)
    tabs = QtWidgets.QTabWidget(window)
    tabs.setDocumentMode(True)
    for page, title in parts.tabs:
        tabs.addTab(page, title)
    splitter = QtWidgets.QSplitter(QtCore.Qt.Vertical, window)
    splitter.addWidget(tabs)
    splitter.addWidget(parts.runs)
    splitter.setCollapsible(0, False)
    splitter.setStretchFactor(0, 1)
    splitter.setSizes([700, LIST_PX])
    centre = QtWidgets.QWidget(window)
    layout = QtWidgets.QVBoxLayout(centre)
    layout.setContentsMargins(4, 4, 4, 4)
    layout.addWidget(parts.messages)
    layout.addWidget(splitter, 1)
    window.setCentralWidget(centre)
    return tabs, splitter, side_button


class _Bar(QtWidgets.QToolBar):
    """Has room for all of its widgets: Qt would hide what is run and stopped with."""

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """As much as they need together."""
        widgets = [self.widgetForAction(action) for action in self.actions()]
        spare_px = sum(w.sizeHint().width() - w.minimumSizeHint().width() for w in widgets)
        needed_px = self.sizeHint().width() - spare_px
        return super().minimumSizeHint().expandedTo(QtCore.QSize(needed_px, 0))


def fit_on_screen(window: QtWidgets.QWidget, size_px: tuple[int, int] = _SIZE_PX) -> None:
    """Give a window a size, or as much of it as the screen has room for."""
    window.resize(*size_px)
    keep_on_screen(window)


def keep_on_screen(window: QtWidgets.QWidget) -> None:
    """Make a window no larger than its screen, and bring it there.

    Before it is shown its frame is not known; that has at least a title then.
    """
    room = window.screen().availableGeometry()
    frame = window.frameGeometry().size() - window.geometry().size()
    if not window.isVisible():
        title_px = window.style().pixelMetric(QtWidgets.QStyle.PM_TitleBarHeight)
        frame = frame.expandedTo(QtCore.QSize(0, title_px))
    window.resize(window.size().boundedTo(room.size() - frame))
    outer, place = window.frameGeometry(), window.pos()
    window.move(
        max(min(place.x(), room.right() + 1 - outer.width()), room.left()),
        max(min(place.y(), room.bottom() + 1 - outer.height()), room.top()),
    )


def _dock(
    window: QtWidgets.QMainWindow, title: str, content: QtWidgets.QWidget
) -> QtWidgets.QDockWidget:
    dock = QtWidgets.QDockWidget(title, window)
    dock.setObjectName(title)  # Qt saves the places of docks under their names
    dock.setFeatures(QtWidgets.QDockWidget.NoDockWidgetFeatures)
    dock.setTitleBarWidget(QtWidgets.QWidget(dock))  # no title: the tab says it
    dock.setWidget(content)
    window.addDockWidget(_LEFT, dock)
    return dock


def _column(parts: Sequence[QtWidgets.QWidget]) -> QtWidgets.QWidget:
    column = QtWidgets.QWidget()
    layout = QtWidgets.QVBoxLayout(column)
    layout.setContentsMargins(6, 4, 6, 6)
    layout.setSpacing(6)
    for part in parts:
        layout.addWidget(part, 0 if layout.count() else 1)
    return column
