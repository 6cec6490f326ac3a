"""What the next run will take, kept up to date while the inputs change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets
from pymeasure.experiment import Procedure

from ..painting.theme import theme_of
from ..reading.latest_worker import LatestWorker
from .files import existing_folder

#: After a change, or the first picture, which what is loaded for it would only make later.
_SOON_MS, _FIRST_MS = 100, 500

#: What no signal tells, as room on the disk, is looked at again after so long.
_LOOK_MS = 5000

#: A window does not become higher for the sake of more than that.
_HIGHEST_PX = 260

#: The line that says whether it can be done, and how it begins where it cannot.
_VERDICT, _NO = "Can record", "no"

Estimates = list[tuple[str, str]]


class ExperimentEstimator(QtWidgets.QWidget):
    """Calls ``procedure.get_estimates`` as PyMeasure's estimator does, and survives what it raises.

    The inputs are read on the GUI thread, the estimates made on another one, because they may ask
    a slow disk.

    :param make_procedure: gives a procedure with the present inputs.
    :param get_sequence: gives the present sequence; it may raise.
    :param obstacle: says what keeps a procedure from running now, in a sentence; empty if nothing.
    """

    #: Why the next run cannot be done; empty if it can.
    judged = QtCore.Signal(str)

    def __init__(
        self,
        make_procedure: Callable[[], Procedure],
        get_sequence: Callable[[], list[Any]] | None = None,
        obstacle: Callable[[Procedure], str] = lambda _: "",
        parent: QtWidgets.QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._make_procedure = make_procedure
        self._get_sequence = get_sequence
        self._n_runs = 0
        self._worker = LatestWorker("estimator", lambda: partial(_estimate, obstacle))
        self._worker.done.connect(self._show)
        self._worker.failed.connect(self._show_failure)
        self._rows: list[tuple[QtWidgets.QLabel, QtWidgets.QLabel]] = []
        self._form = QtWidgets.QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(2)
        self._problem = QtWidgets.QLabel(self)
        self._problem.setWordWrap(True)
        self._problem.setMinimumWidth(1)  # as values, below
        self._form.addRow(self._problem)
        self._soon = QtCore.QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.look)
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self.look)

    def follow(self, *signals: Any) -> None:
        """Estimate anew soon after one of these signals."""
        for signal in signals:
            signal.connect(self._look_soon)

    @property
    def texts(self) -> Estimates:
        """What is shown now: labels and values, or one row with the problem."""
        if self._problem.text():
            return [("", self._problem.text())]
        return [(label.text(), value.text()) for label, value in self._rows]

    def look(self) -> None:
        """Estimate from the present inputs."""
        try:
            procedure = self._make_procedure()
        except ValueError as error:
            self._worker.cancel()
            self._show(error)
            return
        sequence = self._sequence()
        self._n_runs = len(sequence or ())
        self._worker.submit((procedure, sequence))

    def _look_soon(self) -> None:
        if self._timer.isActive() and not self._soon.isActive():
            self._soon.start(_SOON_MS)

    def stop(self) -> None:
        """Estimate no more."""
        self._timer.stop()
        self._soon.stop()
        self._worker.close()

    def _sequence(self) -> list[Any] | None:
        try:
            return self._get_sequence() if self._get_sequence else None
        except Exception:  # noqa: BLE001 - a half-typed expression raises anything
            return []

    def _show(self, found: Estimates | Exception) -> None:
        failed = isinstance(found, Exception)
        self._problem.setStyleSheet(f"color: {theme_of(self).warning}")
        self._problem.setText(str(found) if failed else "")
        self._problem.setToolTip(self._problem.text())  # a long word is cut
        self._problem.setVisible(failed)
        rows = [] if isinstance(found, Exception) else found
        while len(self._rows) < len(rows):
            label, value = QtWidgets.QLabel(self), QtWidgets.QLabel(self)
            value.setWordWrap(True)
            value.setMinimumWidth(1)  # a long word does not make the window wide
            label.setAlignment(QtCore.Qt.AlignmentFlag.AlignTop)
            self._rows.append((label, value))
            self._form.addRow(label, value)
        for index, (label, value) in enumerate(self._rows):
            label.setVisible(index < len(rows))
            value.setVisible(index < len(rows))
            if index < len(rows):
                label.setText(rows[index][0])
                value.setText(rows[index][1])
                value.setToolTip(rows[index][1])  # should it be very long
                is_no = rows[index][0] == _VERDICT and rows[index][1].startswith(_NO)
                value.setStyleSheet(f"color: {theme_of(self).warning}" if is_no else "")
        self._need_height()
        self.judged.emit(str(found) if isinstance(found, Exception) else self._obstacle_in(found))

    def _show_failure(self, asked: object, text: str) -> None:
        self._show(RuntimeError(text))

    def _obstacle_in(self, found: Estimates) -> str:
        """What keeps one run from being possible; of a whole sequence it is another matter."""
        verdict = dict(found).get(_VERDICT, "")
        is_no = verdict.startswith(_NO) and self._n_runs < 2
        return verdict.removeprefix(f"{_NO}: ") if is_no else ""

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to look."""
        super().showEvent(event)
        self._timer.start(_LOOK_MS)
        self._soon.start(_FIRST_MS)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Need more or fewer lines."""
        super().resizeEvent(event)
        self._need_height()

    def _need_height(self) -> None:
        """Let no window be so low that a sentence is cut: docks ask for no height for a width."""
        needed_px = self._form.heightForWidth(self.width())
        self.setMinimumHeight(min(max(needed_px, 0), _HIGHEST_PX))


def _estimate(
    obstacle: Callable[[Procedure], str], asked: tuple[Procedure, list[Any] | None]
) -> Estimates | Exception:
    try:
        _find_place(asked[0])
        found = _estimates(*asked)
        if problem := obstacle(asked[0]):
            others = [row for row in found if row[0] != _VERDICT]
            found = [*others, (_VERDICT, f"{_NO}: {problem}")]
    except Exception as error:  # noqa: BLE001 - users write get_estimates
        return error
    return found


def _find_place(procedure: Procedure) -> None:
    """Estimate for the folder where a recording could be made now, as its own is made later."""
    if wanted := getattr(procedure, "recording_path", None):
        path = Path(wanted)
        procedure.recording_path = str(existing_folder(str(path.parent)) / path.name)


def _estimates(procedure: Procedure, sequence: list[Any] | None) -> Estimates:
    wanted = signature(procedure.get_estimates).parameters
    offered = {"sequence": sequence, "sequence_length": len(sequence or ())}
    found = procedure.get_estimates(**{name: offered[name] for name in offered if name in wanted})
    if isinstance(found, (int, float)):
        found = [("Duration", f"{found:.3g} s")]
    return [(str(label), str(value)) for label, value in found]
