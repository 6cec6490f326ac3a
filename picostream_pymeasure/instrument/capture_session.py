"""Captures of the instrument: what uses the scope while they are made."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..capture import Captures, CaptureSummary, Watch, capture_into_file, capture_into_memory
from ..config import CaptureConfig
from ..errors import SessionStateError
from ..records import Health, Sink, StreamDescription
from .opened_scope import OpenedScope


class CaptureSession:
    """Makes captures in the caller's thread; :meth:`stop` ends them from another one.

    :param scope: one that is idle.
    """

    error: BaseException | None = None
    description: StreamDescription | None = None
    latest_health = Health()

    def __init__(
        self,
        scope: OpenedScope,
        timeout_s: float | None,
        should_stop: Callable[[], bool] | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._scope = scope
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.current_thread()
        self._watch = Watch(
            timeout_s,
            lambda: self._stopping.is_set() or bool(should_stop and should_stop()),
            progress or (lambda captures: None),
        )

    @property
    def is_active(self) -> bool:
        """Whether it uses the scope; only asked once it was started."""
        return not self._ended.is_set()

    def request_stop(self) -> None:
        """Ask for an early end without waiting for it."""
        self._stopping.set()

    def stop(self, timeout_s: float) -> None:
        """End it early, and wait for that.

        :raises SessionStateError: what it calls, such as ``progress``, cannot wait for it.
        """
        if self._thread is threading.current_thread():
            raise SessionStateError("What is called by a capture cannot wait for its end.")
        self.request_stop()
        self._ended.wait(timeout_s)

    def into_memory(self, config: CaptureConfig) -> Captures:
        """Capture until there are enough; see :meth:`.PicoScope5000A.capture`."""
        with self._using():
            return capture_into_memory(self._scope.unit, config, self._watch)

    def into_file(
        self, config: CaptureConfig, sink: Sink, metadata: Mapping[str, Any] | None
    ) -> CaptureSummary:
        """The same into a file; see :meth:`.PicoScope5000A.capture`."""
        with self._using():
            return capture_into_file(self._scope.unit, config, self._watch, sink, metadata)

    @contextlib.contextmanager
    def _using(self) -> Iterator[None]:
        self._scope.claim(self)
        try:
            yield
        finally:
            self._ended.set()
