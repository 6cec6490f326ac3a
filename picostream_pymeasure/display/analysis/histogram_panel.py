"""Histograms of all channels as a plot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtWidgets

from ..painting.theme import theme_of
from .panel_plot import PanelPlot

if TYPE_CHECKING:
    from .histogram import Histogram

_HINT = "No histogram: no samples are shown."
_INEXACT = "≈ from stretches evenly spread over the range"
_FILL_ALPHA = 90


class HistogramPanel(QtWidgets.QWidget):
    """Share of samples over voltage."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: dict[str, pyqtgraph.PlotDataItem] = {}
        self._setup_ui()

    def _setup_ui(self) -> None:
        self.plot = PanelPlot(_HINT)
        self.plot.setLabel("bottom", "Input", units="V")
        self.plot.setLabel("left", "Samples (%)")
        self.plot.getAxis("left").enableAutoSIPrefix(False)
        self.note = QtWidgets.QLabel()
        self.note.setTextFormat(QtCore.Qt.TextFormat.RichText)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.note)
        layout.addWidget(self.plot)

    def clear(self) -> None:
        """Show nothing."""
        self.show_histograms({}, {})

    def show_histograms(
        self,
        histograms: Mapping[str, Histogram],
        colours: Mapping[str, str],
        unit: str = "V",
    ) -> None:
        """Show these channels and no others; those without samples are left out.

        :param colours: of the channels' curves.
        :param unit: of them all; empty where they differ.
        """
        self.plot.setLabel("bottom", "Input", units=unit)
        filled = {name: made for name, made in histograms.items() if made.counts.size}
        self.plot.show_hint(not filled)
        is_exact = all(made.exact for made in filled.values())
        readable = theme_of(self).contrast_colour
        names = [
            f"<span style='color:{readable(colours[each])}'>{each or 'Input'}</span>"
            for each in filled
        ]
        self.note.setText(" &nbsp; ".join(names if is_exact else [*names, _INEXACT]))
        for name in set(self._curves) - set(filled):
            self.plot.removeItem(self._curves.pop(name))
        for name, made in filled.items():
            if name not in self._curves:
                self._curves[name] = self.plot.plot(
                    stepMode="center", fillLevel=0, skipFiniteCheck=True
                )
            fill = pyqtgraph.mkColor(colours[name])
            fill.setAlpha(_FILL_ALPHA)
            self._curves[name].setPen(colours[name])
            self._curves[name].setFillBrush(fill)
            self._curves[name].setData(made.edges_v, made.counts * (100 / made.counts.sum()))
