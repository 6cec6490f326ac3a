"""The end of a program while one of its threads compiles.

Windows have such threads that are closed early in the very first start. Nobody shall wait for all
that they would compile, and none may be left in LLVM, which would go on in memory that is no more.
"""

from __future__ import annotations

import atexit
import functools
import os
import sys
import threading


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
    from numba.core import event

    class Refusal(event.Listener):
        def on_start(self, event: event.Event) -> None:
            if threading.current_thread().daemon:
                raise SystemExit  # which ends a thread without a word

        def on_end(self, event: event.Event) -> None:
            pass

    threading.excepthook = threading.__excepthook__  # pyqtgraph's has a word for that as well
    event.register("numba:compile", Refusal())


def _end() -> None:
    refuse_daemons()
    if "numba" in sys.modules:
        from numba.core.compiler_lock import global_compiler_lock

        global_compiler_lock.acquire()
