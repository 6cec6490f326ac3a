"""The live line of a running recording."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ..config import StreamConfig
from ..keeping import KeepingSink
from ..quantities import count, duration, rate, rough_duration
from ..records import Health
from ..system.files import free_bytes
from .terminal import is_animated

if TYPE_CHECKING:
    from ..storage import Recorder
    from ..streaming import StreamSession

_PLAIN_LINE_S = 10.0

#: The share by which rates differ in a line that is short.
_SAME_RATE = 0.01


class StatusLine:
    """One line that is drawn anew, or a plain line now and then where there is no terminal."""

    def __init__(
        self,
        console: Console,
        config: StreamConfig,
        session: StreamSession,
        recorder: Recorder | KeepingSink,
    ) -> None:
        assert session.description is not None
        self._console = console
        self._config = config
        self._session = session
        assert recorder.path is not None
        self._folder = recorder.path.parent
        self._keeping = recorder if isinstance(recorder, KeepingSink) else None
        self._description = session.description
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._last_plain_s = time.monotonic()

    def __enter__(self) -> StatusLine:
        self._live.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._live.stop()

    def show(self, health: Health) -> None:
        """Draw the running totals."""
        if is_animated(self._console):
            self._live.update(self._line(health), refresh=True)
        elif time.monotonic() - self._last_plain_s >= _PLAIN_LINE_S:
            self._last_plain_s = time.monotonic()
            self._console.print(self._line(health), soft_wrap=True)

    def _line(self, health: Health) -> Text:
        wanted_hz = 1e9 / self._description.stored_interval_ns
        if self._session.is_waiting_for_trigger:
            stored = "waiting for the trigger"
        else:
            stored = f"{self._of_target(count(health.stored))} samples"
        parts = [  # a narrow terminal cuts what matters least
            duration(health.elapsed_s),
            stored,
            f"lost {count(health.lost)}",
            *self._kept(health),
            f"pool {health.pool_fill:.0%}",
            *self._disk(wanted_hz),
            _rate(health.actual_rate_hz, wanted_hz),
        ]
        style = "red" if health.lost or health.gaps else ""
        return Text(" · ".join(parts), style=style, no_wrap=True, overflow="ellipsis")

    def _of_target(self, stored: str) -> str:
        """With how many it shall be, unless that is asked for as a time, which stands beside it."""
        return _of(stored, count(self._config.samples)) if self._config.samples else stored

    def _kept(self, health: Health) -> list[str]:
        """How many events, and how much of the stream they take."""
        if self._keeping is None:
            return []
        totals = self._keeping.totals
        rate_hz = totals.kept / health.elapsed_s if health.elapsed_s > 0 else 0.0
        passed = f", {count(totals.passed_over)} passed over" if totals.passed_over else ""
        return [
            f"events {count(totals.kept)} ({rate_hz:.3g}/s{passed})",
            f"kept {totals.share:.2%}",
        ]

    def _disk(self, rate_hz: float) -> list[str]:
        """How long the disk suffices, if it fills at all."""
        share = self._keeping.totals.share if self._keeping else 1.0
        if not share:
            return []
        seconds = free_bytes(self._folder) / (rate_hz * share * self._config.bytes_per_sample)
        return [f"disk {rough_duration(seconds)}"]


def _rate(actual_hz: float, wanted_hz: float) -> str:
    """The wanted one is told where it is another."""
    if abs(actual_hz - wanted_hz) <= _SAME_RATE * wanted_hz:
        return rate(actual_hz)
    return _of(rate(actual_hz), rate(wanted_hz))


def _of(number: str, whole: str) -> str:
    """``1.2 of 3 MS/s``; a unit that both have stands once."""
    value, _, unit = number.partition(" ")
    return f"{value if whole.endswith(f' {unit}') else number} of {whole}"
