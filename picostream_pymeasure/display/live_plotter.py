"""``HDF5LivePlotter``: a scope's screen that is fed from a recording's file alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ..system import compiling
from .captures.page import CapturesPage
from .controls.actions import CAPTURES_MENU, CONTEXT_MENU, Actions
from .controls.commands import Commands
from .controls.copying import save_picture
from .controls.display_state import restore_state, save_state
from .controls.navigator import Navigator
from .controls.own_keys import is_key_of_focus
from .controls.plot_settings import Setting
from .controls.screen import Screen
from .controls.view_history import ViewHistory
from .ending_signals import end_windows_with_signals
from .painting.graticule import TIME_DIVISIONS
from .painting.vertical_scales import Scale, VerticalScales
from .plot_requests import PlotRequests
from .program_end import let_qt_destroy_windows
from .reading.frame import Frame
from .reading.frame_request import FrameRequest
from .reading.latest_worker import LatestWorker
from .reading.unread_file import until_read
from .reading.view_range import LONGEST_S, SHORTEST_S, Mode, ViewRange

#: What is undone: the time, and the channels' scales.
ShownView = tuple[ViewRange, dict[str, Scale], dict[str, Scale]]

#: A followed window that was left from a faster recording shows so much of a slower one.
_FEW_SAMPLES, _SOME_SAMPLES = 20, 1000


class HDF5LivePlotter(PlotRequests):
    """Shows a recording that may be growing, finished, left by a crash, or not there yet.

    The picture equals one of all samples: each column of pixels is drawn from its first, smallest,
    largest and last sample. Files are read by a thread of its own, and kept open only while one
    picture follows the other; that they are replaced or deleted is noticed. What cannot be read is
    told in the window. ``F1`` lists what keys and mouse do.

    The numbers below are attributes too, which can be set at any time; impossible ones are told in
    the window and change nothing.

    :param hdf5_path: the recording; it need not exist yet.
    :param update_interval_ms: time between two looks at the file.
    :param display_window_seconds: length of the stretch that is followed.
    :param decimation_factor: PicoStream's setting, kept for its programs. How many samples a
        column stands for follows from the window and the pixels, and none of them is left out.
    :param max_display_points: columns at most; the screen has usually fewer.
    :param theme: ``"light"``, ``"dark"``, or None for the desktop's.
    """

    update_interval_ms = Setting(50, 1, 3_600_000, "1 to 3600000 ms")
    display_window_seconds = Setting(0.5, SHORTEST_S, LONGEST_S, "1e-9 to 1e7 s")
    decimation_factor = Setting(150, 1, 2**50, "a number from 1 on")
    max_display_points = Setting(4000, 1, 1_000_000, "1 to 1000000")

    #: Another frame is shown, or its message.
    updated = QtCore.Signal()
    #: Auto has found the extremes of the channels: a dict of pairs in V.
    auto_found = QtCore.Signal(object)

    def __init__(
        self,
        hdf5_path: str = "/tmp/data.hdf5",
        update_interval_ms: int = 50,
        display_window_seconds: float = 0.5,
        decimation_factor: int = 150,
        max_display_points: int = 4000,
        parent: QtWidgets.QWidget | None = None,
        theme: str | None = None,
    ) -> None:
        super().__init__(parent)
        let_qt_destroy_windows()
        end_windows_with_signals()
        self.hdf5_path = str(hdf5_path)
        self.scales = VerticalScales()
        self.navigator = Navigator(self.display_window_seconds)
        self.actions_by_name = Actions(self)
        self.history = ViewHistory(self._shown_view, self._restore_view)
        self.screen_parts = Screen(self.scales, self.actions_by_name, self)
        self.plot, self.status = self.screen_parts.plot, self.screen_parts.status
        self._worker = LatestWorker("picostream plot", _frame_builder)
        self._is_closed = self._is_starting = False
        self._arrived: Frame | None = None
        self._next_picture = QtCore.QTimer(self, singleShot=True, interval=1)
        self._had_origin = False
        #: Whether a finished file is shown as a whole at first.
        self.opens_whole = False
        self._setup_ui()
        self._connect()
        self.set_theme(theme)
        self.update_interval_ms = update_interval_ms
        self.display_window_seconds = display_window_seconds
        self.decimation_factor = decimation_factor
        self.max_display_points = max_display_points
        self._show_view()
        self.set_hdf5_path(self.hdf5_path)

    def _setup_ui(self) -> None:
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.setAcceptDrops(True)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.captures = CapturesPage(self, self.screen_parts, self.actions_by_name["captures"])
        layout.addWidget(self.captures)

    def _connect(self) -> None:
        self.commands = Commands(self, self)
        parts = self.screen_parts
        parts.status.said.connect(self.captures.view.bar.message.say)
        self._worker.done.connect(self._take_frame)
        self._worker.failed.connect(self._take_failure)
        parts.analysis.worker.failed.connect(self._say_failure)
        self._next_picture.timeout.connect(self._show_arrived)
        self.navigator.changed.connect(self._show_view)
        parts.plot.navigated.connect(self.navigator.show)
        parts.plot.zoomed.connect(self.navigator.zoom)
        # not at once: pictures that change the layout would follow each other without a pause
        parts.plot.resized.connect(lambda: QtCore.QTimer.singleShot(0, self._request_if_shown))
        parts.tool_bar.time_per_division.connect(self._set_time_per_division)
        parts.strip.navigated.connect(self.navigator.show)
        parts.trigger_bar.changed.connect(self._request_if_shown)
        parts.channel_bar.coloured.connect(self.set_channel_colour)
        for signal in (
            parts.channel_bar.changed,
            parts.analysis.toggled,
            parts.cursors.changed,
            parts.events.changed,
        ):
            signal.connect(self.request_analysis)
        for signal in (parts.cursors.changed, parts.analysis.toggled, parts.events.changed):
            signal.connect(self._request_if_shown)
        self.destroyed.connect(self._worker.close)
        self.destroyed.connect(parts.analysis.worker.close)

    # -- the file

    def set_hdf5_path(self, hdf5_path: str, is_starting: bool = False) -> None:
        """Show another file from now on.

        :param is_starting: whoever records it has begun to: nobody needs to be told how to.
        """
        self.hdf5_path, self._is_starting = str(hdf5_path), is_starting
        self.setWindowTitle(f"{Path(self.hdf5_path).name} – PicoStream")
        self.navigator.forget()
        self._is_new_file = True
        self._show(until_read(self.request()))
        self._request_if_shown()

    def start_updates(self) -> None:
        """Begin to look at the file."""
        self._is_closed = False
        self._timer.start(self._interval_ms())
        self._request_frame()

    def stop_updates(self) -> None:
        """Look at the file no more, unless keys or mouse ask for another part of it."""
        self._timer.stop()
        self._next_picture.stop()
        self._worker.cancel()

    def save_screenshot(self, path: str | Path | None = None) -> str:
        """Save the display as a PNG (or as SVG or PDF by its suffix) and return where.

        :param path: by default beside the recording, with the time in its name. Where that is
            impossible, as anything that fails, it is told in the window.
        """
        recording = Path(self.hdf5_path)
        name = f"{recording.stem or 'picostream'}.{datetime.now():%Y%m%d_%H%M%S_%f}.png"
        target = str(recording.parent / name if path is None else path)
        self.status.say(save_picture(self, Path(target)))
        return target

    # -- settings

    def save_state(self) -> dict[str, Any]:
        """Everything the user has set, as JSON knows it."""
        return save_state(self)

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Bring back what :meth:`save_state` gave; what is damaged in it is left out, and told."""
        restore_state(self, state)

    def show_anew(self) -> None:
        """Look at what is shown as at first: the newest samples, whole ranges, no cursors."""
        self.actions_by_name["cursors"].setChecked(False)
        self.actions_by_name["ranges"].trigger()
        self.navigator.follow()

    def setting_changed(self, name: str) -> None:
        """Act on a number that was set."""
        if name == "display_window_seconds":
            self.navigator.set_followed(self.display_window_seconds)
        elif name == "update_interval_ms" and self._timer.isActive():
            self._timer.start(self._interval_ms())
        else:
            self._request_if_shown()

    # -- frames

    def _shown_view(self) -> ShownView:
        return self.navigator.view, dict(self.scales.own), dict(self.scales.shared)

    def _restore_view(self, shown: ShownView) -> None:
        view, own, shared = shown
        self.scales.own, self.scales.shared = dict(own), dict(shared)
        self.screen_parts.apply_scales()
        self.navigator.restore(view)

    def _set_time_per_division(self, division_s: float) -> None:
        self.plot.time_axis.typed_division_s = division_s
        window_s = TIME_DIVISIONS * division_s
        if self.navigator.is_following:
            self.display_window_seconds = window_s
        else:
            self.navigator.zoom(window_s / self.navigator.view.window_s)

    def _tell_division(self, span_s: float) -> None:
        division_s = self.plot.time_axis.division_s(span_s)
        self.screen_parts.tool_bar.show_time_per_division(division_s)

    def _show_view(self) -> None:
        view = self.navigator.view
        self._tell_division(view.window_s)
        if self.navigator.is_following:
            self.display_window_seconds = view.window_s
            self._request_if_shown()
        else:
            self.plot.origin_s = view.origin_s  # cursors count from there
            self._request_for_next_paint()
            self.plot.show_stretch(view.begin_s, view.end_s, view.origin_s)

    def _take_frame(self, frame: Frame) -> None:
        """Show a frame: what was moved by hand at once, else when keys and mouse were heard."""
        self._arrived = frame
        if frame.view.mode is Mode.STILL:
            self._show_arrived()
        else:
            self._next_picture.start()

    def _take_failure(self, request: FrameRequest, text: str) -> None:
        self._take_frame(Frame(request.path, request.view, message=text))

    def _say_failure(self, request: object, text: str) -> None:
        self.status.say(text)

    def _show_arrived(self) -> None:
        """Show what came last, unless it is shown already or another one is wanted by now."""
        frame = self._arrived
        if frame is None or self._is_closed or not self._is_wanted(frame):
            return
        if self.screen_parts.meet_channels(frame):
            self._next_picture.start()  # to make knobs takes as long as a picture
            return
        self._arrived = None
        self._show(frame)

    def _is_wanted(self, frame: Frame) -> bool:
        return (
            frame is not self.frame
            and frame.path == self.hdf5_path
            and frame.view.mode is self.navigator.view.mode
        )

    def _show(self, frame: Frame) -> None:
        self.frame = frame
        self.navigator.meet(frame)
        view = self.navigator.view
        origin_s = view.origin_s
        if view.mode is not Mode.STILL:
            origin_s = frame.trigger_s or 0.0
            self.plot.show_stretch(frame.begin_s, frame.end_s, origin_s)
            shown_s = frame.end_s - frame.begin_s
            if frame.view == view and shown_s > 0:  # it may be of what was typed before
                self._tell_division(shown_s)
        self.screen_parts.show_frame(frame, origin_s, self.channel_colours())
        if bool(origin_s) is not self._had_origin:
            self._had_origin = bool(origin_s)
            self.screen_parts.cursors.come_into_view()  # the axis calls another time zero
        if self._is_new_file and frame.traces:
            self._is_new_file = False
            self._keep_window_sane(frame)
            self.screen_parts.cursors.come_into_view()
            # without an overview the whole may be too much to read
            if self.opens_whole and frame.overview and frame.facts and frame.facts.is_finished:
                self.navigator.show_all()
        self.captures.meet(frame, self.channel_colours())
        self.request_analysis()
        self._keep_pace()
        self._tell_derived(frame)
        self.updated.emit()

    def _keep_window_sane(self, frame: Frame) -> None:
        if frame.facts and self.display_window_seconds < _FEW_SAMPLES * frame.facts.interval_s:
            self.display_window_seconds = _SOME_SAMPLES * frame.facts.interval_s

    # -- Qt's events

    def event(self, event: QtCore.QEvent) -> bool:
        """Leave its keys to the button or the table that has the keyboard."""
        if is_key_of_focus(event):
            event.accept()
            return True
        return bool(super().event(event))

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """End the threads; what others still tell the widget begins none anew."""
        self._is_closed = True
        self.stop_updates()
        self.commands.close()
        self.history.close()
        self._worker.close()
        self.screen_parts.analysis.close()
        self.captures.view.close_worker()
        super().closeEvent(event)

    def contextMenuEvent(self, event: QtGui.QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Offer what is done most with a picture."""
        names = CAPTURES_MENU if self.captures.are_shown else CONTEXT_MENU
        self.actions_by_name.menu(names, self).exec_(event.globalPos())

    def dragEnterEvent(self, event: QtGui.QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take files, and nothing that lies elsewhere."""
        if _dropped_file(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QtGui.QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Show it."""
        if path := _dropped_file(event.mimeData()):
            self.set_hdf5_path(path)


def _dropped_file(data: QtCore.QMimeData) -> str:
    """The first file of what is dropped; empty if there is none, as of a web page."""
    return next(filter(None, (str(url.toLocalFile()) for url in data.urls())), "")


def _frame_builder() -> Callable[[FrameRequest], Frame]:
    """Make what reads files, in its thread: compiled code takes long to load."""
    compiling.log_once()
    from ..kernels import column_raster, dense_columns  # noqa: F401 - they paint what is read
    from .reading.frame_builder import FrameBuilder

    return FrameBuilder()
