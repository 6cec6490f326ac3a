"""Recordings on disk: how they are laid out, written, read, verified and repaired.

The door of this room; what is behind it is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..doors import door

if TYPE_CHECKING:
    from .checking import Progress, Report, describe_file, repair, verify
    from .compressing import Compressed, compress
    from .failures import write_error
    from .making import make_capture_recorder, make_recorder
    from .place import file_name, size_of_file
    from .reading import (
        PICOSTREAM,
        Recording,
        Rows,
        StoredAttributes,
        followed,
        open_file,
        open_recording,
    )
    from .schema import DIGITAL, MOST_CAPTURES
    from .target import (
        DEFAULT_RESERVE_BYTES,
        MAX_LIVE_ONLY_S,
        check_space,
        check_target,
        path_with_time,
        recording_path_for,
        require_no_data,
    )
    from .whole_file import appearing
    from .writing import Recorder

_PLACES = {
    ".checking": (
        "Progress",
        "Report",
        "describe_file",
        "repair",
        "verify",
    ),
    ".compressing": ("Compressed", "compress"),
    ".failures": ("write_error",),
    ".making": ("make_capture_recorder", "make_recorder"),
    ".place": ("file_name", "size_of_file"),
    ".reading": (
        "PICOSTREAM",
        "Recording",
        "Rows",
        "StoredAttributes",
        "followed",
        "open_file",
        "open_recording",
    ),
    ".schema": ("DIGITAL", "MOST_CAPTURES"),
    ".target": (
        "DEFAULT_RESERVE_BYTES",
        "MAX_LIVE_ONLY_S",
        "check_space",
        "check_target",
        "path_with_time",
        "recording_path_for",
        "require_no_data",
    ),
    ".whole_file": ("appearing",),
    ".writing": ("Recorder",),
}

__all__ = [
    "DEFAULT_RESERVE_BYTES",
    "DIGITAL",
    "MAX_LIVE_ONLY_S",
    "MOST_CAPTURES",
    "PICOSTREAM",
    "Compressed",
    "Progress",
    "Recorder",
    "Recording",
    "Report",
    "Rows",
    "StoredAttributes",
    "appearing",
    "check_space",
    "check_target",
    "compress",
    "describe_file",
    "file_name",
    "followed",
    "make_capture_recorder",
    "make_recorder",
    "open_file",
    "open_recording",
    "path_with_time",
    "recording_path_for",
    "repair",
    "require_no_data",
    "size_of_file",
    "verify",
    "write_error",
]

__getattr__ = door(__name__, _PLACES)
