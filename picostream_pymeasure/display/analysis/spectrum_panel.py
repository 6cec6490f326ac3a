"""Spectra of all channels as a plot."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtWidgets

from ...quantities import si
from ..painting.theme import theme_of
from ..reading.recording_facts import shown_name
from .frequency_axis import FrequencyAxis
from .panel_plot import PanelPlot

if TYPE_CHECKING:
    from .spectrum import Spectrum

_HINT = "No spectrum: show at least 16 samples without a gap."

#: Of noise, a hump, and what is too slow for the stretch.
_NO_PEAK = "no clear peak"

#: The vertical range ends at multiples of this, so that noise does not shake it.
_GRID_DB = 10.0

#: More than a 16-bit scope can tell; what is lower is left to scrolling.
_SPAN_DB = 160.0

#: Above the highest number, which would else be moved down from its line.
_HEADROOM_DB = 8.0

#: The last digit of a frequency is no finer than this part of the resolution.
_SHARE_OF_RESOLUTION = 100

#: Whole segments seldom fill a stretch; what they leave out is told from this part of it on.
_LEFT_OUT = 0.01

#: A resolution that is so much coarser than a power of ten is written as if it were that.
_SLACK = 1.02

_HELP = (
    "The strongest line of each channel. Noise, a hump, and what has one period or less in the "
    "stretch have no clear peak. While samples come, four spectra in a row must say so"
)

Band = tuple[float, float]


class SpectrumPanel(QtWidgets.QWidget):
    """Amplitude over frequency, with the strongest line of each channel in words.

    The wheel and the mouse zoom and move; a double click shows everything again.
    """

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._spectra: dict[str, Spectrum] = {}
        self._curves: dict[str, pyqtgraph.PlotDataItem] = {}
        self._follows = True
        self._unit = "V"
        self._setup_ui()

    def _setup_ui(self) -> None:
        self.plot = PanelPlot(_HINT, axes={"bottom": FrequencyAxis()})
        self.plot.setLabel("bottom", "Frequency", units="Hz")
        self.plot.setLabel("left", "dBV")
        self.plot.getAxis("left").enableAutoSIPrefix(False)
        self.plot.sigRangeChanged.connect(self._draw)
        self.plot.getViewBox().sigRangeChangedManually.connect(self._stop_following)
        self.plot.scene().sigMouseClicked.connect(self._on_click)
        self.log_frequency = QtWidgets.QCheckBox("&Log frequency")
        self.log_frequency.toggled.connect(self._set_log)
        self.summary = QtWidgets.QLabel()
        self.summary.setTextFormat(QtCore.Qt.TextFormat.RichText)
        self.summary.setToolTip(_HELP)
        self.summary.setWordWrap(True)
        header = QtWidgets.QHBoxLayout()
        header.addWidget(self.summary, 1)
        header.addWidget(self.log_frequency)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(header)
        layout.addWidget(self.plot)

    def clear(self) -> None:
        """Show nothing."""
        self.show_spectra({}, {})

    def show_spectra(
        self,
        spectra: Mapping[str, Spectrum],
        colours: Mapping[str, str],
        unit: str = "V",
        stretch: str = "",
        length_s: float = math.nan,
        begin_s: float = math.nan,
    ) -> None:
        """Show these channels and no others; those without a spectrum are left out.

        :param colours: of the channels' curves.
        :param unit: of them all; empty where they differ.
        :param stretch: what they are of, in words.
        :param length_s: of that stretch; by default of the samples that were used.
        :param begin_s: of a stretch that is no longer the one in the picture.
        """
        self._unit = unit
        self.plot.setLabel("left", _decibels(unit))
        self._spectra = {name: made for name, made in spectra.items() if made.n_averages}
        self.plot.show_hint(not self._spectra)
        for name in set(self._curves) - set(self._spectra):
            self.plot.removeItem(self._curves.pop(name))
        for name in self._spectra:
            if name not in self._curves:
                self._curves[name] = self.plot.plot(skipFiniteCheck=True)
                self._curves[name].setLogMode(self.log_frequency.isChecked(), False)
            self._curves[name].setPen(colours[name])
        self.summary.setText(self._summary(colours, stretch, length_s, begin_s))
        self._fit()
        self._draw()

    def show_all(self) -> None:
        """Show all frequencies and amplitudes, and go on doing so."""
        self._follows = True
        self._fit()

    def _stop_following(self) -> None:
        self._follows = False

    def _on_click(self, event: pyqtgraph.GraphicsScene.mouseEvents.MouseClickEvent) -> None:
        if event.double():
            self.show_all()

    def _set_log(self, log: bool) -> None:
        axis = self.plot.getAxis("bottom")
        axis.enableAutoSIPrefix(False)  # until the range is one of logarithms, or no more
        self.plot.setLogMode(x=log)
        self.plot.setLabel("bottom", "Frequency", units="" if log else "Hz")
        self.show_all()
        axis.enableAutoSIPrefix(not log)

    def _fit(self) -> None:
        if not (self._follows and self._spectra):
            return
        x_range = [self._in_view(edge) for edge in _frequencies(self._spectra)]
        view = self.plot.getViewBox()
        view.setRange(xRange=x_range, yRange=_amplitudes(self._spectra), padding=0)

    def _in_view(self, frequency_hz: float) -> float:
        return math.log10(frequency_hz) if self.log_frequency.isChecked() else frequency_hz

    def _draw(self) -> None:
        view = self.plot.getViewBox()
        low, high = view.viewRange()[0]
        edges = np.linspace(low, high, max(int(view.width()), 2))
        edges_hz = 10**edges if self.log_frequency.isChecked() else edges
        for name, curve in self._curves.items():
            curve.setData(*_reduced(self._spectra[name], edges_hz))

    def _summary(
        self, colours: Mapping[str, str], stretch: str, length_s: float, begin_s: float
    ) -> str:
        readable = theme_of(self).contrast_colour
        lines = [
            f"<span style='color:{readable(colours[name])}'>"
            f"{shown_name(name)} {_peak(made, self._unit)}</span>"
            for name, made in self._spectra.items()
        ]
        first = next(iter(self._spectra.values()), None)
        if first is not None:
            resolution = si(first.resolution_hz, "Hz")
            averages = f", {first.n_averages} averages" if first.n_averages > 1 else ""
            lines[0] = f"Strongest: {lines[0]}"
            lines.append(f"{stretch}{_place(begin_s, length_s)} {_length(first, length_s)}")
            lines.append(f"Resolution {resolution}{averages}")
        return " &nbsp;&nbsp; ".join(f"<nobr>{line}</nobr>" for line in lines)


def _place(begin_s: float, length_s: float) -> str:
    """Where a stretch was, as the table of measurements tells it."""
    if math.isnan(begin_s):
        return ":"
    return f" from {si(begin_s, 's', 6)} to {si(begin_s + length_s, 's', 6)},"


def _length(made: Spectrum, length_s: float) -> str:
    """Of a stretch, and of what of it went into the spectrum where that is less."""
    used_s = made.end_s - made.begin_s
    if math.isnan(length_s):
        return si(used_s, "s")
    is_all = used_s > (1 - _LEFT_OUT) * length_s
    return si(length_s, "s") + ("" if is_all else f", {si(used_s, 's')} of it used")


def _frequencies(spectra: Mapping[str, Spectrum]) -> Band:
    low = min(made.frequencies_hz[0] for made in spectra.values())
    return float(low), float(max(made.frequencies_hz[-1] for made in spectra.values()))


def _amplitudes(spectra: Mapping[str, Spectrum]) -> Band:
    """Range that shows what stands out, and the noise below it."""
    top = max(made.amplitude_dbv.max() for made in spectra.values())
    floor = min(made.floor_dbv for made in spectra.values())
    high = _GRID_DB * (math.floor(top / _GRID_DB) + 1)
    return max(_GRID_DB * (math.floor(floor / _GRID_DB) - 1), high - _SPAN_DB), high + _HEADROOM_DB


def _peak(made: Spectrum, unit: str) -> str:
    """The strongest line, to a constant decimal as it moves."""
    if not math.isfinite(made.peak_hz):
        return _NO_PEAK
    finest_hz = made.resolution_hz / _SHARE_OF_RESOLUTION / _SLACK
    last_hz = 10.0 ** math.ceil(math.log10(finest_hz))
    n_last = round(made.peak_hz / last_hz)
    digits = min(max(len(str(n_last)), 2), 6)
    return f"{si(n_last * last_hz, 'Hz', digits)} {made.peak_dbv:.2f} {_decibels(unit)}"


def _decibels(unit: str) -> str:
    return "dBV" if unit == "V" else f"dB re 1 {unit}" if unit else "dB"


def _reduced(
    made: Spectrum, edges_hz: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest bin of each column of pixels, and one bin more on both sides."""
    starts = np.unique(np.searchsorted(made.frequencies_hz, edges_hz))
    first, last = max(int(starts[0]) - 1, 0), min(int(starts[-1]) + 1, made.frequencies_hz.size)
    starts = np.unique(np.clip([first, *starts], first, last - 1)) - first
    amplitudes = made.amplitude_dbv[first:last]
    both = np.column_stack(
        (np.minimum.reduceat(amplitudes, starts), np.maximum.reduceat(amplitudes, starts))
    )
    return np.repeat(made.frequencies_hz[first:last][starts], 2), both.ravel()
