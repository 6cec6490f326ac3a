"""Which recording belongs to which result file of PyMeasure: the one with the same stem."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
import uuid
from pathlib import Path

from picostream_pymeasure.storage import recording_path_for

__all__ = ["is_temporary", "recording_path_for", "temporary_recording_path"]

#: How PyMeasure's window names a result file when "Save data" is off.
_TEMPORARY_PREFIX = "TempFile_"


def is_temporary(csv_path: str | Path) -> bool:
    """Tell whether PyMeasure's window made this file because "Save data" was off."""
    path = Path(csv_path).absolute()
    in_folder = path.parent == Path(tempfile.gettempdir()).absolute()
    return in_folder and path.name.startswith(_TEMPORARY_PREFIX)


def temporary_recording_path() -> Path:
    """Give a path in a folder that is removed when the process ends."""
    return _temporary_folder() / f"{uuid.uuid4().hex}.hdf5"


@functools.cache
def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="picostream_"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # recordings have ended by then
    return folder
