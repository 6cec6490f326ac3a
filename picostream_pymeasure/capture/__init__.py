"""Triggered captures in the scope's own memory, faster than any stream: rapid block mode."""

from .captures import Captures
from .capturing import Watch, capture_into_memory

__all__ = ["Captures", "Watch", "capture_into_memory"]
