"""From the driver to a sink: buffer pool, native producer, consumer, session.

The names of this door are loaded when they are first used: they bring compiled code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..doors import door

if TYPE_CHECKING:  # "as" tells type checkers that a name is handed on
    from .newest import Piece as Piece
    from .session import StreamSession as StreamSession
    from .session_state import SessionState as SessionState


__getattr__ = door(
    __name__,
    {".newest": ("Piece",), ".session": ("StreamSession",), ".session_state": ("SessionState",)},
)
