"""Run procedures from a script, one after the other, without a window."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from pymeasure.experiment import Procedure, Results, Worker

from picostream_pymeasure.errors import (
    ConfigurationError,
    OutputExistsError,
    PicoStreamError,
    shown,
)
from picostream_pymeasure.host import FAILED
from picostream_pymeasure.storage import file_name, write_error

from .recording_file import recording_path_for
from .recording_procedure import RecordingProcedure

_LOOK_S = 0.2
#: How names of recordings end, as the one beside the results does.
_RECORDINGS = (".hdf5", ".h5")


def run_procedure(procedure: Procedure, csv_path: str | Path) -> Results:
    """Run a procedure to its end, and give its results.

    It returns when the recording is stored and ``release()`` has ended, however long a disk, a
    driver or another instrument takes. Ctrl+C aborts the run, or ends that waiting, and is raised
    again; what was recorded stays, and is stored as soon as possible. Of a run that failed or was
    aborted before it measured anything, nothing stays: the same name can be used again.

    :param procedure: any of PyMeasure's; one of this package records beside the CSV.
    :param csv_path: result file to make.
    :raises ConfigurationError: this is no procedure, or no name of a file, or that of a recording.
    :raises OutputExistsError: the result file or the recording exists; nothing was touched.
    :raises PicoStreamError: as ``check`` does, with nothing touched, or while it ran. What a
        procedure's own code raises, comes as it is.
    """
    if not isinstance(procedure, Procedure):
        raise ConfigurationError(
            f"What is run is a procedure with its parameters, as in run_procedure(Mine(), "
            f"'mine.csv'), not {shown(procedure)}."
        )
    path = _results_path(csv_path)
    _require_new(path)
    if isinstance(procedure, RecordingProcedure):
        _require_new(recording_path_for(path))
        procedure.recording_path = str(recording_path_for(path))
        procedure.check()
    try:
        results = Results(procedure, str(path))
    except OSError as error:
        raise write_error(path, error) from None
    worker = _Worker(results)
    try:
        worker.run_to_the_end()
        is_ours = isinstance(procedure, RecordingProcedure)
        release_error = procedure.wait_for_release() if is_ours else None
        if worker.error is not None:
            raise worker.error
        if procedure.status == FAILED:
            raise PicoStreamError(f"{type(procedure).__name__} failed.")
        if release_error is not None:
            raise release_error
    except BaseException:
        if isinstance(procedure, RecordingProcedure):
            _forget_empty(results, path)
        raise
    return results


def _results_path(csv_path: str | Path) -> Path:
    """Give the path of the results.

    :raises ConfigurationError: it is no name of a file, or that of a recording.
    """
    path = Path(file_name(csv_path))
    if path.suffix.lower() in _RECORDINGS:
        raise ConfigurationError(
            f"The results are a CSV: give its name, as {path.stem}.csv, not {path.name}; the "
            f"recording beside it is {path.stem}.hdf5 then."
        )
    return path


def _require_new(path: Path) -> None:
    if os.path.lexists(path):
        raise OutputExistsError(f"{path} exists; choose another name.")


def _forget_empty(results: Results, csv_path: Path) -> None:
    """Leave nothing of a run that measured nothing: it can be tried again."""
    if results.data.empty and not recording_path_for(csv_path).exists():
        with contextlib.suppress(OSError):
            csv_path.unlink()


class _Worker(Worker):
    """A worker whose end can be waited for: PyMeasure's own ``join`` stops the procedure."""

    def __init__(self, results: Results) -> None:
        super().__init__(results)
        # only threads of this program use them: after 0.16 each has a thread and pipes of its own
        self.recorder_queue: SimpleQueue[Any] = SimpleQueue()
        self.monitor_queue: SimpleQueue[Any] = SimpleQueue()
        self._ended = threading.Event()
        self.error: BaseException | None = None

    def handle_error(self) -> None:
        """Keep what the procedure raised, for the caller."""
        self.error = self.error or sys.exc_info()[1]
        super().handle_error()

    def handle_abort(self) -> None:
        """Keep what ended the procedure from within, such as SystemExit."""
        self.error = self.error or sys.exc_info()[1]
        super().handle_abort()

    def shutdown(self) -> None:
        """End the run; what the procedure's own ``shutdown`` raises is kept as well."""
        try:
            super().shutdown()
        except BaseException:  # noqa: BLE001 - it would leave the recorder's thread
            self.handle_error()
            self.recorder.stop()

    def run(self) -> None:
        try:
            super().run()
        finally:
            self._ended.set()

    def run_to_the_end(self) -> None:
        try:
            self.start()  # which waits until the thread runs, and so may be interrupted as well
            self._wait()
        except KeyboardInterrupt:
            self.stop()
            self._wait()
            raise

    def _wait(self) -> None:
        # not Thread.join: interrupted by Ctrl+C, it takes the thread for ended
        while not self._ended.wait(_LOOK_S):
            pass
        threading.Thread.join(self)
