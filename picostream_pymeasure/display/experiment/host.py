"""PyMeasure's window, inputs, queue and log as classes whose parts can be replaced.

All that the windows use of PyMeasure's without it being documented is here; the rest of the
package builds on the names that these classes give it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from pymeasure.display.manager import Experiment, Manager
from pymeasure.display.Qt import QtCore
from pymeasure.display.widgets import InputsWidget, LogWidget
from pymeasure.display.windows import ManagedWindow
from pymeasure.experiment import Parameter, Procedure

from ...host import ABORTED, FAILED, FINISHED


class HostWindow(ManagedWindow):
    """A window that is made of the parts of its subclass."""

    @property
    def input_names(self) -> tuple[str, ...]:
        """Parameters that have inputs; ``inputs`` becomes the widget, up to 0.16 it is the list."""
        return tuple(getattr(self, "inputs_list", None) or self.inputs or ())

    @property
    def directory(self) -> str:
        """The folder of new runs, as a shell would read it: ``~`` is the user's."""
        typed: str = self.file_input.directory
        return os.path.expanduser(typed.strip())  # noqa: PTH111 - any text

    @directory.setter
    def directory(self, folder: str) -> None:
        self.file_input.directory = folder

    def _setup_ui(self) -> None:
        self.make_parts()

    def _layout(self) -> None:
        self.lay_parts_out()

    def make_parts(self) -> None:
        """Make the window's parts."""
        raise NotImplementedError

    def lay_parts_out(self) -> None:
        """Put the parts into the window."""
        raise NotImplementedError


class HostInputs(InputsWidget):
    """Inputs in another arrangement, for conditions of another kind."""

    @property
    def procedure_class(self) -> type[Procedure]:
        """What the inputs are for."""
        found: type[Procedure] = self._procedure_class
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that have inputs."""
        return tuple(self._inputs)

    @property
    def hides(self) -> bool:
        """Whether inputs that do not apply are hidden, instead of grey."""
        return bool(self._hide_groups)

    def parameters(self) -> dict[str, Parameter]:
        """Parameters of the procedure whose values were shown first."""
        found: dict[str, Parameter] = self._procedure.parameter_objects()
        return found

    def _setup_ui(self) -> None:
        self.choose_inputs(self.parameters())
        super()._setup_ui()
        self.inputs_made()

    def _layout(self, inputs_in_scrollarea: bool) -> None:
        self.arrange(inputs_in_scrollarea)

    def _setup_visibility_groups(self) -> None:
        self.follow_conditions()

    def choose_inputs(self, parameters: dict[str, Parameter]) -> None:
        """Set ``ui_class`` of parameters that have an input of another kind."""

    def inputs_made(self) -> None:
        """Do what is to be done with all inputs."""

    def arrange(self, scrolls: bool) -> None:
        """Put the inputs into a layout."""
        raise NotImplementedError

    def follow_conditions(self) -> None:
        """Show inputs while they apply."""
        raise NotImplementedError


class HostManager(Manager):
    """A queue whose subclass decides when a run has ended.

    What PyMeasure's monitor says of the end comes too early and is passed over;
    :meth:`conclude` acts on it.
    """

    @property
    def worker(self) -> Any:
        """The thread of the run."""
        return self._worker

    @property
    def recorder(self) -> Any:
        """The thread that writes the run's rows, None if it has not begun."""
        return getattr(self._worker, "recorder", None)  # after 0.16 it is not set before

    @property
    def monitor(self) -> Any:
        """The thread that hears of the run."""
        return self._monitor

    @property
    def is_held(self) -> bool:
        """True when queued runs wait for ``resume()``."""
        return not self._is_continuous

    def hold(self) -> None:
        """Start no further run until ``resume()``."""
        self._start_on_add = self._is_continuous = False

    def conclude(self) -> None:
        """End the present run as its status says; what has none has failed."""
        self.end_worker()
        experiment: Experiment = self._running_experiment
        if experiment.procedure.status not in (FINISHED, ABORTED):
            experiment.procedure.status = FAILED
        self._update_status(experiment.procedure.status)  # the monitor may have been too late
        if experiment.procedure.status == FINISHED:
            super()._finish()
        elif experiment.procedure.status == ABORTED:
            super()._abort_returned()
        else:
            super()._failed()
            if not self.is_held:
                self.next()

    def _update_status(self, status: Any) -> None:
        """Show it only: the run has set it, may be further by now, and would forget a failure."""
        if self.is_running():
            self._running_experiment.browser_item.setStatus(status)

    def end_worker(self) -> None:
        """Let go what the run's thread, which is over, has left: after 0.16 it does not do that.

        A thread that died is waited for until it says that it stopped; its queues have threads and
        pipes, and live as long as the results are shown.
        """
        self._worker.stop()
        for queue in (self._worker.recorder_queue, self._worker.monitor_queue):
            with suppress(AttributeError):  # up to 0.16 it has nothing that could be closed
                queue.close()

    def _finish(self) -> None:
        pass

    def _abort_returned(self) -> None:
        pass

    def _failed(self) -> None:
        pass


class HostLog(LogWidget):
    """A log whose title has a colour of the subclass until what is new in it is looked at."""

    def _setup_ui(self) -> None:
        # PyMeasure's logs share one timer, so that a message in one window blinks in all
        self._blink_qtimer = QtCore.QTimer(self)
        super()._setup_ui()

    def _blink(self) -> None:
        self._blink_qtimer.stop()
        self.paint_title()

    def paint_title(self) -> None:
        """Give the title its colour, which does not come and go as PyMeasure's does."""
        if self.tab_widget is None:
            return
        is_seen = self.tab_widget.currentIndex() == self.tab_index
        colour = self.title_colour(None if is_seen else self._blink_color)
        self.tab_widget.tabBar().setTabTextColor(self.tab_index, colour)

    def title_colour(self, name: str | None) -> Any:
        """Give the colour of the title; PyMeasure names it ``red`` or ``darkorange``, or not."""
        raise NotImplementedError
