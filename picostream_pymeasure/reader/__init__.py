"""Reading recordings: ``PicoStreamReader``."""

from .stream_reader import PicoStreamReader

__all__ = ["PicoStreamReader"]
