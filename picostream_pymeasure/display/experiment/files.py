"""The two files of a run: PyMeasure's CSV, and the recording of the same stem beside it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pymeasure.experiment import Procedure, Results

from ...errors import ConfigurationError, FileFormatError, StorageError
from ...storage import recording_path_for
from ...system.files import discard
from ...system.patience import patiently, reason
from .run_results import RunResults

RECORDING_SUFFIX = ".hdf5"

#: Runs that are listed from a folder, the newest.
_MOST_LISTED = 50


def recording_of(results: Results) -> Path:
    """Where the recording of a run is, was, or will be."""
    chosen = getattr(results.procedure, "recording_path", None)
    return Path(chosen) if chosen else recording_path_for(results.data_filename)


def existing_folder(folder: str) -> Path:
    """The folder, or where it will be made: the nearest one above it that exists.

    :raises ConfigurationError: something that is no folder is in the way.
    """
    path = Path(folder).absolute()
    found = next(each for each in (path, *path.parents) if is_there(each))
    if not found.is_dir():
        raise ConfigurationError(f"{found} is no folder; choose another one.")
    return found


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder; not if no name can be so long."""
    return os.path.exists(path)  # noqa: PTH110 - which raises of a long name


def files_of(results: Results) -> list[Path]:
    """The files of a run that exist, the recording first."""
    both = (recording_of(results), Path(results.data_filename))
    return [path for path in both if path.exists()]


def delete_files(results: Results) -> None:
    """Delete both files of a run.

    :raises StorageError: one of them cannot be deleted; the CSV is kept until the recording is
        gone, so that a second attempt finds both.
    """
    for path in files_of(results):
        try:
            patiently(path.unlink)
        except OSError as error:
            raise StorageError(f"{path} cannot be deleted: {reason(error)}.") from None


def copy_files(results: Results, csv_path: Path) -> list[Path]:
    """Copy both files of a run, the recording under the same new stem.

    :raises StorageError: the disk is full, or a file cannot be read or written; a copy that was
        begun is removed.
    """
    copies = []
    for source in files_of(results):
        is_csv = source == Path(results.data_filename)
        target = csv_path if is_csv else recording_path_for(csv_path)
        try:
            shutil.copy2(source, target)
        except OSError as error:
            if not (target.exists() and target.samefile(source)):
                discard(target)
            raise StorageError(
                f"{source.name} cannot be copied to {target}: {reason(error)}."
            ) from None
        copies.append(target)
    return copies


def has_begun(results: Results) -> bool:
    """Whether a run has left anything but its parameters; one that was only queued has not."""
    return recording_of(results).exists() or not results.data.empty


def earlier_runs(folder: Path, procedure_class: type[Procedure]) -> Iterator[Path]:
    """CSVs in a folder that a procedure wrote, the newest first, as many as are listed."""
    begin = f"#Procedure: <{procedure_class.__module__}.{procedure_class.__qualname__}>".encode()
    try:
        paths = sorted(folder.glob("*.csv"), key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:
        return
    for path in paths[:_MOST_LISTED]:
        if _begins_with(path, begin):
            yield path


def _begins_with(path: Path, begin: bytes) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(begin)) == begin
    return False


def load_results(path: Path, procedure_class: type[Procedure]) -> Results:
    """Load what a run of a procedure wrote.

    :param path: its CSV, or its recording.
    :raises FileFormatError: it is something else; the message says what.
    """
    csv_path = path.with_suffix(".csv") if path.suffix == RECORDING_SUFFIX else path
    if not is_there(path):
        raise FileFormatError(f"{path} does not exist.")
    if not is_there(csv_path):
        raise FileFormatError(
            f"{path.name} has no {csv_path.name} beside it; open it to see the recording alone."
        )
    try:
        results = RunResults.from_file(csv_path)
    except OSError as error:
        raise FileFormatError(f"{csv_path.name} cannot be read: {reason(error)}.") from None
    except (Exception, SystemExit):  # noqa: BLE001 - of PyMeasure's parser, and of users' modules
        raise FileFormatError(_why_foreign(csv_path)) from None
    _require_columns(results, csv_path, procedure_class)
    for metadata in results.procedure.metadata_objects().values():
        metadata.fmt, metadata.units = "%s", None  # it is loaded as the text it was written as
    return results


def _require_columns(results: Results, path: Path, procedure_class: type[Procedure]) -> None:
    missing = [name for name in procedure_class.DATA_COLUMNS if name not in results.data.columns]
    if missing:
        raise FileFormatError(
            f"{path.name} was written by {type(results.procedure).__name__} and has no column "
            f"{missing[0]!r}; this window shows runs of {procedure_class.__name__}."
        )


def _why_foreign(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        first_line = file.readline(1000)
    procedure = re.match(r"#Procedure: <(.+)>", first_line)
    if procedure is None:
        return f"{path.name} is not a result file of a PyMeasure procedure."
    return (
        f"{path.name} was written by {procedure[1]}, which cannot be imported here, "
        "or its rows are damaged."
    )
