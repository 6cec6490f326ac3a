"""The runs a window lists, each with two files: made, opened, copied and deleted together."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pymeasure.display.manager import Experiment
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets
from pymeasure.experiment import Procedure, Results

from ...errors import FileFormatError, StorageError
from ...host import QUEUED, RUNNING
from ...storage import file_name, recording_path_for
from .copy import copy_with_progress
from .deletion import wants_to_delete
from .dialog import ExperimentDialog
from .files import (
    RECORDING_SUFFIX,
    delete_files,
    earlier_runs,
    files_of,
    has_begun,
    is_there,
    load_results,
    recording_of,
)
from .host import HostWindow
from .messages import MessageBar
from .names import unused_csv_path
from .recording_tab import RecordingCurve, RecordingTab
from .run_columns import RunColumns, show_no_data
from .run_item import RunItem
from .run_results import RunResults
from .run_swatches import RunSwatches

log = logging.getLogger(__name__)

#: Colours of runs, which can be told apart on white and on black, and from those of channels.
RUN_COLOURS = (
    "#e377c2",
    "#8c564b",
    "#7f7f7f",
    "#ff7f0e",
    "#9467bd",
    "#17becf",
    "#8bb01e",
    "#5c6bc0",
)


class ExperimentRuns(HostWindow):
    """The part of the window that looks after the files of its runs."""

    messages: MessageBar
    recording_tab: RecordingTab
    _temporary: TemporaryDirectory[str] | None = None
    run_columns: RunColumns
    run_swatches: RunSwatches
    _n_coloured = 0

    def update_list_buttons(self) -> None:
        """Offer what can be done with the list."""
        has_runs, browser = bool(self.manager.experiments.queue), self.browser_widget
        browser.show_button.setVisible(has_runs)
        browser.hide_button.setVisible(has_runs)
        browser.clear_button.setVisible(has_runs)
        browser.show_button.setEnabled(has_runs)
        browser.hide_button.setEnabled(has_runs)
        browser.clear_button.setEnabled(has_runs and not self.manager.is_running())

    def tell(self, text: str, level: int = logging.ERROR) -> None:
        """Say something in the bar and in the log."""
        self.messages.tell(text, level)
        log.log(level, text)

    # -- new runs

    def new_results(self, procedure: Procedure) -> Results:
        """Tell a procedure where to record, let it check itself, and make the CSV of its run.

        One with a method ``settle()`` may bring its parameters to what will come of them.

        :raises OSError: the folder cannot be made or written to.
        :raises ConfigurationError: the file name is wrong, or what the procedure says itself.
        """
        check = getattr(procedure, "check", procedure.check_parameters)
        check()  # the parameters; nothing is touched before
        if hasattr(procedure, "settle"):
            procedure.settle()
        folder, name, extension = self._temporary_folder(), "unsaved", "csv"
        if self.store_measurement:
            folder, name = file_name(self.directory or "."), self.file_input.filename_base
            extension = self.file_input.filename_extension
        while True:
            path = unused_csv_path(folder, name, extension, procedure)
            path.parent.mkdir(parents=True, exist_ok=True)
            if hasattr(procedure, "recording_path"):
                procedure.recording_path = str(path.with_suffix(RECORDING_SUFFIX))
                check()  # the place
            with suppress(FileExistsError):  # another window was faster
                return RunResults.new(procedure, path)

    def _temporary_folder(self) -> str:
        if self._temporary is None:
            self._temporary = TemporaryDirectory(prefix="picostream_", ignore_cleanup_errors=True)
        return self._temporary.name

    def _is_temporary(self, results: Results) -> bool:
        folder = self._temporary.name if self._temporary else None
        return str(Path(results.data_filename).parent) == folder

    def forget_removed(self, experiment: Experiment) -> None:
        """Delete the files of a run that was not to be kept, or had not begun, when it has gone."""
        never_begun = experiment.procedure.status == QUEUED and not has_begun(experiment.results)
        if never_begun or self._is_temporary(experiment.results):
            self._delete(experiment)

    def new_curve(self, wdg: Any, results: Results, color: Any = None, **settings: Any) -> Any:
        """Make the curve of a run in one tab, in the run's colour."""
        colour = QtGui.QColor(color or self._next_colour)
        return super().new_curve(wdg, results, color=colour, **settings)

    @property
    def _next_colour(self) -> str:
        return RUN_COLOURS[self._n_coloured % len(RUN_COLOURS)]

    def new_experiment(self, results: Results, curve: Any = None) -> Experiment:
        """Make a run with its curves in all tabs and its row in the list."""
        experiment = super().new_experiment(results, curve)
        colour = QtGui.QColor(self._next_colour)
        experiment.browser_item = RunItem(results, colour, self.displays)
        self._n_coloured += 1
        experiment.browser_item.setToolTip(1, results.data_filename)
        return experiment

    def change_color(self, experiment: Experiment) -> None:
        """Ask for another colour of a run."""
        super().change_color(experiment)
        self.run_swatches.paint()

    # -- earlier runs

    def open_experiment(self) -> None:
        """Ask for files of earlier runs and show them."""
        dialog = ExperimentDialog(self.procedure_class, self.widget_list, parent=self)
        if self.store_measurement and is_there(Path(self.directory)):
            dialog.setDirectory(self.directory)
        chosen = dialog.selectedFiles() if dialog.exec_() else []
        dialog.deleteLater()
        for path in chosen:
            self.open_run(Path(path))

    def open_run(self, path: Path) -> None:
        """Show an earlier run, or say why that is not possible.

        :param path: its CSV or its recording.
        """
        is_alone = path.suffix == RECORDING_SUFFIX and not is_there(path.with_suffix(".csv"))
        if is_alone and is_there(path):
            self._show_alone(path)
            return
        try:
            results = load_results(path, self.procedure_class)
        except FileFormatError as error:
            self.tell(str(error))
            return
        name = Path(results.data_filename).name
        if any(_same_file(each.results, results) for each in self.manager.experiments.queue):
            self.tell(f"{name} is in the list already.", logging.WARNING)
            return
        self.load_run(results)
        if not recording_of(results).exists():
            self.tell(
                f"{name} has no {recording_of(results).name} beside it: "
                f"only its summary can be shown.",
                logging.WARNING,
            )

    def load_run(self, results: Results, is_shown: bool = True, is_newest: bool = True) -> None:
        """Put an earlier run into the list.

        :param is_shown: whether it is checked.
        :param is_newest: whether it counts as newer than all that are listed, or as older.
        """
        experiment = self.new_experiment(results)
        for curve in experiment.curve_list:
            if isinstance(curve, RecordingCurve) and not is_newest:
                curve.number = -curve.number
        experiment.browser_item.progressbar.setValue(100)
        self.manager.load(experiment)
        if not has_begun(results):
            show_no_data(experiment.browser_item)
        if not is_shown:
            experiment.browser_item.setCheckState(0, QtCore.Qt.Unchecked)
        self.run_columns.fill(experiment)
        self.update_list_buttons()

    def list_earlier_runs(self) -> None:
        """Fill the list with the newest runs of the folder, one by one, the newest one shown."""
        if not self.enable_file_input:
            return
        found = earlier_runs(Path(self.directory), self.procedure_class)

        def load_next() -> None:
            path = next(found, None)
            if path is None:
                return
            known = {each.data_filename for each in self.manager.experiments.queue}
            with suppress(FileFormatError):  # it is of another kind: it is not listed
                if str(path) not in known:
                    results = load_results(path, self.procedure_class)
                    if has_begun(results):
                        self.load_run(results, is_shown=not known, is_newest=False)
            QtCore.QTimer.singleShot(0, load_next)

        load_next()

    def _show_alone(self, path: Path) -> None:
        self.recording_tab.show_file(path)
        self.tabs.setCurrentWidget(self.recording_tab)
        self.tell(
            f"{path.name} has no {path.stem}.csv beside it, so that its summary and parameters are "
            f"unknown. The tab {self.recording_tab.name} shows what is in it.",
            logging.WARNING,
        )

    def set_parameters(self, parameters: dict[str, Any]) -> None:
        """Put the parameters of an earlier run into the inputs."""
        try:
            super().set_parameters(parameters)
        except ValueError as error:
            self.tell(str(error))

    def save_experiment_copy(self, source_filename: str) -> None:
        """Ask for a name and copy both files of a run."""
        results = next(
            each.results
            for each in self.manager.experiments.queue
            if each.data_filename == source_filename
        )
        if results.procedure.status in (QUEUED, RUNNING):
            self.tell("A run can be copied when it has ended.", logging.WARNING)
            return
        chosen, _ = QtWidgets.QFileDialog.getSaveFileName(
            self, "Copy Both Files", self.directory, "Runs (*.csv)"
        )
        if not chosen:
            return
        target = Path(chosen if chosen.endswith(".csv") else f"{chosen}.csv")
        # the dialog has asked about the name that was typed, and no other
        unasked = [path for path in (target, recording_path_for(target)) if path != Path(chosen)]
        existing = [path.name for path in unasked if path.exists()]
        if existing:
            self.tell(f"{' and '.join(existing)} exists; copy to another name.")
            return
        self.copy_run(results, target)

    def copy_run(self, results: Results, csv_path: Path) -> None:
        """Copy both files of a run, or say why that is not possible."""
        try:
            copy_with_progress(self, results, csv_path)
        except StorageError as error:
            self.tell(str(error))
            return
        log.info("Copied %s to %s.", results.data_filename, csv_path)

    def delete_experiment_data(self, experiment: Experiment | list[Experiment]) -> None:
        """Delete both files of runs, if the user says so again."""
        chosen = experiment if isinstance(experiment, list) else [experiment]
        named = [files_of(each.results) for each in chosen]
        if not wants_to_delete(self, [path for paths in named for path in paths]):
            return
        for each, paths in zip(chosen, named, strict=True):
            if self.manager.runs(each):  # it began while the user was asked
                self.tell_that_it_runs(each)
            elif not set(files_of(each.results)) <= set(paths):
                name = Path(each.data_filename).name
                self.tell(f"{name} has run meanwhile, and is kept; delete it again if it shall go.")
            else:
                self.manager.remove(each)
                self._delete(each)

    def tell_that_it_runs(self, experiment: Experiment) -> None:
        """Say why a run stays in the list."""
        self.tell(f"{Path(experiment.data_filename).name} runs now; stop it first.")

    def _delete(self, experiment: Experiment) -> None:
        try:
            delete_files(experiment.results)
        except StorageError as error:
            self.tell(str(error))


def _same_file(one: Results, other: Results) -> bool:
    return Path(one.data_filename).absolute() == Path(other.data_filename).absolute()
