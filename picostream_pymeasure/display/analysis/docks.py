"""The panels below the picture, kept up to date while they are open."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from pymeasure.display.Qt import QtCore, QtWidgets

from ..reading.latest_worker import LatestWorker
from .events_panel import EventsPanel
from .histogram_panel import HistogramPanel
from .marks_panel import MarksPanel
from .measurement_table import MeasurementTable
from .request import (
    EVENTS,
    HISTOGRAM,
    MARKS,
    MEASUREMENTS,
    SPECTRUM,
    AnalysisRequest,
)
from .spectrum_panel import SpectrumPanel
from .steady_peaks import SteadyPeaks

if TYPE_CHECKING:
    from .analyse import Analysis

#: Numbers that change faster cannot be read.
_PERIOD_MS = 400

#: Figures that are older while others are wanted say so.
_LATE_S = 2.0

#: What follows the newest samples is now and then a packet shorter.
_LIKE_LENGTHS = 0.02

#: Height of the panels at first, and the part of the display that it is at most.
_HEIGHT_PX, _SHARE, _TABLE_SHARE = 280, 0.28, 0.25

#: A table and a plot need so much width beside each other.
_BESIDE_PX, _PARTS = 1300, (740, 560)


class AnalysisDocks(QtCore.QObject):
    """Docks of the measurements, the spectrum, the histogram and the events; hidden at first.

    Spectrum and histogram are made when they are opened: plots take a good part of the start.

    :param window: what they are docked to.
    """

    #: A panel was opened or closed.
    toggled = QtCore.Signal()

    def __init__(self, window: QtWidgets.QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._table = MeasurementTable()
        self._plots: list[SpectrumPanel | HistogramPanel] = []
        self.events = EventsPanel()
        self.marks = MarksPanel()
        self._colours: Mapping[str, str] = {}
        self._wanted: AnalysisRequest | None = None
        self._last: AnalysisRequest | None = None
        self._shown: Analysis | None = None
        self._measured: AnalysisRequest | None = None
        self._peaks = SteadyPeaks()
        self._pause = QtCore.QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PERIOD_MS)
        self._pause.timeout.connect(self._submit)
        self.docks = {
            MEASUREMENTS: self._panel(MEASUREMENTS, "Measurements", self._table),
            SPECTRUM: self._panel(SPECTRUM, "Spectrum"),
            HISTOGRAM: self._panel(HISTOGRAM, "Histogram"),
            EVENTS: self._panel(EVENTS, "Events", self.events),
            MARKS: self._panel(MARKS, "Marks", self.marks),
        }
        for name in (SPECTRUM, HISTOGRAM, EVENTS, MARKS):
            window.tabifyDockWidget(self.docks[MEASUREMENTS], self.docks[name])
        self._is_beside: bool | None = False
        self.worker = LatestWorker("picostream analysis", _analyser)
        self.worker.done.connect(self._show)

    @cached_property
    def _spectrum(self) -> SpectrumPanel:
        panel = SpectrumPanel()
        panel.log_frequency.setChecked(True)  # most signals are far below half the rate
        self._add_plot(SPECTRUM, panel)
        return panel

    @cached_property
    def _histogram(self) -> HistogramPanel:
        panel = HistogramPanel()
        self._add_plot(HISTOGRAM, panel)
        return panel

    def _add_plot(self, name: str, panel: SpectrumPanel | HistogramPanel) -> None:
        if self._last is not None:
            panel.plot.show_wait()
        empty = self.docks[name].widget()
        self.docks[name].setWidget(panel)
        empty.deleteLater()
        self._plots.append(panel)

    def _make_open(self) -> None:
        """Make what is open and has not been before."""
        if not self.docks[SPECTRUM].isHidden():
            _ = self._spectrum
        if not self.docks[HISTOGRAM].isHidden():
            _ = self._histogram

    def close(self) -> None:
        """End the thread, and begin none anew for what was asked for just before."""
        self._pause.stop()
        self._wanted = None
        self.worker.close()

    def set_open(self, name: str, is_open: bool) -> None:
        """Open or close a panel."""
        self.docks[name].setVisible(is_open)
        self._make_open()
        self._window.resizeDocks([self.docks[name]], [self._height_px(name)], QtCore.Qt.Vertical)
        self.docks[name].raise_()
        QtCore.QTimer.singleShot(0, self._share_width)  # not while Qt brings places back

    def arrange(self) -> None:
        """Put the plots beside the tables where there is room, else all behind each other."""
        is_beside = self._window.width() >= _BESIDE_PX
        if is_beside != self._is_beside:
            self._is_beside = is_beside
            self._place_plots()

    def _place_plots(self) -> None:
        table, spectrum = self.docks[MEASUREMENTS], self.docks[SPECTRUM]
        if self._is_beside:
            area = QtCore.Qt.BottomDockWidgetArea
            self._window.addDockWidget(area, spectrum, QtCore.Qt.Horizontal)
        else:
            self._window.tabifyDockWidget(table, spectrum)
        self._window.tabifyDockWidget(spectrum, self.docks[HISTOGRAM])
        self._share_width()

    def _share_width(self) -> None:
        """Give the tables the room of their columns, and the plots the rest, if both are open."""
        sides = (MEASUREMENTS, EVENTS, MARKS), (SPECTRUM, HISTOGRAM)
        seen = [[name for name in side if not self.docks[name].isHidden()] for side in sides]
        if self._is_beside and all(seen):
            docks = [self.docks[names[0]] for names in seen]
            self._window.resizeDocks(docks, _PARTS, QtCore.Qt.Horizontal)

    def forget_places(self) -> None:
        """Arrange them anew: places were brought back that were saved in a window of any width."""
        self._is_beside = None

    def _height_px(self, name: str) -> int:
        """What panels get when they are opened: the picture keeps the most."""
        share = _TABLE_SHARE if name in (MEASUREMENTS, MARKS) else _SHARE
        return int(min(share * self._window.height(), _HEIGHT_PX))

    def request(self, wanted: AnalysisRequest, colours: Mapping[str, str]) -> None:
        """Work out what the open panels show; soon, if the last time was just now.

        :param wanted: its ``panels`` and ``asked_s`` are filled in here.
        """
        panels = frozenset(name for name, dock in self.docks.items() if not dock.isHidden())
        self._wanted = replace(wanted, panels=panels, asked_s=time.monotonic())
        self._use_colours(colours)
        self._tell_age()
        if not self._pause.isActive():
            self._submit()

    def _use_colours(self, colours: Mapping[str, str]) -> None:
        """Draw what is shown anew if its channels have other colours now."""
        before, self._colours = self._colours, dict(colours)
        if before != self._colours and before.keys() == self._colours.keys():
            self._table.set_colours(self._colours)
            self._draw()

    def _tell_age(self) -> None:
        """Say how old the measurements are when they come late."""
        if self._shown is not None and self._wanted is not None:
            measured, wanted = self._shown.request, self._wanted
            age_s = 0.0 if measured == wanted else wanted.asked_s - measured.asked_s
            self._table.show_age(age_s if age_s > _LATE_S else 0.0)

    def _submit(self) -> None:
        wanted = self._wanted
        if wanted is None or not wanted.panels or wanted.end_s <= wanted.begin_s:
            return
        if wanted != self._last:
            if self._last is None:  # there are samples now, whatever they will say
                for panel in self._plots:
                    panel.plot.show_wait()
            self._last = wanted
            self.worker.submit(wanted)
            self._pause.start()

    def clear(self) -> None:
        """Show nothing."""
        self._last = self._wanted = self._shown = None
        self._table.show_measurements({})
        for panel in self._plots:
            panel.clear()
        self.events.show_events(None, "")

    def add_page(self, name: str, title: str, page: QtWidgets.QWidget) -> QtWidgets.QDockWidget:
        """Put something else beside the panels, hidden."""
        dock = self._dock(name, title, page)
        self._window.tabifyDockWidget(self.docks[MEASUREMENTS], dock)
        return dock

    @property
    def is_any_open(self) -> bool:
        """Whether there is a panel."""
        return any(not dock.isHidden() for dock in self.docks.values())

    def _panel(
        self, name: str, title: str, panel: QtWidgets.QWidget | None = None
    ) -> QtWidgets.QDockWidget:
        dock = self._dock(name, title, panel)
        dock.visibilityChanged.connect(lambda _: self._tell_toggled())
        return dock

    def _tell_toggled(self) -> None:
        self._make_open()
        self.toggled.emit()

    def _dock(self, name: str, title: str, page: QtWidgets.QWidget | None) -> QtWidgets.QDockWidget:
        dock = QtWidgets.QDockWidget(title, self._window)
        dock.setObjectName(name)
        if page is None:  # it is made later
            page = QtWidgets.QWidget()
            page.setMinimumHeight(1)  # Qt takes one away from a dock without a title
        dock.setWidget(page)
        dock.setTitleBarWidget(QtWidgets.QWidget(dock))  # no title: its page and its button say it
        dock.hide()
        self._window.addDockWidget(QtCore.Qt.BottomDockWidgetArea, dock)
        return dock

    def _show(self, analysis: Analysis) -> None:
        if self._last is None or analysis.request.path != self._last.path:
            return
        request = analysis.request
        goes_on = self._shown is not None and _go_together(request, self._shown.request)
        spectra = self._peaks.meet(analysis.spectra, goes_on and request.is_growing)
        self._shown = replace(analysis, spectra=spectra)
        if MEASUREMENTS in request.panels:
            if self._measured is None or not _go_together(request, self._measured):
                self._measured = request
                self._table.forget_statistics()
            self._table.show_measurements(analysis.measurements, self._colours)
            self._table.show_stretch(
                request.stretch, request.begin_s, request.end_s, request.moves_on
            )
        self._tell_age()
        self._draw()

    def _draw(self) -> None:
        """Draw what the last analysis found."""
        analysis = self._shown
        if analysis is None:
            return
        panels = analysis.request.panels
        units = {channel.unit for channel in analysis.request.channels.values()}
        unit = units.pop() if len(units) == 1 else ""
        if SPECTRUM in panels:
            request = analysis.request
            length_s = request.end_s - request.begin_s
            begin_s = request.begin_s if request.moves_on else math.nan
            self._spectrum.show_spectra(
                analysis.spectra, self._colours, unit, request.stretch, length_s, begin_s
            )
        if HISTOGRAM in panels:
            self._histogram.show_histograms(analysis.histograms, self._colours, unit)
        if EVENTS in panels:
            figures = analysis.events
            self.events.show_events(
                figures, self._colours.get(figures.channel, "") if figures else ""
            )


def _go_together(one: AnalysisRequest, other: AnalysisRequest) -> bool:
    """Whether statistics can be of both: of one recording, in one unit, of like lengths."""
    lengths_s = one.end_s - one.begin_s, other.end_s - other.begin_s
    kinds = [(each.path, each.scales, each.is_between_cursors) for each in (one, other)]
    return kinds[0] == kinds[1] and math.isclose(*lengths_s, rel_tol=_LIKE_LENGTHS)


def _analyser() -> Callable[[AnalysisRequest], Analysis]:
    """Get what reads files, in its thread: compiled code takes long to load."""
    from .analyse import Analyser

    return Analyser()
