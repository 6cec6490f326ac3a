"""From the driver to a sink: buffer pool, native producer, consumer, session.

The names of this door are loaded when they are first used: they bring compiled code.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .newest import Piece
    from .session import SessionState, StreamSession

__all__ = ["Piece", "SessionState", "StreamSession"]

_PLACES = {"Piece": "newest", "SessionState": "session", "StreamSession": "session"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_PLACES[name]}", __name__), name)
