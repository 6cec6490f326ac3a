"""Captures of the instrument: what uses the scope while they are made."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..capture import Captures, Watch, capture_into_memory
from ..config import CaptureConfig
from ..records import Health, StreamDescription
from .opened_scope import OpenedScope


class CaptureSession:
    """Makes captures in the caller's thread; :meth:`stop` ends them from another one.

    :param scope: one that is idle.
    """

    error: BaseException | None = None
    description: StreamDescription | None = None
    latest_health = Health()

    def __init__(self, scope: OpenedScope) -> None:
        self._scope = scope
        self._stopping = threading.Event()
        self._ended = threading.Event()

    @property
    def is_active(self) -> bool:
        """Whether it uses the scope; only asked once it was started."""
        return not self._ended.is_set()

    def stop(self, timeout_s: float) -> None:
        """End it early, and wait for that."""
        self._stopping.set()
        self._ended.wait(timeout_s)

    def capture(
        self,
        config: CaptureConfig,
        timeout_s: float | None,
        should_stop: Callable[[], bool] | None,
        progress: Callable[[int], None] | None,
    ) -> Captures:
        """Capture until there are enough; see :meth:`.PicoScope5000A.capture`."""
        self._scope.claim(self)
        watch = Watch(
            timeout_s,
            lambda: self._stopping.is_set() or bool(should_stop and should_stop()),
            progress or (lambda captures: None),
        )
        try:
            return capture_into_memory(self._scope.unit, config, watch)
        finally:
            self._ended.set()
