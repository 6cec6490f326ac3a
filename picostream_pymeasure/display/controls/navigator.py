"""Moves the stretch of time that is shown, as keys, mouse and file want it."""

from __future__ import annotations

from dataclasses import replace

from pymeasure.display.Qt import QtCore

from ..reading.frame import Frame
from ..reading.view_range import Mode, ViewRange

#: The picture is no shorter than this.
_FEWEST_SAMPLES = 4

#: A step leaves so much of the window upon the recording.
_LEAST_SEEN = 0.1


class Navigator(QtCore.QObject):
    """Holds the view; starts by following the newest samples.

    :param window_s: length of the stretch that is followed.
    """

    #: The view is another one.
    changed = QtCore.Signal()

    def __init__(self, window_s: float) -> None:
        super().__init__()
        self.view = ViewRange(window_s=window_s)
        self._is_triggered = False
        self._followed_s = window_s
        self._frame: Frame | None = None

    @property
    def is_following(self) -> bool:
        """Whether the view moves with the newest samples."""
        return self.view.mode is not Mode.STILL

    @property
    def is_triggered(self) -> bool:
        """Whether an edge holds the picture while it follows."""
        return self._is_triggered

    def meet(self, frame: Frame) -> None:
        """Take note of what is shown now."""
        self._frame = frame

    def forget(self) -> None:
        """Follow another recording from its begin."""
        self._frame = None
        self.follow()

    def follow(self) -> None:
        """Show the newest samples."""
        mode = Mode.TRIGGER if self._is_triggered else Mode.ROLL
        self._set(ViewRange(mode, self._followed_s))

    def pause(self) -> None:
        """Keep what is shown."""
        if self.is_following and self._frame is not None:
            self._set(self._still())

    def set_triggered(self, triggered: bool) -> None:
        """Let an edge hold the picture, or let it roll; follows from now on."""
        self._is_triggered = triggered
        self.follow()

    def set_followed(self, window_s: float) -> None:
        """Show as much time while it follows."""
        self._followed_s = window_s
        if self.is_following:
            self._set(replace(self.view, window_s=window_s))

    def zoom(self, factor: float, at_s: float | None = None) -> None:
        """Show a longer or shorter time; see :meth:`.ViewRange.zoomed`."""
        self._set(self.view.zoomed(factor, at_s))
        if self.is_following:
            self._followed_s = self.view.window_s

    def pan(self, share: float) -> None:
        """Move by a share of the window, and stay there; not to where there is nothing to see."""
        still = self._still()
        by_s = share * still.window_s
        facts = self._frame.facts if self._frame is not None else None
        if facts is not None and facts.end_s > facts.begin_s:
            seen_s = _LEAST_SEEN * still.window_s
            last_s, first_s = facts.end_s - seen_s, facts.begin_s + seen_s
            by_s = min(by_s, max(last_s - still.begin_s, 0.0))
            by_s = max(by_s, min(first_s - still.end_s, 0.0))
        self._set(still.panned(by_s))

    def show(self, begin_s: float, end_s: float) -> None:
        """Show a stretch, and stay there."""
        if end_s > begin_s:
            self._set(self._still().still(begin_s, end_s))

    def show_all(self) -> None:
        """Show the whole recording."""
        if self._frame is not None and self._frame.facts is not None:
            facts = self._frame.facts
            if facts.end_s > facts.begin_s:
                self._set(ViewRange().still(facts.begin_s, facts.end_s))

    def _still(self) -> ViewRange:
        """What is shown, at rest."""
        if self._frame is None or not self.is_following:
            return self.view
        if self._frame.facts is None:  # nothing is shown yet
            return self.view.still(0.0, self.view.window_s)
        origin_s = self._frame.trigger_s or 0.0
        return replace(self.view, origin_s=origin_s).still(self._frame.begin_s, self._frame.end_s)

    def restore(self, view: ViewRange) -> None:
        """Bring back a view that was shown before."""
        if view.mode is Mode.STILL:
            self._set(view)
        else:
            self._followed_s = view.window_s
            self.follow()

    def _shortest_s(self) -> float:
        """Some samples: what is shorter shows nothing."""
        facts = self._frame.facts if self._frame is not None else None
        return _FEWEST_SAMPLES * facts.interval_s if facts is not None else 0.0

    def _set(self, view: ViewRange) -> None:
        view = view.at_least(self._shortest_s())
        if view != self.view:
            self.view = view
            self.changed.emit()
