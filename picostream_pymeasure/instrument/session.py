"""A stream of the instrument: the session that knows its scope."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..config import StreamConfig
from ..records import Health, Sink
from ..streaming import SessionState, StreamSession
from .opened_scope import OpenedScope

_LOOK_S = 0.005


class ScopeSession(StreamSession):
    """What ``scope.stream`` gives; it is started by ``with`` or :meth:`start`.

    A scope streams one session at a time.
    """

    def __init__(
        self,
        scope: OpenedScope,
        config: StreamConfig,
        sink: Sink,
        metadata: Mapping[str, Any] | None,
    ) -> None:
        super().__init__(scope.unit, config, sink, metadata)
        self._scope = scope

    def start(self) -> None:
        """Start as :meth:`~.StreamSession.start` does.

        :raises SessionStateError: the scope streams another session, or is closed.
        """
        self._scope.claim(self)
        super().start()

    def end_when(self, timeout_s: float, should_stop: Callable[[], bool]) -> None:
        """Ask for the end after a time or when a function says so; return at the stream's end."""
        deadline = time.monotonic() + timeout_s
        while not self.is_over:
            if should_stop() or time.monotonic() > deadline:
                self.request_stop()
                return
            time.sleep(_LOOK_S)

    @property
    def path(self) -> Path | None:
        """The file that is recorded, or None when the sink writes none."""
        return getattr(self._sink, "path", None)

    @property
    def is_active(self) -> bool:
        """Whether it uses the scope; only asked once it was started."""
        return self.state not in (SessionState.STOPPED, SessionState.FAILED)

    @property
    def latest_health(self) -> Health:
        """The totals of now or of the end; zeros when it never ran."""
        return self.outcome.health if self.outcome is not None else self.health()
