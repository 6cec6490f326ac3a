"""Recordings on disk: the file's schema, the recorder that writes it, and its verification."""

from .info import describe_file
from .live_recorder import LiveRecorder
from .making import make_recorder
from .opening import open_recording
from .recorder import DEFAULT_RESERVE_BYTES, Recorder
from .recording import Recording
from .repair import RepairReport, repair
from .report import Report
from .verify import Progress, Prove, verify

__all__ = [
    "DEFAULT_RESERVE_BYTES",
    "LiveRecorder",
    "Progress",
    "Prove",
    "Recorder",
    "Recording",
    "RepairReport",
    "Report",
    "describe_file",
    "make_recorder",
    "open_recording",
    "repair",
    "verify",
]
