"""Triggered captures in the scope's own memory, faster than any stream: rapid block mode."""

from .captures import Captures
from .capturing import Watch, capture_into_memory
from .recording import CaptureSummary, capture_into_file

__all__ = ["CaptureSummary", "Captures", "Watch", "capture_into_file", "capture_into_memory"]
