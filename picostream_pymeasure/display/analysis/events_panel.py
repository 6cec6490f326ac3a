"""What the events of a recording that keeps them are like: how long, how deep, how often."""

from __future__ import annotations

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from pymeasure.display.Qt import QtWidgets

from ...quantities import count
from .event_figures import EventFigures
from .panel_plot import PanelPlot

_HINT = "No events: record with some kept, and show a stretch of time that has them."
_FILL_ALPHA = 90
_MOST_BINS = 60

_PLOTS = (("Duration", "s"), ("Amplitude", "V"), ("From one to the next", "s"))


class EventsPanel(QtWidgets.QWidget):
    """Three histograms, and above them how many events there are."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = QtWidgets.QLabel()
        self.plots = [PanelPlot(_HINT if not number else "") for number in range(len(_PLOTS))]
        self._curves = []
        row = QtWidgets.QHBoxLayout()
        for plot, (title, unit) in zip(self.plots, _PLOTS, strict=True):
            plot.setLabel("bottom", title, units=unit)
            curve = plot.plot(stepMode="center", fillLevel=0, skipFiniteCheck=True)
            self._curves.append(curve)
            row.addWidget(plot)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.note)
        layout.addLayout(row)
        self.show_events(None, "")

    def show_events(self, figures: EventFigures | None, colour: str) -> None:
        """Show these; None for none."""
        is_empty = figures is None or not figures.durations_s.size
        self.plots[0].show_hint(is_empty)
        self.note.setText("" if figures is None else _in_words(figures))
        for curve in self._curves:
            curve.setVisible(not is_empty)
        if figures is None or is_empty:
            return
        fill = pyqtgraph.mkColor(colour)
        fill.setAlpha(_FILL_ALPHA)
        values = (figures.durations_s, figures.amplitudes_v, figures.between_s)
        for curve, of in zip(self._curves, values, strict=True):
            curve.setPen(colour)
            curve.setFillBrush(fill)
            curve.setData(*_histogram(of))


def _histogram(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Edges and numbers; one empty bin of no values."""
    bins = min(max(int(np.sqrt(values.size)), 1), _MOST_BINS)
    numbers, edges = np.histogram(values, bins)
    return edges, numbers


def _in_words(figures: EventFigures) -> str:
    text = f"{count(figures.durations_s.size)} events, {figures.rate_hz:.3g} a second"
    if figures.passed_over:
        text += f"; {count(figures.passed_over)} of the whole stream were passed over"
    return text
