"""What is heard of the driver: every call in the log, and the latest ones for a report."""

from __future__ import annotations

import ctypes
import logging
from collections import deque
from collections.abc import Sequence
from typing import Any

from .status import status_name

log = logging.getLogger(__name__)

#: The latest calls, oldest first: C name, name of the status, and how many ms it took.
latest_calls: deque[tuple[str, str, float]] = deque(maxlen=40)


def note(function: str, arguments: Sequence[Any], status: int, duration_s: float) -> None:
    """Note a call that has returned; what it wrote to its arguments is noted with it."""
    name = status_name(status)
    latest_calls.append((function, name, duration_s * 1e3))
    if log.isEnabledFor(logging.DEBUG):
        texts = ", ".join(map(_text, arguments))
        log.debug("%s(%s): %s, %.3f ms", function, texts, name, duration_s * 1e3)


def _text(argument: Any) -> str:
    pointed = getattr(argument, "_obj", argument)  # of a byref
    if isinstance(pointed, ctypes.Array):
        if hasattr(pointed, "value"):
            return repr(pointed.value.decode(errors="replace"))
        return f"[{', '.join(map(_text, pointed))}]"
    if isinstance(pointed, ctypes.Structure):
        return str(tuple(getattr(pointed, field[0]) for field in pointed._fields_))
    value = getattr(pointed, "value", pointed)
    return f"{value:g}" if isinstance(value, float) else repr(value)
