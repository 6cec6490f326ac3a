"""Ctrl+C and termination as a wish, not as an exception in the middle of anything."""

from __future__ import annotations

import queue
import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..errors import PicoStreamError
from ..system.console_close import on_close
from .early_interrupt import early_interrupts

if TYPE_CHECKING:
    from typing_extensions import Self

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Interrupt:
    """From now on signals that end programs are only counted; a context manager.

    Ctrl+C that came before counts too. When it is left signals end the program again, as one that
    waits for somebody to read its output must be; after :meth:`ignore` they never do. A hang-up
    that the parent lets the program ignore (``nohup``) stays ignored.

    A signal may come while another one is handled, or while this thread waits for one: so there is
    no lock that it could wait for, but the one queue of Python that may be used in the midst of
    itself.
    """

    def __init__(self) -> None:
        self._wishes: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._granted = 0
        numbers = [number for name in _SIGNALS if (number := _wanted(name)) is not None]
        self._before = {number: signal.signal(number, self._handle) for number in numbers}
        for _ in range(early_interrupts()):
            self._handle()
        self._is_done = threading.Event()
        on_close(self._handle, self._is_done)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._hand_over(self._before)

    def _hand_over(self, handlers: dict[signal.Signals, Any]) -> None:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        self._is_done.set()

    def _handle(self, number: int = 0, frame: FrameType | None = None) -> None:
        self._wishes.put(None)

    @property
    def came(self) -> bool:
        """True once the user wants to end."""
        return self._wishes.qsize() > self._granted

    def wait(self, seconds: float) -> bool:
        """Sleep until the user wants to end or the time is over; tell which."""
        try:
            self._wishes.put(self._wishes.get(timeout=seconds))
        except queue.Empty:
            return False
        return True

    def refuse(self) -> None:
        """End here when the user wants to end before anything was recorded.

        :raises PicoStreamError: he does.
        """
        if self.came:
            raise PicoStreamError("Interrupted before the recording began.")

    def grant(self) -> None:
        """Take the first wish as granted; a second one stands and means something else."""
        self._granted = min(self._wishes.qsize(), 1)

    def ignore(self) -> None:
        """Let nothing change the exit code any more, not even while Python ends."""
        self._hand_over(dict.fromkeys(self._before, signal.SIG_IGN))


def _wanted(name: str) -> signal.Signals | None:
    number: signal.Signals | None = getattr(signal, name, None)
    is_hang_up = name == "SIGHUP"
    if number is None or (is_hang_up and signal.getsignal(number) is signal.SIG_IGN):
        return None
    return number
