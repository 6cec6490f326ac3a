"""What is said while a command gets ready: what is used for the first time is compiled."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console

from ..errors import PicoStreamError
from ..system.compiling import SENTENCE, is_told, listening
from ..system.memory import FreeMemory, free_memory
from .interrupt import Interrupt
from .terminal import is_animated

#: What the program takes besides a recording's buffers, and what one function takes that is
#: compiled; LLVM ends the program when there is less.
_NEEDED_BYTES, _NEEDED_ADDRESSES, _FUNCTION_BYTES = 250e6, 650e6, 150e6


@contextmanager
def showing_preparation(console: Console, interrupt: Interrupt) -> Iterator[None]:
    """Show that something goes on: in a terminal how far it is, elsewhere one line if it is long.

    Nothing is shown any more when it is left. Nobody needs to wait for the end to interrupt it.

    :raises PicoStreamError: the program itself does not fit into the memory.
    """
    free = free_memory()
    _require(free, _NEEDED_ADDRESSES if free.counts_addresses else _NEEDED_BYTES)
    with console.status("Preparing ...", spinner="line") as status:

        def tell(n_functions: int) -> None:
            if threading.current_thread() is threading.main_thread():
                interrupt.refuse()
                _require(free_memory(), _FUNCTION_BYTES)
            if is_animated(console):
                status.update(f"{SENTENCE}: function {n_functions} ...")
            elif n_functions == 1:
                console.print(f"{SENTENCE} ...", soft_wrap=True)

        with listening(tell):  # numba is imported here, under the eyes of the user
            try:
                yield
            except Exception:
                interrupt.refuse()  # whatever it broke off is not what ended the command
                raise


@contextmanager
def telling_that_it_compiles(may_compile: bool = True) -> Iterator[None]:
    """Say it in one line beside the output, if something is compiled meanwhile and nobody says it.

    :param may_compile: False where it never does, and loading numba takes longer than the rest.
    """
    if not may_compile or is_told():
        yield
        return

    def tell(n_functions: int) -> None:
        if n_functions == 1:
            click.echo(f"{SENTENCE} ...", err=True)

    with listening(tell):
        yield


def _require(free: FreeMemory, needed: float) -> None:
    if free.n_bytes < needed:
        raise PicoStreamError(
            f"The program needs {needed / 1e9:.2f} GB besides its buffers but {free}; end other "
            "programs, or raise the limit."
        )
