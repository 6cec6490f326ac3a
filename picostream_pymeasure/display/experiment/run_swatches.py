"""The colours of runs in the list: those that they have in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymeasure.display.manager import Experiment, Manager
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ..controls.comparison_label import stripes
from .files import recording_of
from .recording_tab import MAX_OVERLAYS, RecordingCurve, RecordingTab
from .run_warnings import LEFT_OUT_ROLE

_SIDE_PX, _FRAME_PX = 24, 4
_GRAPH_COLUMN, _NAME_COLUMN = 0, 1

_LEFT_OUT = (
    f"Checked, but not drawn in this picture: Overlay other runs is off, or {MAX_OVERLAYS} newer "
    "ones are drawn"
)
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
        self._painted: tuple[Any, ...] | None = None
        plotter = tab.plotter
        plotter.updated.connect(self._update)
        for changed in (
            pages.currentChanged,
            plotter.themed,
            plotter.screen_parts.channel_bar.coloured,
            tab.overlay_box.toggled,
            browser.itemChanged,
        ):
            changed.connect(lambda *_: self._update())

    def _update(self) -> None:
        """Paint them if another run is shown, or in other colours."""
        path, colours = self._shown()
        wanted = path, colours, len(self._manager.experiments.queue), self._left_out()
        if wanted != self._painted:
            self._painted = wanted
            self.paint()

    def paint(self) -> None:
        """Paint all swatches."""
        (path, colours), left_out = self._shown(), self._left_out()
        blocker = QtCore.QSignalBlocker(self._browser)  # it would take them for checked anew
        for experiment in self._manager.experiments.queue:
            recording = str(recording_of(experiment.results))
            is_shown = bool(colours) and recording == path
            self._paint(experiment, colours if is_shown else (), recording in left_out)
        del blocker

    def _shown(self) -> tuple[str, tuple[str, ...]]:
        """Recording of the run that is shown, and the colours of its channels."""
        frame = self._tab.plotter.frame
        if self._pages.currentWidget() is not self._tab or frame is None or frame.facts is None:
            return "", ()
        colours = self._tab.plotter.channel_colours()
        return frame.path, tuple(colours[name] for name in frame.facts.channels if name in colours)

    def _left_out(self) -> frozenset[str]:
        """Recordings that are checked and not drawn on the page that is seen."""
        is_here = self._pages.currentWidget() is self._tab
        return self._tab.left_out if is_here else frozenset()

    def _paint(self, experiment: Experiment, colours: Sequence[str], is_left_out: bool) -> None:
        item, font = experiment.browser_item, self._browser.font()
        font.setBold(bool(colours))
        item.setFont(_NAME_COLUMN, font)
        tip = _SHOWN if colours else _LEFT_OUT if is_left_out else _LAID_BELOW
        item.setToolTip(_GRAPH_COLUMN, tip)
        item.setData(_GRAPH_COLUMN, LEFT_OUT_ROLE, is_left_out)
        curves = [curve for curve in experiment.curve_list if isinstance(curve, RecordingCurve)]
        own = [curve.color.name() for curve in curves]
        swatch = stripes(colours or own, _SIDE_PX)
        item.setIcon(_GRAPH_COLUMN, QtGui.QIcon(_hollow(swatch) if is_left_out else swatch))


def _hollow(swatch: QtGui.QPixmap) -> QtGui.QPixmap:
    """The frame of a swatch."""
    framed, inner_px = QtGui.QPixmap(swatch), _SIDE_PX - 2 * _FRAME_PX
    painter = QtGui.QPainter(framed)
    painter.setCompositionMode(QtGui.QPainter.CompositionMode_Clear)
    painter.fillRect(_FRAME_PX, _FRAME_PX, inner_px, inner_px, QtCore.Qt.GlobalColor.black)
    painter.end()
    return framed
