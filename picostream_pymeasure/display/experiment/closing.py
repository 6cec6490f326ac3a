"""The end of a window: after the run that is under way, or with the application."""

from __future__ import annotations

from pymeasure.display.Qt import QtGui, QtWidgets

from ...errors import counted
from .queueing import ExperimentQueueing

_END_TIMEOUT_S = 10.0


class ExperimentClosing(ExperimentQueueing):
    """The part of the window that closes it."""

    _is_closed = False

    @property
    def is_closed(self) -> bool:
        """Whether it was closed; it cannot be used again then."""
        return self._is_closed

    def let_go(self) -> None:
        """Give back what the window holds; it is closed, and no run is under way."""
        raise NotImplementedError

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Close, after a run that is under way has been ended if the user agrees."""
        if self.manager.is_running() and not self._is_closed:
            event.ignore()
            self._close_after_run()
            return
        is_agreed = self._is_closed or self._closes_when_idle
        if self.manager.waiting and not is_agreed and not self._wants_to_close():
            event.ignore()
            return
        self._finish()
        super().closeEvent(event)

    def _close_after_run(self) -> None:
        if self._closes_when_idle:
            self.abort()  # it takes too long for the user
            return
        if not self._wants_to_close():
            return
        self._closes_when_idle = True
        self._end_run()
        if not self.manager.is_running():  # it ended while the user was asked
            self.close()

    def _wants_to_close(self) -> bool:
        is_running, waiting = self.manager.is_running(), len(self.manager.waiting)
        parts = [
            "A run is under way." if is_running else "",
            f"{counted(waiting, 'queued run')} will not be made." if waiting else "",
            "End the run, keeping what was recorded, and close" if is_running else "Close",
        ]
        box = QtWidgets.QMessageBox
        text = f"{' '.join(filter(None, parts))} the window?"
        reply = box.question(self, "Close Window", text, box.Yes | box.No, box.No)
        return bool(reply == box.Yes)

    def _end_run(self) -> None:
        self.manager.hold()
        if self.manager.is_running():
            if self.controls.can_stop:
                self.stop()
            else:
                self.abort()

    def quit(self, evt: object = None) -> None:
        """End everything because the application ends; no event loop runs any more."""
        if not self._is_closed:
            self._end_run()
            self.manager.wait(_END_TIMEOUT_S)
            self._finish()
            self.close()

    def _finish(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self.manager.forget_waiting()
            self.let_go()
