"""Where things are in the window: docks, tabs, list of runs, menus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymeasure.display.Qt import QtCore, QtWidgets

if TYPE_CHECKING:
    from collections.abc import Callable

    from .window import ExperimentWindow

_LEFT = QtCore.Qt.LeftDockWidgetArea


def lay_out(window: ExperimentWindow) -> None:
    """Put the widgets of a window in their places."""
    inputs = _dock(window, "Input Parameters", _inputs_column(window))
    if window.use_sequencer:
        sequencer = _dock(window, "Sequencer", window.sequencer)
        window.tabifyDockWidget(inputs, sequencer)
        window.setTabPosition(_LEFT, QtWidgets.QTabWidget.North)
        inputs.raise_()
    window.main = _centre(window)
    window.setCentralWidget(window.main)
    window.statusBar().addWidget(window.controls.status, 1)
    _add_menus(window)
    window.resize(1280, 860)


def _dock(
    window: ExperimentWindow, title: str, content: QtWidgets.QWidget
) -> QtWidgets.QDockWidget:
    dock = QtWidgets.QDockWidget(title, window)
    dock.setObjectName(title)  # Qt saves the places of docks under their names
    dock.setFeatures(QtWidgets.QDockWidget.NoDockWidgetFeatures)
    dock.setTitleBarWidget(QtWidgets.QWidget(dock))  # no title: the tab says it
    dock.setWidget(content)
    window.addDockWidget(_LEFT, dock)
    return dock


def _inputs_column(window: ExperimentWindow) -> QtWidgets.QWidget:
    column = QtWidgets.QWidget(window)
    layout = QtWidgets.QVBoxLayout(column)
    layout.setContentsMargins(8, 8, 8, 8)
    layout.setSpacing(8)
    layout.addWidget(window.inputs, 1)
    layout.addWidget(_line(column))
    if window.enable_file_input:
        layout.addWidget(window.file_input)
    if window.use_estimator:
        layout.addWidget(window.estimator)
    layout.addWidget(window.controls)
    return column


def _line(parent: QtWidgets.QWidget) -> QtWidgets.QFrame:
    line = QtWidgets.QFrame(parent)
    line.setFrameShape(QtWidgets.QFrame.HLine)
    line.setFrameShadow(QtWidgets.QFrame.Sunken)
    return line


def _centre(window: ExperimentWindow) -> QtWidgets.QWidget:
    centre = QtWidgets.QWidget(window)
    for label in (window.plot_widget.columns_x_label, window.plot_widget.columns_y_label):
        label.setMaximumWidth(label.sizeHint().width())  # PyMeasure's limit cuts large fonts off
    window.tabs = QtWidgets.QTabWidget(centre)
    for widget in window.widget_list:
        window.tabs.addTab(widget, widget.name)
    window.splitter = QtWidgets.QSplitter(QtCore.Qt.Vertical, centre)
    window.splitter.addWidget(window.tabs)
    window.splitter.addWidget(window.browser_widget)
    window.splitter.setStretchFactor(0, 1)
    window.splitter.setSizes([620, 180])
    layout = QtWidgets.QVBoxLayout(centre)
    layout.setContentsMargins(6, 6, 6, 6)
    layout.addWidget(window.messages)
    layout.addWidget(window.splitter, 1)
    return centre


def _add_menus(window: ExperimentWindow) -> None:
    runs = window.menuBar().addMenu("&Runs")
    runs.addAction("&Open ...", window.open_experiment, "Ctrl+O")
    runs.addSeparator()
    runs.addAction("&Queue", window.queue_button.click, "Ctrl+Return")
    runs.addAction("&Stop, keeping the data", window.controls.stop_button.click, "Ctrl+.")
    runs.addSeparator()
    runs.addAction("&Close Window", window.close, "Ctrl+Q")
    view = window.menuBar().addMenu("&View")
    for index, widget in enumerate(window.widget_list):
        show = _shower(window.tabs, widget)
        view.addAction(widget.name, show, f"Ctrl+{index + 1}")
    view.addSeparator()
    view.addAction("&Reset Window and Inputs", window.reset)


def _shower(tabs: QtWidgets.QTabWidget, widget: QtWidgets.QWidget) -> Callable[[], None]:
    return lambda: tabs.setCurrentWidget(widget)
