"""Finds what is worth seeing of a recording, and lets the display show it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from ..analysis.auto_request import NOTHING, AutoRequest, AutoView
from ..reading.frame import Frame
from ..reading.latest_worker import LatestWorker
from ..reading.recording_facts import RecordingFacts
from .display import Display

_NO_SIGNAL = "There is no signal to show."
_AWAITED = "Auto waits for the first samples."


class AutoSet:
    """What the button Auto does: time, trigger and scales as the strongest channel needs them."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._parts = display.screen_parts
        self._worker = LatestWorker("picostream auto", _finder)
        self._worker.done.connect(self._show)
        self._worker.failed.connect(self._say_failure)
        self._awaited_path = ""
        display.updated.connect(self._find_if_awaited)

    def close(self) -> None:
        """Cancel what is under way."""
        self._worker.close()

    def find(self) -> None:
        """Look at the channels that are shown, in a thread; what is found is shown then.

        Where there are no samples yet that begins with the first ones.
        """
        self._awaited_path = ""
        frame = self._display.frame
        facts = frame.facts if frame is not None else None
        if frame is not None and facts is not None and frame.traces:
            self._look(frame, facts)
        elif frame is not None and not _may_have_samples_soon(frame):
            self._display.status.say(_NO_SIGNAL)
        else:
            self._awaited_path = self._display.hdf5_path
            self._display.status.say(_AWAITED)

    def _look(self, frame: Frame, facts: RecordingFacts) -> None:
        hidden = self._parts.channel_bar.hidden
        names = tuple(name for name in frame.traces if name not in hidden)
        scales = tuple(self._display.channel_scales.items())
        self._worker.submit(
            AutoRequest(frame.path, names, facts.end_s, facts.interval_s, scales, self._present())
        )

    def _find_if_awaited(self) -> None:
        frame = self._display.frame
        if frame is not None and frame.path == self._awaited_path and frame.facts and frame.traces:
            self.find()

    def _present(self) -> AutoView:
        edge = self._parts.trigger_bar.edge
        if edge.bit is not None or not self._display.actions_by_name["trigger"].isChecked():
            return NOTHING
        return AutoView(edge.channel, edge.level_v, self._display.display_window_seconds)

    def _show(self, found: AutoView) -> None:
        if not found.channel:
            self._display.status.say(_NO_SIGNAL)
            return
        if math.isfinite(found.window_s):
            self._display.display_window_seconds = found.window_s
            bar = self._parts.trigger_bar
            bar.set_edge(replace(bar.edge, channel=found.channel, bit=None))
            bar.set_level(found.level_v)
            self._display.actions_by_name["trigger"].setChecked(True)
        self._display.navigator.follow()
        self._display.scales.fit(found.extremes_v)
        self._parts.apply_scales()
        self._display.auto_found.emit(self._in_volts(found.extremes_v))

    def _say_failure(self, request: AutoRequest, text: str) -> None:
        self._display.status.say(text)

    def _in_volts(
        self, extremes: Mapping[str, tuple[float, float]]
    ) -> dict[str, tuple[float, float]]:
        """What the inputs had, for the choice of their ranges."""
        facts = self._display.frame.facts if self._display.frame is not None else None
        gains = {name: of.per_volt for name, of in facts.channels.items()} if facts else {}
        return {
            name: (low / gains.get(name, 1.0), high / gains.get(name, 1.0))
            for name, (low, high) in extremes.items()
        }


def _may_have_samples_soon(frame: Frame) -> bool:
    """False of what is over, and of a file that is no recording."""
    if frame.facts is not None:
        return not frame.facts.is_finished
    return frame.is_awaited or frame.is_starting or frame.is_opening


def _finder() -> Callable[[AutoRequest], AutoView]:
    """Get what reads files, in its thread: compiled code takes long to load."""
    from ..analysis.auto import find_auto

    return find_auto
