"""Triggered captures in the scope's own memory, faster than any stream: rapid block mode."""

from .captures import Captures
from .capturing import Watch, capture_into_memory
from .plan import memory_of
from .pulses import Pulse, Pulses
from .recording import CaptureRecording, CaptureSummary, capture_into_file

__all__ = [
    "CaptureRecording",
    "CaptureSummary",
    "Captures",
    "Pulse",
    "Pulses",
    "Watch",
    "capture_into_file",
    "capture_into_memory",
    "memory_of",
]
