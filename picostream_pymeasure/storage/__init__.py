"""Recordings on disk: how they are laid out, written, read, verified and repaired.

The door of this room; what is behind it is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..doors import door

if TYPE_CHECKING:  # "as" tells type checkers that a name is handed on
    from .checking import Progress as Progress
    from .checking import Report as Report
    from .checking import describe_file as describe_file
    from .checking import repair as repair
    from .checking import verify as verify
    from .compressing import Compressed as Compressed
    from .compressing import compress as compress
    from .failures import write_error as write_error
    from .making import make_capture_recorder as make_capture_recorder
    from .making import make_recorder as make_recorder
    from .place import file_name as file_name
    from .place import size_of_file as size_of_file
    from .reading import PICOSTREAM as PICOSTREAM
    from .reading import Recording as Recording
    from .reading import Rows as Rows
    from .reading import StoredAttributes as StoredAttributes
    from .reading import followed as followed
    from .reading import open_file as open_file
    from .reading import open_recording as open_recording
    from .schema import DIGITAL as DIGITAL
    from .schema import MOST_CAPTURES as MOST_CAPTURES
    from .target import DEFAULT_RESERVE_BYTES as DEFAULT_RESERVE_BYTES
    from .target import MAX_LIVE_ONLY_S as MAX_LIVE_ONLY_S
    from .target import check_space as check_space
    from .target import check_target as check_target
    from .target import path_with_time as path_with_time
    from .target import recording_path_for as recording_path_for
    from .target import require_no_data as require_no_data
    from .whole_file import appearing as appearing
    from .writing import Recorder as Recorder

_PLACES = {
    ".checking": ("Progress", "Report", "describe_file", "repair", "verify"),
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

__getattr__ = door(__name__, _PLACES)
