"""What is said while a command gets ready: the very first start compiles, which takes a while."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from ..errors import PicoStreamError
from ..system.memory import free_memory
from .interrupt import Interrupt

#: What the program takes besides a recording's buffers; LLVM ends it when there is less.
_NEEDED_BYTES, _NEEDED_ADDRESSES = 250e6, 650e6

_COMPILING = "Compiling, as the very first start does (it takes up to a minute)"


@contextmanager
def preparing(console: Console, interrupt: Interrupt) -> Iterator[None]:
    """Show that something goes on: in a terminal how far it is, elsewhere one line if it is long.

    Nothing is shown any more when it is left. Nobody needs to wait for the end to interrupt it.

    :raises PicoStreamError: the program itself does not fit into the memory.
    """
    _require_memory()
    with console.status("Preparing ...", spinner="line") as status:
        # numba is imported here, under the eyes of the user
        from numba.core import event

        class Listener(event.Listener):
            n_functions = 0

            def on_start(self, event: event.Event) -> None:
                if threading.current_thread() is threading.main_thread():
                    interrupt.refuse()
                self.n_functions += 1
                if console.is_terminal:
                    status.update(f"{_COMPILING}: {self.n_functions} functions ...")
                elif self.n_functions == 1:
                    console.print(f"{_COMPILING} ...", soft_wrap=True)

            def on_end(self, event: event.Event) -> None:
                pass

        with event.install_listener("numba:compile", Listener()):
            yield


def _require_memory() -> None:
    free = free_memory()
    needed = _NEEDED_ADDRESSES if free.counts_addresses else _NEEDED_BYTES
    if free.n_bytes < needed:
        raise PicoStreamError(
            f"The program needs {needed / 1e9:.2f} GB besides its buffers but {free}; end other "
            "programs, or raise the limit."
        )
