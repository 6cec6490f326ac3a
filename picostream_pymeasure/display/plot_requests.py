"""What a live plot asks its threads for: frames, and the figures of its open panels."""

from __future__ import annotations

import time

from pymeasure.display.Qt import QtCore

from .analysis.request import AnalysisRequest
from .controls.actions import Actions
from .controls.navigator import Navigator
from .looks import PlotLooks
from .reading.frame_request import FrameRequest
from .reading.latest_worker import LatestWorker
from .reading.view_range import Mode

#: Marks in the list at most, the newest.
_MOST_LISTED = 200


class PlotRequests(PlotLooks):
    """The part of the live plot that knows what is to be read."""

    actions_by_name: Actions
    hdf5_path: str
    max_display_points: int
    navigator: Navigator
    _is_closed: bool
    _is_starting: bool
    _timer: QtCore.QTimer
    _worker: LatestWorker

    def request(self) -> FrameRequest:
        """What is to be drawn now."""
        return FrameRequest(
            path=self.hdf5_path,
            is_starting=self._is_starting,
            view=self.navigator.view,
            n_columns=min(self.plot.n_columns, self.max_display_points),
            n_overview=self.screen_parts.strip.n_columns,
            edge=self.screen_parts.trigger_bar.edge,
            comparisons=tuple(self.comparisons),
            instants_s=self._cursor_times_s(),
            scales=tuple(self.channel_scales.items()),
            differences=self.differences,
            event_rule=self.screen_parts.events.rule,
            n_marks=_MOST_LISTED if self.actions_by_name["marks"].isChecked() else 0,
        )

    def _cursor_times_s(self) -> tuple[float, ...]:
        cursors = self.screen_parts.cursors
        return tuple(t + self.plot.origin_s for t in cursors.times_s) if cursors.visible else ()

    def load_ahead(self) -> None:
        """Load in the thread what reads files, before there is one."""
        self._worker.submit(self.request())

    def _request_frame(self) -> None:
        if self.hdf5_path:  # without one all is said already
            self._worker.submit(self.request())

    def _request_if_shown(self) -> None:
        """Ask for a new picture of what is shown; before the first one nobody waits for it."""
        if self._is_drawn:
            self._request_frame()

    def _request_for_next_paint(self) -> None:
        """Ask for a new picture before what is shown is moved: if it comes in time, only it is."""
        if self._is_drawn and self.hdf5_path:
            self._worker.submit_and_wait(self.request())

    @property
    def _is_drawn(self) -> bool:
        is_drawn = self._timer.isActive() or (self.frame and self.frame.facts)
        return bool(is_drawn) and not self._is_closed

    def request_analysis(self) -> None:
        """Work out what the open panels show."""
        frame, parts = self.frame, self.screen_parts
        if self._is_closed:
            return
        if frame is None or frame.facts is None or not frame.traces:
            parts.analysis.clear()
            return
        begin_s, end_s = frame.recorded_s
        if begin_s == end_s:  # the panels say so
            begin_s, end_s = frame.begin_s, frame.end_s
        cursor_times_s = self._cursor_times_s()
        if cursor_times_s:
            begin_s, end_s = cursor_times_s
        facts, hidden = frame.facts, parts.channel_bar.hidden
        shown = {name: facts.channels[name] for name in frame.traces if name not in hidden}
        is_growing = facts.grows_at(time.time())
        wanted = AnalysisRequest(
            frame.path,
            shown,
            begin_s,
            end_s,
            frozenset(),
            facts.recorded,
            is_between_cursors=bool(cursor_times_s),
            scales=tuple(self.channel_scales.items()),
            event_rule=parts.events.rule,
            is_growing=is_growing,
            moves_on=is_growing and frame.view.mode is not Mode.STILL,
        )
        parts.analysis.request(wanted, self.channel_colours())
