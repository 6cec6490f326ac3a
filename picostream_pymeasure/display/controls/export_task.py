"""Exports the samples in view in a thread, with a bar that shows how far it is."""

from __future__ import annotations

import threading
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from pymeasure.display.Qt import QtCore, QtWidgets

from ...system.thread_end import begin_thread
from ..reading.failures import FILE_ERRORS, log_fault, words, words_of_fault

if TYPE_CHECKING:
    from ...reader import Scales


class ExportTask(QtCore.QObject):
    """One export at a time; what it writes appears when it is complete.

    :param parent: the window that shows how far it is.
    """

    #: A sentence for the user, when it is over.
    finished = QtCore.Signal(str)
    _progressed = QtCore.Signal(int)

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._bar: QtWidgets.QProgressDialog | None = None
        self._progressed.connect(self._show_progress)
        self.finished.connect(self._close_bar)

    def start(
        self,
        recording: str,
        target: str,
        channels: tuple[str, ...],
        begin_s: float,
        end_s: float,
        scales: Scales,
    ) -> None:
        """Begin to write a stretch of a recording; an existing file is replaced.

        :param scales: what channels' voltages stand for, in place of what the recording says.
        """
        self.close()
        self._cancelled.clear()
        self._bar = QtWidgets.QProgressDialog(
            f"Exporting to {Path(target).name}", "Cancel", 0, 100, self._parent
        )
        self._bar.setMinimumDuration(500)
        self._bar.canceled.connect(self._cancelled.set)
        write = partial(self._run, recording, target, channels, begin_s, end_s, scales)
        self._thread = begin_thread(write, "picostream export", self._cancelled.set)

    def close(self) -> None:
        """Cancel what is under way; nothing of it is left, nor of the bar, which may show late."""
        self._cancelled.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
        self._close_bar()

    def _run(
        self,
        recording: str,
        target: str,
        channels: tuple[str, ...],
        begin_s: float,
        end_s: float,
        scales: Scales,
    ) -> None:
        from ...reader import export_recording  # here, in its thread: it takes long to load

        try:
            report = export_recording(
                recording,
                target,
                channels=channels,
                scales=scales,
                from_s=begin_s,
                to_s=end_s,
                force=True,
                progress=self._progress,
            )
            self.finished.emit(f"Saved {report.rows:,} rows in {target}")
        except _CancelledError:
            self.finished.emit("The export was cancelled; no file was written.")
        except FILE_ERRORS as error:
            self.finished.emit(words(error))
        except Exception as error:  # noqa: BLE001 - told, and the bar is closed
            log_fault(error)
            self.finished.emit(words_of_fault(error))

    def _progress(self, done: int, total: int) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self._progressed.emit(100 * done // total)

    def _show_progress(self, percent: int) -> None:
        if self._bar is not None:
            self._bar.setValue(percent)

    def _close_bar(self) -> None:
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.reset()
            bar.deleteLater()


def unused_target(recording: Path) -> Path:
    """A name beside a recording that no file has; the CSV of the same stem belongs to its run."""
    names = (recording.with_name(f"{recording.stem}_part_{number}.csv") for number in count(1))
    return next(path for path in names if not path.exists())


class _CancelledError(Exception):
    """The user wants no export any more."""
