"""Captures into one file that another thread orders, some at a time."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from ..capture import CaptureRecording, Pulses, Watch
from ..config import CaptureConfig
from ..errors import SessionStateError
from ..records import ON_REQUEST, STOPPED, Health, Outcome, Sink, StreamDescription, number_of_mark
from .opened_scope import OpenedScope


class OrderedCaptures:
    """Makes captures in the thread that calls :meth:`wait`, as they are ordered from another one.

    :param scope: one that is idle.
    :param config: its captures are those of all orders together, for the room they take.
    :param sink: where they go, such as a recorder; it is opened and closed here.
    :param metadata: stored with the recording, must be JSON-able.
    :param timeout_s: an order is over after so many s, with the captures complete by then; None
        waits for ever.
    """

    def __init__(
        self,
        scope: OpenedScope,
        config: CaptureConfig,
        sink: Sink,
        metadata: Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> None:
        self._scope, self._config, self._sink, self._metadata = scope, config, sink, metadata
        self._orders: queue.SimpleQueue[tuple[int, threading.Event] | None] = queue.SimpleQueue()
        self._pulses: queue.SimpleQueue[Pulses] = queue.SimpleQueue()
        self._stopping, self._ended = threading.Event(), threading.Event()
        self._end: tuple[str, str] | None = None
        self._watch = Watch(timeout_s, self._stopping.is_set)
        self._recording: CaptureRecording | None = None
        self.error: BaseException | None = None
        self.description: StreamDescription | None = None

    def start(self) -> None:
        """Configure the scope and make the file.

        :raises ConfigurationError: this scope cannot do what was asked, or memory does not suffice.
        :raises StorageError: the file cannot be made.
        """
        self._scope.claim(self)
        try:
            self._recording = CaptureRecording(
                self._scope.unit,
                self._config,
                self._watch,
                self._sink,
                self._metadata,
                self._pulses.put,
            )
            self.description = self._recording.description
        except BaseException:
            self._ended.set()
            raise

    def order(self, captures: int) -> threading.Event:
        """Ask for so many captures; from another thread.

        :returns: is set when they are made, or the time for them is over; not if all ends before.
        """
        done = threading.Event()
        self._orders.put((captures, done))
        return done

    def wait(self) -> None:
        """Capture what is ordered until the end is requested.

        :raises StorageError: the file cannot be written.
        :raises DriverError: the scope failed, in the subclass that fits; what was complete is
            stored.
        """
        with self._using(), self._open_recording as recording:
            while (order := self._orders.get()) is not None:
                captures, done = order
                recording.capture(captures)
                done.set()
            assert self._end is not None
            recording.end(*self._end)

    @contextlib.contextmanager
    def _using(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.error = error
            raise
        finally:
            self._ended.set()

    def request_stop(self, ended_by: str = STOPPED, reason: str = ON_REQUEST) -> None:
        """Ask for the end without waiting for it; from any thread, the first says why."""
        self._end = self._end or (ended_by, reason)
        self._stopping.set()
        self._orders.put(None)

    def stop(self, timeout_s: float) -> None:
        """End it, and wait for that."""
        self.request_stop()
        self._ended.wait(timeout_s)

    def mark(self, label: str, value: float = float("nan")) -> None:
        """Let an event lie at the next capture; from any thread.

        :raises ConfigurationError: it is not a text and a number.
        :raises SessionStateError: nothing is captured now.
        """
        if self._ended.is_set():
            raise SessionStateError("Only running captures can be marked.")
        self._open_recording.mark(label, number_of_mark(label, value))

    def take_pulses(self) -> list[Pulses]:
        """Give what was measured of the runs that came since the last call, the oldest first."""
        found = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._pulses.get_nowait())
        return found

    @property
    def _open_recording(self) -> CaptureRecording:
        if self._recording is None:
            raise SessionStateError("The captures have not begun.")
        return self._recording

    @property
    def outcome(self) -> Outcome | None:
        """How it ended."""
        return self._recording.outcome if self._recording else None

    @property
    def is_active(self) -> bool:
        """Whether it uses the scope; only asked once it was started."""
        return not self._ended.is_set()

    @property
    def latest_health(self) -> Health:
        """The totals of now or of the end; zeros when it never ran."""
        return self._recording.health if self._recording else Health()
