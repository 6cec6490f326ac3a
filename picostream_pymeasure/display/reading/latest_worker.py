"""Work in a thread of its own, of which only the latest request counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from pymeasure.display.Qt import QtCore

from ...system.thread_end import begin_thread
from .failures import log_fault, words_of_fault

#: Nothing to do for so long counts as rest.
_REST_S = 1.0

#: A window waits so long for a thread that is in the middle of something.
_PATIENCE_S = 2.0

#: A window that waits no longer than that is not seen to wait.
_UNSEEN_S = 8e-3


class LatestWorker(QtCore.QObject):
    """Does requests one after the other, and lets those go that were overtaken by a later one.

    The thread begins with the first request and ends with :meth:`close`, the application or the
    program; it never keeps the program from ending.

    :param prepare: called in the thread when it begins, so that nobody waits for what it imports;
        gives what does the requests. If that has a method ``rest``, it is called when there is
        nothing to do for a while, and at the end. When it raises it is made anew.
    """

    #: What was made of a request; arrives in the thread that made this object.
    done = QtCore.Signal(object)
    #: A request of which nothing was made, and why, in a sentence: its work has a fault.
    failed = QtCore.Signal(object, str)

    _made = QtCore.Signal(int, object)
    _broke = QtCore.Signal(int, object, str)

    def __init__(self, name: str, prepare: Callable[[], Callable[[Any], Any]]) -> None:
        super().__init__()
        self._name = name
        self._prepare = prepare
        self._changed = threading.Condition()
        self._request: Any = None
        self._begun: Any = None
        self._last_done: Any = None
        self._was_quick = False
        self._n_cancelled = 0
        self._begun_after = 0
        self._thread: threading.Thread | None = None
        self._last_fault = ""
        self._made.connect(self._deliver)
        self._broke.connect(self._deliver_failure)
        QtCore.QCoreApplication.instance().aboutToQuit.connect(self.close)

    def submit(self, request: Any) -> None:
        """Ask for something; returns at once."""
        with self._changed:
            self._request = request
            if self._thread is None:
                self._thread = begin_thread(self._run, self._name, self.close)
            self._changed.notify_all()

    def submit_and_wait(self, request: Any) -> None:
        """Ask for something, and wait a moment for it, unless the last request took longer.

        What comes in time is delivered before the painting of what changes after this call.
        """
        self.submit(request)
        with self._changed:
            if self._was_quick:
                self._changed.wait_for(lambda: self._last_done is request, _UNSEEN_S)

    def cancel(self) -> None:
        """Drop what waits, what is under way, and what is done but has not arrived."""
        with self._changed:
            self._request = None
            self._n_cancelled += 1

    def close(self) -> None:
        """End the thread; what it is doing is dropped. A later request begins anew."""
        with self._changed:
            thread, self._thread, self._request = self._thread, None, None
            self._changed.notify_all()
        if thread is not None:
            thread.join(_PATIENCE_S)

    def _run(self) -> None:
        while True:
            try:
                self._work_off()
                return
            except BaseException as error:  # told, and the thread goes on
                if not threading.main_thread().is_alive():  # it fails because the program ends
                    raise
                self._tell(error)

    def _work_off(self) -> None:
        """Do requests until this thread shall end."""
        rest: Callable[[], None] = lambda: None  # noqa: E731 - until there is work
        work = None
        while (request := self._next(rest)) is not None:
            begun_s = time.monotonic()
            if work is None:
                work = self._prepare()
                rest = getattr(work, "rest", rest)
            result = work(request)
            with self._changed:
                self._last_done, self._was_quick = request, time.monotonic() - begun_s < _UNSEEN_S
                self._last_fault = ""
                self._changed.notify_all()
                if self._is_mine():
                    self._made.emit(self._begun_after, result)
        rest()

    def _tell(self, error: BaseException) -> None:
        """Say what went wrong, and write it down unless it was the same the last time."""
        text = words_of_fault(error)
        if text != self._last_fault:
            self._last_fault = text
            log_fault(error)
        with self._changed:
            if self._begun is not None and self._is_mine():
                self._broke.emit(self._begun_after, self._begun, text)

    def _deliver(self, n_cancelled: int, result: Any) -> None:
        if n_cancelled == self._n_cancelled:
            self.done.emit(result)

    def _deliver_failure(self, n_cancelled: int, request: Any, text: str) -> None:
        if n_cancelled == self._n_cancelled:
            self.failed.emit(request, text)

    def _is_mine(self) -> bool:
        return self._thread is threading.current_thread()

    def _has_news(self) -> bool:
        return not self._is_mine() or self._request is not None

    def _next(self, rest: Callable[[], None]) -> Any:
        """The latest request, or None when this thread shall end."""
        with self._changed:
            self._begun = None
            if not self._changed.wait_for(self._has_news, _REST_S):
                rest()
                self._changed.wait_for(self._has_news)
            if not self._is_mine():
                return None
            request, self._request = self._request, None
            self._begun = request
            self._begun_after = self._n_cancelled
            return request
