"""The captures of a recording on one screen: laid over each other, one by one, or averaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ...config import ChannelScale
from ..painting.axes import TimeAxis, VoltAxis
from ..painting.theme import Theme
from ..reading.latest_worker import LatestWorker
from .bar import CapturesBar, Showing
from .density_item import BACKGROUND_OPACITY, DensityItem
from .picture import CapturesPicture, CapturesRequest, Span

_LEAST_PX = 16

#: Until there is a picture, which the very first time takes as long as to compile.
READING = "Reading the captures …"

#: Until the channels' colours are known.
_NO_COLOUR = "#808080"

#: Between two pictures of a recording that grows: each one is made of all its samples.
_GROWING_MS = 1000

#: Captures that a page skips.
_PAGE = 100


class CapturesView(QtWidgets.QWidget):
    """Shows captures around their triggers.

    Left and right go from one to the next, the keys for pages by a hundred, Home and End to the
    first and the last; Up and Down lay them over each other or average them. The mouse zooms, and Y
    shows all again.
    """

    #: The picture that was asked for is shown.
    updated = QtCore.Signal()
    #: The user wants to see the recording over its time instead.
    timeline_wanted = QtCore.Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = ""
        self.showing = Showing.ALL
        self.number = 0
        self.picture: CapturesPicture | None = None
        self._span: Span | None = None
        self._scales: Mapping[str, ChannelScale] = {}
        self._differences: tuple[tuple[str, str], ...] = ()
        self._colours: Mapping[str, str] = {}
        self._densities: dict[str, DensityItem] = {}
        self._lines: dict[str, pyqtgraph.PlotDataItem] = {}
        self._worker = LatestWorker("picostream captures", _builder)
        self._worker.done.connect(self._show)
        self._worker.failed.connect(self._show_failure)
        self.destroyed.connect(self._worker.close)
        self._growing = QtCore.QTimer(self, singleShot=True)
        self._growing.timeout.connect(self._request)
        self._setup_ui()

    def _setup_ui(self) -> None:
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.plot = pyqtgraph.PlotWidget(axisItems={"bottom": TimeAxis(), "left": VoltAxis()})
        self.plot.getPlotItem().getAxis("bottom").set_meaning("Time from the trigger")
        self.plot.getPlotItem().setLabel("left", "Input", units="V")
        self.plot.setFocusPolicy(QtCore.Qt.NoFocus)  # the keys are this widget's
        self.plot.getPlotItem().vb.sigResized.connect(self._fit_pixels)
        self.plot.getPlotItem().vb.sigRangeChangedManually.connect(self._zoomed)
        self.plot.getPlotItem().hideButtons()
        self.plot.getPlotItem().setMenuEnabled(False)
        self.plot.showGrid(x=True, y=True, alpha=0.2)
        self._trigger = pyqtgraph.InfiniteLine(0.0, 90)
        self.plot.addItem(self._trigger)
        self.bar = CapturesBar(self)
        self.bar.chosen.connect(self.show_as)
        self.bar.timeline_button.clicked.connect(self.timeline_wanted)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.plot, 1)
        self.bar.check(self.showing)

    # -- what is shown

    def show_file(self, path: str) -> None:
        """Show the captures of a recording, also again, after a while, when it has grown."""
        if path != self.path:
            self.path, self.number, self._span = path, 0, None
            self.bar.text.setText(READING)
            self._request()
        elif not self._growing.isActive():
            self._growing.start(_GROWING_MS)

    def show_as(self, showing: Showing) -> None:
        """Let something else stand out."""
        self.showing = showing
        self.bar.check(showing)
        self._request()

    def step(self, by: int) -> None:
        """Show a later or an earlier capture by itself."""
        captures = self.picture.captures if self.picture else 0
        if self.showing is Showing.ONE:
            self.number = min(max(self.number + by, 0), max(captures - 1, 0))
        self.show_as(Showing.ONE)

    def show_first(self) -> None:
        """Show the first capture by itself."""
        self.number = 0
        self.show_as(Showing.ONE)

    def show_last(self) -> None:
        """Show the last capture by itself."""
        self.number = max((self.picture.captures if self.picture else 0) - 1, 0)
        self.show_as(Showing.ONE)

    def show_whole(self) -> None:
        """Show all of the time and of the voltages."""
        self._span = None
        if self.picture is not None and self.picture.whole is not None:
            self._fit(self.picture.whole)
        self._request()

    def _zoomed(self) -> None:
        (begin_s, end_s), (low_v, high_v) = self.plot.getPlotItem().vb.viewRange()
        self._span = Span(begin_s, end_s, low_v, high_v)
        self._request()

    def next_showing(self, by: int) -> None:
        """Go through what can stand out."""
        kinds = list(Showing)
        self.show_as(kinds[(kinds.index(self.showing) + by) % len(kinds)])

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        theme.paint_plot(self.plot)
        self.bar.set_theme(theme)
        self._trigger.setPen(pyqtgraph.mkPen(theme.trigger, style=QtCore.Qt.DashLine))

    def set_scales(self, scales: Mapping[str, ChannelScale]) -> None:
        """Show what voltages of channels stand for, in place of what the recording says."""
        self._scales, self._span = dict(scales), None
        if self.path:
            self._request()

    def set_differences(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show the differences of these pairs of channels too."""
        self._differences, self._span = tuple(pairs), None
        if self.path:
            self._request()

    def set_colours(self, colours: Mapping[str, str]) -> None:
        """Colours of the channels."""
        if dict(colours) != dict(self._colours):
            self._colours = dict(colours)
            if self.picture is not None:
                self._show(self.picture)

    def close_worker(self) -> None:
        """End the thread."""
        self._growing.stop()
        self._worker.close()

    def _keys(self) -> Mapping[int, Callable[[], None]]:
        qt = QtCore.Qt
        return {
            qt.Key_Left: lambda: self.step(-1),
            qt.Key_Right: lambda: self.step(1),
            qt.Key_PageUp: lambda: self.step(-_PAGE),
            qt.Key_PageDown: lambda: self.step(_PAGE),
            qt.Key_Home: self.show_first,
            qt.Key_End: self.show_last,
            qt.Key_Up: lambda: self.next_showing(-1),
            qt.Key_Down: lambda: self.next_showing(1),
            qt.Key_Y: self.show_whole,
        }

    def event(self, event: QtCore.QEvent) -> bool:
        """Take the keys that mean something else over the timeline."""
        if event.type() == QtCore.QEvent.ShortcutOverride and event.key() in self._keys():
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go from capture to capture."""
        action = self._keys().get(event.key())
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def _fit_pixels(self) -> None:
        """Draw as many columns and rows as there are pixels."""
        if self.path and self.isVisible():
            self._request()

    # -- pictures

    def _request(self) -> None:
        ratio = self.devicePixelRatioF()
        area = self.plot.getPlotItem().vb.rect()
        self._worker.submit(
            CapturesRequest(
                self.path,
                max(int(area.width() * ratio), _LEAST_PX),
                max(int(area.height() * ratio), _LEAST_PX),
                self.number if self.showing is Showing.ONE else None,
                self._span,
                tuple(self._scales.items()),
                self._differences,
            )
        )

    def _show(self, picture: CapturesPicture) -> None:
        if picture.request.path != self.path:
            return
        before = self.picture.whole if self.picture else None
        self.plot.getPlotItem().setLabel("left", "Input", units=picture.unit)
        self.picture = picture
        if picture.single is not None:
            self.number = picture.single.number
        for name in set(self._densities) - set(picture.overlays):
            self.plot.removeItem(self._densities.pop(name))
        for name in picture.overlays:
            self._show_channel(picture, name)
        for name in set(self._lines) - set(picture.overlays):
            self.plot.removeItem(self._lines.pop(name))
        if picture.whole is not None and picture.whole != before and self._span is None:
            self._fit(picture.whole)
        self.bar.tell(picture, self.showing)
        colours = {name: self._colours.get(name, _NO_COLOUR) for name in picture.overlays}
        self.bar.show_legend(colours)
        self.updated.emit()

    def _show_failure(self, request: CapturesRequest, text: str) -> None:
        self._show(CapturesPicture(request, message=text))

    def _show_channel(self, picture: CapturesPicture, name: str) -> None:
        colour = self._colours.get(name, _NO_COLOUR)
        overlay, times_s = picture.overlays[name], picture.times_s
        if name not in self._densities:
            self._densities[name] = DensityItem()
            self.plot.addItem(self._densities[name])
            self._lines[name] = self.plot.plot(skipFiniteCheck=True)
            self._lines[name].setZValue(10)
        density, line = self._densities[name], self._lines[name]
        assert picture.span is not None
        density.show_overlay(overlay, picture.span, colour)
        density.setOpacity(1.0 if self.showing is Showing.ALL else BACKGROUND_OPACITY)
        line.setPen(pyqtgraph.mkPen(colour, width=2))
        line.setVisible(self.showing is not Showing.ALL)
        if self.showing is Showing.MEAN:
            line.setData(times_s, overlay.mean_v)
        elif self.showing is Showing.ONE and picture.single is not None:
            line.setData(picture.single.times_s, picture.single.values_v[name])

    def _fit(self, span: Span) -> None:
        self.plot.setRange(
            xRange=(span.begin_s, span.end_s), yRange=(span.low_v, span.high_v), padding=0
        )
        self._trigger.setVisible(span.begin_s < 0)


def _builder() -> Callable[[CapturesRequest], CapturesPicture]:
    """Make what reads files, in its thread: compiled code takes long to load."""
    from .builder import CapturesBuilder

    return CapturesBuilder()
