"""Columns of the list of runs that are filled from the recordings, without stopping the window."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from pymeasure.display.browser import Browser
from pymeasure.display.manager import Experiment
from pymeasure.display.Qt import QtCore, QtWidgets

from ...host import FINISHED
from ..painting.theme import Theme, theme_of
from ..reading.failures import log_fault
from ..reading.frame import Frame
from ..reading.state_words import ARMED, BY_HAND, COMPLETE
from .files import is_there, recording_of
from .run_facts import (
    NO_DATA,
    NO_RECORDING,
    TITLES,
    UNREADABLE,
    RunFacts,
    RunFactsReader,
    length_text,
)
from .run_item import STATUS_COLUMN
from .run_warnings import RunWarnings, paint_progress

_PROGRESS_COLUMN = 2
_LOOK_MS = 500

#: Of the columns here, and of PyMeasure's that need less than it gives them.
_WIDTHS_PX = (85, 70, 100)
_HOST_WIDTHS_PX = {0: 60, 1: 110, 2: 78, 3: 92}
_NARROW_PX = 74

#: Height of the font that these widths are made for.
_FONT_PX = 17


class RunColumns(QtCore.QObject):
    """Adds the columns to PyMeasure's list, and keeps that of the running run up to date.

    :param browser: the list.
    :param records: whether runs have recordings; without them there is nothing to add.
    """

    arrived = QtCore.Signal(object, object)
    #: A run of which there is no recording.
    missed = QtCore.Signal(object)
    #: :class:`RunFacts` of the run that goes on.
    looked = QtCore.Signal(object)

    def __init__(self, browser: Browser, records: bool) -> None:
        super().__init__(browser)
        self._executor = ThreadPoolExecutor(1, "runs")
        self._reader: RunFactsReader | None = None  # of the executor's thread, until that is over
        header = [browser.headerItem().text(n) for n in range(browser.columnCount())]
        self._first = len(header)
        self._length_column = self._first + TITLES.index("Length")
        self._records, self._browser = records, browser
        lost_column = self._first + TITLES.index("Lost") if records else None
        browser.setItemDelegate(RunWarnings(browser, STATUS_COLUMN, lost_column))
        if records:
            browser.setHeaderLabels([*header, *TITLES])
            self._fit_columns(browser.header(), browser.fontMetrics().height())
        self._is_asked = False
        self._running: Experiment | None = None
        self._late: Experiment | None = None
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.missed.connect(self._show_absence)
        self.arrived.connect(self._show)

    def _fit_columns(self, header: QtWidgets.QHeaderView, font_px: int) -> None:
        widths_px = {self._first + number: px for number, px in enumerate(_WIDTHS_PX)}
        widths_px |= {n: _HOST_WIDTHS_PX.get(n, _NARROW_PX) for n in range(self._first)}
        scale = max(font_px / _FONT_PX, 1.0)
        for number, width_px in widths_px.items():
            header.resizeSection(number, round(scale * width_px))
        header.setStretchLastSection(False)
        modes = QtWidgets.QHeaderView.ResizeMode
        header.setSectionResizeMode(self._first + TITLES.index("Inputs"), modes.Stretch)
        header.setSectionResizeMode(self._first + TITLES.index("Lost"), modes.ResizeToContents)

    def set_theme(self, theme: Theme) -> None:
        """Use its colours in the bars."""
        for row in range(self._browser.topLevelItemCount()):
            item = self._browser.topLevelItem(row)
            bar = self._browser.itemWidget(item, _PROGRESS_COLUMN)
            paint_progress(bar, item.text(STATUS_COLUMN), theme)

    def follow(self, experiment: Experiment | None) -> None:
        """Keep a run that goes on up to date, or none.

        That of before is looked at until its recording has ended too, which a busy disk may delay.
        """
        if experiment is None:
            self._late = self._running
        self._running = experiment
        self._timer.start()

    def keep_pace(self, frame: Frame) -> None:
        """Tell the same length of the run that goes on as its picture.

        Look at it for the first time, and when it has ended: a length alone would be half a row.
        """
        facts, running = frame.facts, self._running
        if facts is None or running is None or not facts.recorded:
            return
        if frame.path != str(recording_of(running.results)):
            return
        if running.browser_item.text(self._first) and not facts.is_finished:
            self._tell_length(running.browser_item, facts.end_s - facts.begin_s)
        elif not self._is_asked:
            self._is_asked = True
            self.fill(running)

    def _tell_length(self, item: Any, length_s: float) -> None:
        """Of a run that goes on: what was told of it never becomes less."""
        length = length_text(length_s, has_ended=False)
        is_more = length_s > item.number(self._length_column)
        if is_more and length != item.text(self._length_column):
            item.show(self._length_column, length, length_s)
            _write_progress(item, length)

    def fill(self, experiment: Experiment) -> None:
        """Read what was recorded in a run."""
        if self._records:
            with suppress(RuntimeError):  # the window is closing
                self._executor.submit(self._read, experiment)

    def take_keyboard(self) -> None:
        """Let keys work in the list: arrows choose a run, Space shows it, the menu key acts."""
        if self._browser.currentItem() is None:
            self._browser.setCurrentItem(self._browser.topLevelItem(0))
        self._browser.setFocus(QtCore.Qt.ShortcutFocusReason)

    def close(self) -> None:
        """Read no more."""
        self._timer.stop()
        self._executor.shutdown(cancel_futures=True)
        if self._reader is not None:
            self._reader.close()

    def _look(self) -> None:
        looked_at = [each for each in (self._running, self._late) if each is not None]
        for experiment in looked_at:
            self.fill(experiment)
        if not looked_at:
            self._timer.stop()

    def _read(self, experiment: Experiment) -> None:
        facts = None
        try:
            self._reader = self._reader or RunFactsReader()
            path = recording_of(experiment.results)
            facts = self._reader(path)
            if facts is None and not is_there(path):
                self.missed.emit(experiment)
        except Exception as error:  # noqa: BLE001 - nobody asks the executor how it went
            log_fault(error)
        self.arrived.emit(experiment, facts)

    def _show_absence(self, experiment: Experiment) -> None:
        """Tell that a run left no recording: one that has just ended nothing at all."""
        if experiment.procedure.status != FINISHED or experiment is self._running:
            return
        is_late = experiment is self._late
        if is_late:
            show_no_data(experiment.browser_item)
        else:
            _show_no_facts(experiment.browser_item, NO_RECORDING)

    def _show(self, experiment: Experiment, facts: RunFacts | None) -> None:
        self._is_asked = False
        item = experiment.browser_item
        is_gone = item.treeWidget() is None  # it has left the list meanwhile, as its bar has
        if experiment is self._late and (is_gone or facts is None or facts.has_ended):
            self._late = None
        if not is_gone and facts is None and experiment is not self._running:
            _show_no_facts(item, UNREADABLE)
        if is_gone or facts is None:
            return
        for column, (text, number) in enumerate(facts.cells, self._first):
            if column != self._length_column or facts.has_ended:
                item.show(column, text, number)
        if not facts.has_ended:
            self._tell_length(item, facts.length_s)
        _write_progress(item, "" if facts.status == ARMED else item.text(self._length_column))
        if experiment is not self._running:
            item.setStatus(experiment.procedure.status)
            self._show_end(item, facts)
        elif not facts.has_ended:
            item.setText(STATUS_COLUMN, facts.status.capitalize())
            self.looked.emit(facts)

    def _show_end(self, item: Any, facts: RunFacts) -> None:
        """Tell how a run has ended, and what is wrong with it."""
        if facts.has_ended:
            item.setText(STATUS_COLUMN, facts.status.capitalize())
            if facts.status != COMPLETE:
                item.setToolTip(STATUS_COLUMN, item.toolTip(STATUS_COLUMN) or facts.reason)
                _write_end(item.progressbar, facts)
        paint_progress(item.progressbar, item.text(STATUS_COLUMN), theme_of(self._browser))


def _show_no_facts(item: Any, word: str) -> None:
    """Take back that a run is complete, which only its recording can say."""
    if item.text(STATUS_COLUMN) == COMPLETE.capitalize():
        item.progressbar.setValue(0)
        item.setText(STATUS_COLUMN, word)


def _write_end(bar: QtWidgets.QProgressBar, facts: RunFacts) -> None:
    """Tell how much is lost, by the length of the bar as well; or how long it was."""
    if facts.share < 1 and bar.value() > 0:
        lost = 100 * (1 - facts.share)
        bar.setValue(max(round(lost), 1))
        bar.setFormat(f"{lost:.0f} % lost" if lost >= 1 else "< 1 % lost")
    elif facts.status == BY_HAND:
        bar.setValue(0)
        bar.setFormat(facts.length)
    elif bar.value() == 100:
        bar.reset()  # it was loaded: nobody knows how far it was


def _write_progress(item: Any, length: str) -> None:
    """Tell the length of a run that goes on until it is stopped: nobody knows how far it is."""
    item.progressbar.setFormat("%p %" if item.progressbar.value() > 0 else length)


def show_no_data(item: Any) -> None:
    """Tell that of a run there are parameters and nothing else."""
    item.progressbar.setValue(0)
    item.setText(STATUS_COLUMN, NO_DATA)
