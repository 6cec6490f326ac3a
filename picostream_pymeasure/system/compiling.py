"""The end of a program while one of its threads compiles.

Python leaves such threads alone at its exit, as windows have them that were closed early in the
very first start. LLVM would go on in memory that is no more, and crash.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading


def end_at_exit() -> None:
    """Let the exit of this program wait until nobody compiles."""
    atexit.register(_end)
    if hasattr(os, "register_at_fork"):  # nobody would ever release the parent's lock there
        os.register_at_fork(after_in_child=lambda: atexit.unregister(_end))


def _end() -> None:
    """Break off what compiles at its next function, and keep others from beginning."""
    if "numba" not in sys.modules:
        return
    from numba.core import event
    from numba.core.compiler_lock import global_compiler_lock

    class Refusal(event.Listener):
        def on_start(self, event: event.Event) -> None:
            raise SystemExit  # which ends a thread without a word

        def on_end(self, event: event.Event) -> None:
            pass

    threading.excepthook = threading.__excepthook__  # pyqtgraph's has a word for that as well
    event.register("numba:compile", Refusal())
    global_compiler_lock.acquire()
