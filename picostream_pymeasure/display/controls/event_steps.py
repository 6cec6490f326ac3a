"""Goes from one event of a recording to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..analysis.event_request import EventStep, SteppedEvent
from ..reading.frame import Frame
from ..reading.latest_worker import LatestWorker
from .display import Display

#: How many times as long as an event the picture may be, and is if it was not.
_SHORTEST, _LONGEST, _CHOSEN = 2.0, 40.0, 5.0

#: Of a short event, samples at least.
_FEW_SAMPLES = 50


class EventSteps:
    """What the arrows in the panel of events do, and their keys."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._last: SteppedEvent | None = None
        self._shown: Any = None
        self._worker = LatestWorker("picostream event", _stepper)
        self._worker.done.connect(self._show)
        self._worker.failed.connect(self._say_failure)
        display.screen_parts.analysis.events.stepped.connect(self.go)

    def close(self) -> None:
        """Cancel what is under way."""
        self._worker.close()

    def go(self, is_forth: bool) -> None:
        """Look for the next event, or the one before, in a thread; it is shown then."""
        frame = self._display.frame
        if frame is None or frame.facts is None or not frame.facts.stored:
            self._display.status.say("There are no samples to look for events in.")
            return
        rule = self._display.screen_parts.events.rule
        scales = tuple(self._display.channel_scales.items())
        step = EventStep(frame.path, 0.0, is_forth, rule, scales)
        self._worker.submit(self._from_here(step, frame, frame.facts.interval_s))

    def _from_here(self, step: EventStep, frame: Frame, interval_s: float) -> EventStep:
        """From the last event while it is in the picture, else from the picture's edge."""
        from_s = frame.begin_s - interval_s if step.is_forth else frame.end_s
        last = self._last
        if last is not None and (last.step.path, last.step.rule) == (step.path, step.rule):
            is_seen = frame.begin_s <= last.at_s <= frame.end_s
            if is_seen or self._display.navigator.view == self._shown:
                from_s = last.at_s
        return EventStep(step.path, from_s, step.is_forth, step.rule, step.scales)

    def _show(self, found: SteppedEvent) -> None:
        frame, navigator = self._display.frame, self._display.navigator
        if frame is None or frame.facts is None or frame.path != found.step.path:
            return
        if found.duration_s:
            middle_s = found.at_s + found.duration_s / 2
            half_s = self._window_s(found.duration_s, frame.facts.interval_s) / 2
            navigator.show(middle_s - half_s, middle_s + half_s)
        self._last, self._shown = found, navigator.view
        self._display.status.say(found.words)

    def _say_failure(self, step: EventStep, text: str) -> None:
        self._display.status.say(text)

    def _window_s(self, duration_s: float, interval_s: float) -> float:
        """As long as the picture is, if an event of that length can be seen in it."""
        present_s = self._display.navigator.view.window_s
        if _SHORTEST * duration_s <= present_s <= _LONGEST * duration_s:
            return present_s
        return max(_CHOSEN * duration_s, _FEW_SAMPLES * interval_s)


def _stepper() -> Callable[[EventStep], SteppedEvent]:
    """Get what reads files, in its thread: compiled code takes long to load."""
    from ..analysis.event_step import step_event

    return step_event
