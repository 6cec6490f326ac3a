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

if TYPE_CHECKING:
    from ..storage import Recorder
    from ..streaming import StreamSession

_PLAIN_LINE_S = 10.0


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
        if self._console.is_terminal:
            self._live.update(self._line(health), refresh=True)
        elif time.monotonic() - self._last_plain_s >= _PLAIN_LINE_S:
            self._last_plain_s = time.monotonic()
            self._console.print(self._line(health), soft_wrap=True)

    def _line(self, health: Health) -> Text:
        wanted_hz = 1e9 / self._description.stored_interval_ns
        if self._session.is_waiting_for_trigger:
            stored = "waiting for the trigger"
        else:
            stored = f"{count(health.stored)} samples{self._of_target()}"
        parts = [
            duration(health.elapsed_s),
            stored,
            f"lost {count(health.lost)}",
            *self._kept(health),
            _of(rate(health.actual_rate_hz), rate(wanted_hz)),
            *self._disk(wanted_hz),
            f"pool {health.pool_fill:.0%}",
        ]
        style = "red" if health.lost or health.gaps else ""
        return Text(" · ".join(parts), style=style, no_wrap=True, overflow="ellipsis")

    def _of_target(self) -> str:
        target = self._config.target_samples(self._description.sample_interval_ns)
        return f" of {count(target)}" if target else ""

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


def _of(number: str, whole: str) -> str:
    """``1.2 of 3 MS/s``; a unit that both have stands once."""
    value, _, unit = number.partition(" ")
    return f"{value if whole.endswith(f' {unit}') else number} of {whole}"
