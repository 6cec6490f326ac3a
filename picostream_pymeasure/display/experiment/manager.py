"""The queue of runs: goes on after a failure, and never waits for a thread on the GUI thread."""

from __future__ import annotations

import logging
import threading
from typing import Any

from pymeasure.display.browser import Browser
from pymeasure.display.manager import Experiment, Manager
from pymeasure.display.Qt import QtCore
from pymeasure.experiment import Procedure

_LOOK_MS = 20


class ExperimentManager(Manager):
    """PyMeasure's manager, which looks whether a run has ended instead of joining its thread.

    PyMeasure hears of a failure before ``procedure.shutdown()`` has run, and then waits for it
    with the window frozen. Here a run is over when its thread is, also when the thread died
    without a word.

    :param widget_list: the tabs that draw runs.
    :param browser: the list that names them.
    """

    removed = QtCore.Signal(object)

    def __init__(self, widget_list: tuple[Any, ...], browser: Browser, **settings: Any) -> None:
        # no port: with ZMQ installed PyMeasure would open a socket and sleep at each start
        super().__init__(widget_list, browser, port=None, **settings)
        # its lines are of no use, and logging from a QThread leaves a Python thread object behind
        logging.getLogger("pymeasure.display.listeners").setLevel(logging.WARNING)
        self._watch = QtCore.QTimer(self)
        self._watch.setInterval(_LOOK_MS)
        self._watch.timeout.connect(self._look)

    def next(self) -> None:
        """Start the next queued run, if there is one."""
        super().next()
        if self.is_running():
            self._watch.start()

    def remove(self, experiment: Experiment) -> None:
        """Take a run that is not running out of the queue and the list."""
        super().remove(experiment)
        self.removed.emit(experiment)

    def hold(self) -> None:
        """Start no further run until ``resume()``."""
        self._start_on_add = self._is_continuous = False

    @property
    def is_held(self) -> bool:
        """True when queued runs wait for ``resume()``."""
        return not self._is_continuous

    @property
    def n_waiting(self) -> int:
        """Runs that have not begun."""
        return sum(each.procedure.status == Procedure.QUEUED for each in self.experiments.queue)

    def wait(self, timeout_s: float) -> bool:
        """Block until the thread of the run has ended, and tell whether it has.

        Only for the end of the program, when no event loop runs any more.
        """
        if self.is_running():
            threading.Thread.join(self._worker, timeout_s)  # PyMeasure's own join does not wait
            return not self._worker.is_alive()
        return True

    def _look(self) -> None:
        if self._worker.is_alive():
            return
        if self._monitor.isRunning():
            self._worker.monitor_queue.put(None)  # a thread that died has not said so
            return
        self._watch.stop()
        QtCore.QTimer.singleShot(0, self._conclude)  # after the monitor's last signals

    def _conclude(self) -> None:
        recorder = self._worker.recorder
        if recorder is not None and recorder.is_alive():
            recorder.stop()
        status = self._running_experiment.procedure.status
        if status == Procedure.FINISHED:
            super()._finish()
        elif status == Procedure.ABORTED:
            super()._abort_returned()
        else:
            self._update_status(Procedure.FAILED)
            super()._failed()
            if self._is_continuous:
                self.next()

    # The monitor's news of the end come too early; _conclude acts on them.

    def _finish(self) -> None:
        pass

    def _abort_returned(self) -> None:
        pass

    def _failed(self) -> None:
        pass
