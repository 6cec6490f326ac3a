"""What the events of a recording are like: how long, how deep, how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ...quantities import count, per_second, si
from ..painting.cut_label import CutLabel
from ..painting.theme import redden, theme_of
from .panel_plot import PanelPlot

if TYPE_CHECKING:
    from .event_figures import EventFigures

_HINT = "No events: type a rule, or show a stretch of a recording that keeps some."
_RULE_HELP = (
    "What counts as an event, as in A:falling:5sigma or B:rising:20 mV: channel, rising, falling "
    "or either, and so many sigma from the baseline, or a level; 6sigma or -20 mV changes only the "
    "level. Its lines (E) in the picture can be dragged"
)
_STEP_HELP = {False: "Show the event before (,)", True: "Show the next event (.)"}
_FILL_ALPHA = 90
_MOST_BINS = 60

_PLOTS = (("Duration", "s"), ("Amplitude", "V"), ("Interval", "s"))


class EventsPanel(QtWidgets.QWidget):
    """Three histograms, and above them the rule and how many events there are.

    The histograms are made when it is first seen: plots take a good part of the start.
    """

    #: A rule that was typed.
    rule_typed = QtCore.Signal(str)
    #: The event before is wanted, or with True the next one.
    stepped = QtCore.Signal(bool)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.rule_field = QtWidgets.QLineEdit()
        self.rule_field.setPlaceholderText("A:falling:5sigma")
        self.rule_field.setToolTip(_RULE_HELP)
        self.rule_field.setMaximumWidth(
            self.fontMetrics().horizontalAdvance("A:falling:12.34sigma__")
        )
        self.rule_field.editingFinished.connect(self.take_rule)
        self.note = CutLabel()
        self.note.setMinimumWidth(1)  # a long rule does not make the window wide
        self._problem, self._text = "", ""
        self.plots: list[PanelPlot] = []
        self._curves: list[pyqtgraph.PlotDataItem] = []
        self._row = QtWidgets.QHBoxLayout()
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        header = QtWidgets.QHBoxLayout()
        header.setContentsMargins(4, 0, 4, 0)
        header.addWidget(QtWidgets.QLabel("Events"))
        header.addWidget(self.rule_field)
        self.steps = {is_forth: self._step_button(is_forth) for is_forth in (False, True)}
        for button in self.steps.values():
            header.addWidget(button)
        header.addWidget(self.note, 1)
        layout.addLayout(header)
        layout.addLayout(self._row)
        self.show_events(None, "")

    def _step_button(self, is_forth: bool) -> QtWidgets.QToolButton:
        button = QtWidgets.QToolButton()
        button.setArrowType(QtCore.Qt.RightArrow if is_forth else QtCore.Qt.LeftArrow)
        button.setToolTip(_STEP_HELP[is_forth])
        button.setAccessibleName(_STEP_HELP[is_forth])
        button.setAutoRaise(True)
        button.clicked.connect(lambda: self.stepped.emit(is_forth))
        return button

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Make the histograms."""
        super().showEvent(event)
        if not self.plots:
            self._make_plots()
            self._draw()

    def _make_plots(self) -> None:
        for title, unit in _PLOTS:
            plot = PanelPlot("" if self.plots else _HINT)
            plot.setLabel("bottom", title, units=unit)
            plot.setLabel("left", "Events")
            plot.setLimits(yMin=0)
            self._curves.append(plot.plot(stepMode="center", fillLevel=0, skipFiniteCheck=True))
            self.plots.append(plot)
            self._row.addWidget(plot)

    def show_rule(self, text: str, problem: str) -> None:
        """Show a rule that was set, and why it is none."""
        if not self.rule_field.hasFocus() or text != self.rule_field.text():
            self.rule_field.setText(text)
        self._problem, self._text = problem, text
        redden(self.rule_field, problem)
        self._write()

    def take_rule(self) -> None:
        """Tell what was typed, if it has not been told yet."""
        text = self.rule_field.text().strip()
        if text != self._text:
            self.rule_typed.emit(text)

    def _write(self) -> None:
        self.note.setStyleSheet(f"color: {theme_of(self).warning}" if self._problem else "")
        self.note.say(self._problem or self._words)

    def show_events(self, figures: EventFigures | None, colour: str) -> None:
        """Show these; None for none."""
        self._figures, self._colour = figures, colour
        self._words = "" if figures is None else _in_words(figures)
        self._write()
        self._draw()

    def _draw(self) -> None:
        figures = self._figures
        is_empty = figures is None or not figures.durations_s.size
        for plot in self.plots:
            plot.show_hint(is_empty)
        for curve in self._curves:
            curve.setVisible(not is_empty)
        if figures is None or is_empty or not self.plots:
            return
        self.plots[1].setLabel("bottom", _PLOTS[1][0], units=figures.unit)
        fill = pyqtgraph.mkColor(self._colour)
        fill.setAlpha(_FILL_ALPHA)
        values = (figures.durations_s, figures.amplitudes_v, figures.between_s)
        for curve, of in zip(self._curves, values, strict=True):
            curve.setPen(self._colour)
            curve.setFillBrush(fill)
            curve.setData(*_histogram(of))


def _histogram(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Edges and numbers; one empty bin of no values, and one about as wide as a single value."""
    bins = min(max(int(np.sqrt(values.size)), 1), _MOST_BINS)
    if values.size and np.ptp(values) == 0 and values[0]:
        low, high = sorted((0.5 * values[0], 1.5 * values[0]))
        numbers, edges = np.histogram(values, 1, (low, high))
    else:
        numbers, edges = np.histogram(values, bins)
    return edges, numbers


def _in_words(figures: EventFigures) -> str:
    n_events = figures.durations_s.size
    text = f"{count(n_events)} event{'s' * (n_events != 1)}, {per_second(figures.rate_hz)} a second"
    if figures.searched_s is not None:
        text += f", in {si(figures.searched_s, 's', 3)}"
    if figures.cut:
        text += (
            f"; {count(figures.cut)} cut: longer than their greatest width, or lasting at the end"
        )
    if figures.passed_over:
        where = "more" if figures.searched_s is not None else "of the whole stream"
        text += f"; {count(figures.passed_over)} {where} were passed over"
    return text
