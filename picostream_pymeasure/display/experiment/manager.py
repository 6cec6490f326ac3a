"""The queue of runs: goes on after a failure, and never waits for a thread on the GUI thread."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack
from typing import Any

from pymeasure.display.browser import Browser
from pymeasure.display.manager import Experiment
from pymeasure.display.Qt import QtCore

from ...host import QUEUED
from ...system.awake import kept_awake
from .host import HostManager

_LOOK_MS = 20


class ExperimentManager(HostManager):
    """PyMeasure's manager, which looks whether a run has ended instead of joining its thread.

    PyMeasure hears of a failure before ``procedure.shutdown()`` has run, and then waits for it
    with the window frozen. Here a run is over when its thread is, also when the thread died
    without a word.

    :param widget_list: the tabs that draw runs.
    :param browser: the list that names them.
    """

    removed = QtCore.Signal(object)
    #: One that was to be removed, and runs by now.
    kept = QtCore.Signal(object)

    def __init__(self, widget_list: tuple[Any, ...], browser: Browser, **settings: Any) -> None:
        # no port: with ZMQ installed PyMeasure would open a socket and sleep at each start
        super().__init__(widget_list, browser, port=None, **settings)
        # its lines are of no use, and logging from a QThread leaves a Python thread object behind
        logging.getLogger("pymeasure.display.listeners").setLevel(logging.WARNING)
        self._watch = QtCore.QTimer(self)
        self._watch.setInterval(_LOOK_MS)
        self._watch.timeout.connect(self._look)
        self._awake, self._is_kept_awake = ExitStack(), False

    def next(self) -> None:
        """Start the next queued run, if there is one."""
        super().next()
        if self.is_running():
            self._watch.start()
            if not self._is_kept_awake:
                self._awake.enter_context(kept_awake())  # also where a run does not record
                self._is_kept_awake = True

    def conclude(self) -> None:
        """End the present run; the computer may sleep once none follows."""
        super().conclude()
        if not self.is_running():
            self._is_kept_awake = False
            self._awake.close()

    def remove(self, experiment: Experiment) -> None:
        """Take a run that is not running out of the queue and the list."""
        if self.runs(experiment):
            self.kept.emit(experiment)
            return
        super().remove(experiment)
        self.removed.emit(experiment)

    def runs(self, experiment: Experiment) -> bool:
        """Whether it is under way, also before its thread has said so."""
        return self.is_running() and self.running_experiment() is experiment

    @property
    def waiting(self) -> list[Experiment]:
        """Runs that have not begun."""
        queued = [one for one in self.experiments.queue if one.procedure.status == QUEUED]
        return [one for one in queued if not self.runs(one)]

    def forget_waiting(self) -> None:
        """Take those out of the queue and the list."""
        for each in self.waiting:
            self.remove(each)

    def wait(self, timeout_s: float) -> bool:
        """Block until the thread of the run has ended, and tell whether it has.

        Only for the end of the program, when no event loop runs any more.
        """
        if self.is_running():
            threading.Thread.join(self.worker, timeout_s)  # PyMeasure's own join does not wait
            return not self.worker.is_alive()
        return True

    def _look(self) -> None:
        if self.worker.is_alive():
            return
        if self.monitor.isRunning():
            self.worker.monitor_queue.put(None)  # a thread that died has not said so
            return
        self._watch.stop()
        QtCore.QTimer.singleShot(0, self._let_go)  # after the monitor's last signals

    def _let_go(self) -> None:
        if self.recorder is not None and self.recorder.is_alive():
            self.recorder.stop()
        self.conclude()
