"""Which recording belongs to which result file of PyMeasure: the one with the same stem."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymeasure.experiment import Results

    from .streaming import StreamingProcedure

#: How PyMeasure's window names a result file when "Save data" is off.
_TEMPORARY_PREFIX = "TempFile_"


def recording_path_for(csv_path: str | Path) -> Path:
    """Give the path of the recording beside a CSV: same folder, same stem, ``.hdf5``."""
    return Path(csv_path).absolute().with_suffix(".hdf5")


def attach_recording(procedure: StreamingProcedure, results: Results) -> Path:
    """Let a procedure record beside the CSV of its results, and return the path.

    A :class:`~.streaming.StreamingProcedure` that a PyMeasure ``Worker`` runs does so by itself;
    this is for those who want to know or check the path before.
    """
    path = recording_path_for(results.data_filename)
    procedure.recording_path = str(path)
    return path


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
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
