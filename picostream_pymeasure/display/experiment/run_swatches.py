"""The colours of runs in the list: those that they have in the picture."""

from __future__ import annotations

from collections.abc import Sequence

from pymeasure.display.manager import Experiment, Manager
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from .files import recording_of
from .recording_tab import RecordingCurve, RecordingTab

_SIDE_PX = 24
_GRAPH_COLUMN, _NAME_COLUMN = 0, 1

_SHOWN = "Shown in full, in the colours of its channels"
_LAID_BELOW = "Its colour in the picture, where it is laid below another run"


class RunSwatches(QtCore.QObject):
    """Gives the run that is shown in full the colours of its channels, and a bold name.

    All others, and on another page all of them, have a colour of their own.

    :param manager: its runs.
    :param browser: the list that names them.
    :param tab: where one of them is shown.
    :param pages: which page is seen.
    """

    def __init__(
        self,
        manager: Manager,
        browser: QtWidgets.QTreeWidget,
        tab: RecordingTab,
        pages: QtWidgets.QTabWidget,
    ) -> None:
        super().__init__(browser)
        self._manager, self._browser = manager, browser
        self._tab, self._pages = tab, pages
        self._painted: tuple[str, tuple[str, ...], int] | None = None
        plotter = tab.plotter
        plotter.updated.connect(self._update)
        for changed in (
            pages.currentChanged,
            plotter.themed,
            plotter.screen_parts.channel_bar.coloured,
        ):
            changed.connect(lambda *_: self._update())

    def _update(self) -> None:
        """Paint them if another run is shown, or in other colours."""
        path, colours = self._shown()
        wanted = path, colours, len(self._manager.experiments.queue)
        if wanted != self._painted:
            self._painted = wanted
            self.paint()

    def paint(self) -> None:
        """Paint all swatches."""
        path, colours = self._shown()
        blocker = QtCore.QSignalBlocker(self._browser)  # it would take them for checked anew
        for experiment in self._manager.experiments.queue:
            is_shown = bool(colours) and str(recording_of(experiment.results)) == path
            self._paint(experiment, colours if is_shown else ())
        del blocker

    def _shown(self) -> tuple[str, tuple[str, ...]]:
        """Recording of the run that is shown, and the colours of its channels."""
        frame = self._tab.plotter.frame
        if self._pages.currentWidget() is not self._tab or frame is None or frame.facts is None:
            return "", ()
        colours = self._tab.plotter.channel_colours()
        return frame.path, tuple(colours[name] for name in frame.facts.channels if name in colours)

    def _paint(self, experiment: Experiment, colours: Sequence[str]) -> None:
        item, font = experiment.browser_item, self._browser.font()
        font.setBold(bool(colours))
        item.setFont(_NAME_COLUMN, font)
        item.setToolTip(_GRAPH_COLUMN, _SHOWN if colours else _LAID_BELOW)
        curves = [curve for curve in experiment.curve_list if isinstance(curve, RecordingCurve)]
        own = [curve.color.name() for curve in curves]
        item.setIcon(_GRAPH_COLUMN, QtGui.QIcon(_stripes(colours or own)))


def _stripes(colours: Sequence[str]) -> QtGui.QPixmap:
    swatch = QtGui.QPixmap(_SIDE_PX, _SIDE_PX)
    painter = QtGui.QPainter(swatch)
    for number, colour in enumerate(colours):
        left_px = number * _SIDE_PX // len(colours)
        painter.fillRect(left_px, 0, _SIDE_PX - left_px, _SIDE_PX, QtGui.QColor(colour))
    painter.end()
    return swatch
