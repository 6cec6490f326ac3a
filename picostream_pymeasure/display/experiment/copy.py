"""Copying the files of a run while the window goes on drawing."""

from __future__ import annotations

import threading
from pathlib import Path

from pymeasure.display.Qt import QtCore, QtWidgets
from pymeasure.experiment import Results

from ...errors import StorageError
from ...storage import recording_path_for
from .files import copy_files, files_of

_LOOK_MS = 50


def copy_with_progress(parent: QtWidgets.QWidget, results: Results, csv_path: Path) -> None:
    """Copy both files of a run, showing how far it is.

    :raises StorageError: as :func:`~.files.copy_files` does.
    """
    failures: list[StorageError] = []

    def copy() -> None:
        try:
            copy_files(results, csv_path)
        except StorageError as error:
            failures.append(error)

    thread = threading.Thread(target=copy, name="copy")
    dialog = QtWidgets.QProgressDialog(f"Copying to {csv_path.parent} …", "", 0, 1000, parent)
    dialog.setCancelButton(None)
    dialog.setWindowModality(QtCore.Qt.WindowModal)
    total = sum(path.stat().st_size for path in files_of(results)) or 1

    def look() -> None:
        if not thread.is_alive():
            dialog.done(0)
            return
        copied = recording_path_for(csv_path)
        dialog.setValue(int(999 * copied.stat().st_size / total) if copied.exists() else 0)

    timer = QtCore.QTimer(dialog)
    timer.timeout.connect(look)
    timer.start(_LOOK_MS)
    thread.start()
    while thread.is_alive():  # Escape closes the dialog
        dialog.exec_()
    timer.stop()
    dialog.deleteLater()
    if failures:
        raise failures[0]
