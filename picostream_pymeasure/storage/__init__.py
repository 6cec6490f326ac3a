"""Recordings on disk: the file's schema, the recorder that writes it, and its verification."""

from .info import describe_file
from .recorder import DEFAULT_RESERVE_BYTES, Recorder
from .recording import Recording, open_recording
from .report import Report
from .verify import verify

__all__ = [
    "DEFAULT_RESERVE_BYTES",
    "Recorder",
    "Recording",
    "Report",
    "describe_file",
    "open_recording",
    "verify",
]
