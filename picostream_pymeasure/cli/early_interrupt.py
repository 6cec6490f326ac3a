"""Ctrl+C before a command heeds it.

Python raises it where the program just is. In a callback, as each import has them, that exception
is told and forgotten: so it is noted as well.
"""

from __future__ import annotations

import signal
from types import FrameType
from typing import NoReturn

_noted: list[int] = []


def note_early_interrupts() -> None:
    """From now on note Ctrl+C, unless who started the program lets it ignore that."""
    _noted.clear()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _note)


def early_interrupts() -> int:
    """How often it came."""
    return len(_noted)


def leave_interrupts() -> None:
    """Leave Ctrl+C to what is called next, which expects Python's own answer to it.

    :raises KeyboardInterrupt: it came.
    """
    if signal.getsignal(signal.SIGINT) is _note:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if _noted:
        raise KeyboardInterrupt


def _note(number: int, frame: FrameType | None) -> NoReturn:
    _noted.append(number)
    raise KeyboardInterrupt
