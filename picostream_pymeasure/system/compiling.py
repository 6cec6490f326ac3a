"""What is told while a program compiles, and its end while one of its threads does.

Windows have such threads that are closed early in the very first start. Nobody shall wait for all
that they would compile, and none may be left in LLVM, which would go on in memory that is no more.
"""

from __future__ import annotations

import atexit
import functools
import logging
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

log = logging.getLogger(__name__)

#: What a user is told who waits for it.
SENTENCE = "Compiling what is used for the first time (it may take some minutes)"

#: Those that are told of each function now.
_listening: list[Callable[[int], None]] = []

#: Taken for good by the first thread that lets it be logged.
_is_logged = threading.Lock()

#: From one function to the next it goes on.
_PAUSE_S = 1.0


@contextmanager
def listening(tell: Callable[[int], None]) -> Iterator[None]:
    """Call with the number of functions whenever the compilation of one begins."""
    event = _events()
    with event.install_listener("numba:compile", _listener(tell)):
        _listening.append(tell)
        try:
            yield
        finally:
            _listening.remove(tell)


def is_told() -> bool:
    """Tell whether somebody listens now."""
    return bool(_listening)


class _Now:
    """What is compiled now, once :func:`log_once` was called."""

    n_functions = 0
    ended_s = -math.inf


def goes_on() -> bool:
    """Tell whether this program compiles now."""
    return _Now.n_functions > 0 or time.monotonic() - _Now.ended_s < _PAUSE_S


def log_once() -> None:
    """Log it when this program begins to compile, unless somebody who listens tells it.

    It is a warning: those are what a script shows that sets up no log.
    """
    if not _is_logged.acquire(blocking=False):
        return

    def tell(n_functions: int) -> None:
        _Now.n_functions += 1
        if n_functions == 1 and not _listening:
            log.warning("%s ...", SENTENCE)

    def ended() -> None:
        _Now.n_functions -= 1
        _Now.ended_s = time.monotonic()

    _events().register("numba:compile", _listener(tell, ended))


def _events() -> Any:
    """Numba's events, once it is imported whole.

    A thread that asks for a part of it holds that part's lock while it waits for the whole. Another
    one that imports the whole then needs the part, and Python hands out what is half imported.
    """
    import numba  # noqa: F401
    from numba.core import event

    return event


def _listener(tell: Callable[[int], None], ended: Callable[[], None] = lambda: None) -> Any:
    class Listener(_events().Listener):  # type: ignore[misc]
        n_functions = 0

        def on_start(self, event: Any) -> None:
            self.n_functions += 1
            tell(self.n_functions)

        def on_end(self, event: Any) -> None:
            ended()

    return Listener()


def end_at_exit() -> None:
    """Let the exit of this program wait until nobody compiles."""
    atexit.register(_end)
    if hasattr(os, "register_at_fork"):  # nobody would ever release the parent's lock there
        os.register_at_fork(after_in_child=lambda: atexit.unregister(_end))


def refuse_daemons() -> None:
    """End each daemon thread that compiles, or begins to, at its next function."""
    if "numba" in sys.modules:
        _refuse()


@functools.cache
def _refuse() -> None:
    event = _events()

    class Refusal(event.Listener):  # type: ignore[name-defined]
        def on_start(self, event: Any) -> None:
            if threading.current_thread().daemon:
                raise SystemExit  # which ends a thread without a word

        def on_end(self, event: Any) -> None:
            pass

    threading.excepthook = threading.__excepthook__  # pyqtgraph's has a word for that as well
    event.register("numba:compile", Refusal())


def _end() -> None:
    refuse_daemons()
    if "numba" in sys.modules:
        _events()
        from numba.core.compiler_lock import global_compiler_lock

        global_compiler_lock.acquire()
