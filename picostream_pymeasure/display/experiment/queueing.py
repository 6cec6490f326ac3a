"""Runs queued, stopped, broken off and marked, and what is told when they end."""

from __future__ import annotations

import logging
from pathlib import Path

from pymeasure.display.manager import Experiment
from pymeasure.display.Qt import QtCore
from pymeasure.experiment import Procedure

from ...errors import PicoStreamError
from ...system.patience import reason
from .controls import RunControls
from .manager import ExperimentManager
from .messages import FailureLog
from .run_columns import RunColumns
from .runs import ExperimentRuns


class ExperimentQueueing(ExperimentRuns):
    """The part of the window that works with the queue."""

    busy_changed = QtCore.Signal(bool)

    controls: RunControls
    failure_log: FailureLog
    manager: ExperimentManager
    run_columns: RunColumns
    _closes_when_idle = False
    _refusal = ""

    # -- what the user asks for

    def _queue_shown(self, checked: bool) -> None:
        self.messages.hide()
        self.queue()

    def queue(self, procedure: Procedure | None = None) -> None:
        """Queue a run, or say why it cannot be.

        :param procedure: what to run; by default one with the present inputs.
        """
        try:
            procedure = procedure or self.make_procedure()
            results = self.new_results(procedure)
        except (PicoStreamError, ValueError, NameError) as error:
            self._refuse(str(error))
            return
        except OSError as error:
            self._refuse(f"{error.filename} cannot be written: {reason(error)}.")
            return
        experiment = self.new_experiment(results)
        self.manager.queue(experiment)
        self.browser.scrollToItem(experiment.browser_item)

    def _refuse(self, why: str) -> None:
        self._refusal = why
        self.tell(why)

    def take_refusal_back(self) -> None:
        """Say no more why a run was refused: the inputs are other ones now."""
        if self._refusal and self.messages.text == self._refusal:
            self.messages.hide()

    def stop(self) -> None:
        """End the present run normally; queued runs follow."""
        if self.controls.can_stop:
            self.manager.running_experiment().procedure.request_stop()
            self.controls.run_is_ending()

    def abort(self) -> None:
        """Break the present run off; queued runs wait for :meth:`resume`."""
        if self.manager.is_running():
            self.manager.abort()
            self.controls.run_is_ending()

    def resume(self) -> None:
        """Go on with the queued runs."""
        self.manager.resume()
        self.controls.refresh()

    def mark(self, text: str) -> None:
        """Put a mark at the newest sample of the present run, or say why that is not possible."""
        try:
            self.manager.running_experiment().procedure.mark(text)
        except PicoStreamError as error:
            self.tell(str(error))

    def _abort_or_resume(self) -> None:
        if self.manager.is_running():
            self.abort()
        else:
            self.resume()

    # -- what the manager tells

    def queued(self, experiment: Experiment) -> None:
        """A run has been put into the queue."""
        self.update_list_buttons()

    def running(self, experiment: Experiment) -> None:
        """A run has begun."""
        self.busy_changed.emit(True)
        self.run_columns.follow(experiment)
        self.update_list_buttons()

    def finished(self, experiment: Experiment) -> None:
        """A run has ended normally."""
        self._run_ended(experiment)

    def abort_returned(self, experiment: Experiment) -> None:
        """A run was broken off."""
        self._run_ended(experiment)

    def failed(self, experiment: Experiment) -> None:
        """A run has failed: say why; queued runs follow."""
        reason = self.failure_log.take_reason()
        experiment.browser_item.setToolTip(3, reason)
        self.tell(f"{Path(experiment.data_filename).name} failed: {reason}")
        self._run_ended(experiment)

    def removed(self, experiment: Experiment) -> None:
        """A run has left the list."""
        self.forget_removed(experiment)
        self._release_empty_queue()
        self.update_list_buttons()

    def _run_ended(self, experiment: Experiment) -> None:
        self.busy_changed.emit(False)
        self.run_columns.follow(None)
        self.run_columns.fill(experiment)
        if not (path := Path(experiment.data_filename)).exists():
            self.tell(
                f"{path.name} was removed while its run went on: its rows and parameters are gone.",
                logging.WARNING,
            )
        if self._closes_when_idle:
            QtCore.QTimer.singleShot(0, self.close)
        else:
            self._release_empty_queue()
        self.update_list_buttons()

    def _release_empty_queue(self) -> None:
        """Let the next run begin when nothing is left to hold."""
        manager = self.manager
        if manager.is_held and not manager.is_running() and not manager.experiments.has_next():
            manager.resume()
            self.controls.refresh()
