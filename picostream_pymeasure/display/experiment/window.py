"""The window of an experiment: inputs, queue, live plot of the recording, results, log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets
from pymeasure.display.widgets import BrowserWidget
from pymeasure.experiment import Parameter, Procedure

from ...config import require_function
from .closing import ExperimentClosing
from .controls import RunControls
from .estimator import ExperimentEstimator
from .file_input import FileInput
from .inputs import ExperimentInputs, InputFactory
from .keep_input import KeepInput, first_recorded
from .layout import Parts, fit_on_screen, lay_out
from .list_buttons import put_beside_list
from .manager import ExperimentManager
from .memory import Memory, Remembered, of_axes, of_file, of_parts, of_sequence, of_window
from .menus import add_menus, menus_of
from .messages import FailureLog, MessageBar
from .recording_tab import RecordingTab
from .results_pages import ExperimentLog, OnlyWhileShown, paint_results
from .run_columns import RunColumns
from .run_swatches import RunSwatches
from .runs_place import RunsPlace
from .sequencer import ExperimentSequencer
from .window_state import load_state, save_state, user_settings

#: Titles and one run; more of them scroll.
_LEAST_LIST_PX = 48


class ExperimentWindow(ExperimentClosing):
    """PyMeasure's window for procedures that record.

    A procedure with an attribute ``recording_path`` is told where to record: beside its CSV, with
    the same stem. One with a method ``request_stop()`` can be stopped normally. A method
    ``check()`` is asked before a run is queued.

    :param procedure_class: what is run; its ``INPUTS`` and ``DISPLAYS`` name the parameters that
        are shown, unless ``inputs`` and ``displays`` are given.
    :param factories: what makes the inputs of parameters that want their own, by name.
    :param obstacle: says what keeps a procedure from running now; empty if nothing does.
    :param chosen: what inputs hold at the start and after a reset, whatever they held last time.
    :param default_folder: where to record until another folder is chosen; None for the present one.
    :param settings: where the window remembers itself; by default the user's own settings.
    :param window_settings: what a ``ManagedWindow`` takes.
    """

    inputs: Any  # PyMeasure's attributes: names of parameters first, then the widget made of them
    log_widget: Any
    widget_list: tuple[Any, ...]

    def __init__(
        self,
        procedure_class: type[Procedure],
        *,
        factories: Mapping[str, InputFactory] | None = None,
        obstacle: Callable[[Procedure], str] = lambda _: "",
        chosen: Mapping[str, Any] | None = None,
        default_folder: str | None = None,
        settings: QtCore.QSettings | None = None,
        **window_settings: Any,
    ) -> None:
        require_function("obstacle", obstacle)
        keeps = {"keep": KeepInput} if _is_text(procedure_class, "keep") else {}
        self._factories = {**keeps, **(factories or {})}
        self._obstacle = obstacle
        self._settings = settings or user_settings(procedure_class.__name__)
        self._was_shown = False
        self.recording_tab = RecordingTab("Recording")
        columns = procedure_class.DATA_COLUMNS
        defaults = {
            "inputs": getattr(procedure_class, "INPUTS", ()),
            "displays": getattr(procedure_class, "DISPLAYS", ()),
            "x_axis": columns[0],
            "y_axis": columns[1],
            "inputs_in_scrollarea": True,
            "widget_list": (self.recording_tab,),
        }
        super().__init__(procedure_class, **{**defaults, **window_settings})
        keep = getattr(self.inputs, "keep", None)
        if isinstance(keep, KeepInput):
            events = self.recording_tab.plotter.screen_parts.events
            keep.tie(events, partial(first_recorded, self.inputs))
        self._follow_theme()
        self.recording_tab.plotter.themed.connect(self._follow_theme)
        self.failure_log = FailureLog()
        self.log_widget.handler.addFilter(self.failure_log)
        self.setWindowTitle(f"PicoStream – {procedure_class.__name__}")
        if self.enable_file_input:
            self.directory = default_folder or str(Path.cwd())
        self._chosen = dict(chosen or {})
        self.inputs.set_values(self._chosen)
        self._memory = self._make_memory()
        self._initial_state = self._memory.state()
        self._memory.apply(load_state(self._settings))
        self.inputs.set_values(self._chosen)

    # -- what it is made of

    def make_parts(self) -> None:
        """Make the window's parts, with those of PyMeasure that stay."""
        log_page = ExperimentLog(self.log_widget.name)
        self.widget_list = tuple(
            log_page if page is self.log_widget else page for page in self.widget_list
        )
        self.log_widget = log_page
        OnlyWhileShown(self.plot_widget)
        self.messages = MessageBar(self)
        self._setup_browser()
        self.inputs = ExperimentInputs(
            self.procedure_class,
            self.input_names,
            self._factories,
            parent=self,
            hide_groups=self.hide_groups,
            inputs_in_scrollarea=self.inputs_in_scrollarea,
        )
        if self.enable_file_input:
            self.file_input = FileInput(parent=self)
        self._setup_manager()
        self._setup_controls()
        if self.use_sequencer:
            self.sequencer = ExperimentSequencer(
                self.sequencer_inputs,
                self.tell,
                sequence_file=self.sequence_file,
                parent=self,
            )
        self.inputs.values_changed.connect(self.take_refusal_back)
        if self.enable_file_input:
            for field in (self.file_input.filename_input, self.file_input.directory_input):
                field.textChanged.connect(self.take_refusal_back)
        if self.use_estimator:
            sequence = self.sequencer.get_sequence if self.use_sequencer else None
            self.estimator = ExperimentEstimator(
                self._next_procedure, sequence, self._obstacle, parent=self
            )
            for part in (self.controls, self.recording_tab):
                self.estimator.judged.connect(part.show_obstacle)
            self._keep_estimates_up_to_date()

    def _keep_estimates_up_to_date(self) -> None:
        self.estimator.follow(self.inputs.values_changed)
        if self.enable_file_input:
            self.estimator.follow(self.file_input.directory_input.textChanged)
        if self.use_sequencer:
            self.estimator.follow(*self.sequencer.changes)

    def _next_procedure(self) -> Procedure:
        """Make the procedure that would be queued now, recording into the folder that is chosen."""
        procedure = self.make_procedure()
        if hasattr(procedure, "recording_path") and self.enable_file_input:
            procedure.recording_path = str(Path(self.directory) / "next.hdf5")
        return procedure

    def _setup_controls(self) -> None:
        self.controls = RunControls(self.manager, self)
        self.queue_button = self.controls.queue_button
        self.abort_button = self.controls.abort_button
        self.queue_button.clicked.connect(self._queue_shown)
        self.controls.stop_button.clicked.connect(self.stop)
        self.controls.marked.connect(self.mark)
        self.abort_button.clicked.connect(self._abort_or_resume)
        self.run_columns.looked.connect(self.controls.show_facts)
        self.controls.add_open_button(self.browser_widget.open_button)

    def _setup_browser(self) -> None:
        self.browser_widget = BrowserWidget(self.procedure_class, self.displays, [], parent=self)
        self.browser_widget.show_button.clicked.connect(self.show_experiments)
        self.browser_widget.hide_button.clicked.connect(self.hide_experiments)
        self.browser_widget.clear_button.clicked.connect(self.clear_experiments)
        self.browser_widget.open_button.clicked.connect(self.open_experiment)
        put_beside_list(self.browser_widget)
        self.browser = self.browser_widget.browser
        self.browser.setMinimumHeight(_LEAST_LIST_PX)
        records = hasattr(self.procedure_class, "recording_path")
        self.run_columns = RunColumns(self.browser, records)
        self.recording_tab.plotter.updated.connect(self._keep_list_in_pace)
        self.browser.setContextMenuPolicy(QtCore.Qt.CustomContextMenu)
        self.browser.customContextMenuRequested.connect(self.browser_item_menu)
        self.browser.itemChanged.connect(self.browser_item_changed)

    def _keep_list_in_pace(self) -> None:
        frame = self.recording_tab.plotter.frame
        assert frame is not None  # it has just been shown
        self.run_columns.keep_pace(frame)

    def _setup_manager(self) -> None:
        self.manager = ExperimentManager(
            self.widget_list, self.browser, log_level=self.log_level, parent=self
        )
        self.manager.queued.connect(self.queued)
        self.manager.running.connect(self.running)
        self.manager.finished.connect(self.finished)
        self.manager.failed.connect(self.failed)
        self.manager.abort_returned.connect(self.abort_returned)
        self.manager.removed.connect(self.removed)
        self.manager.kept.connect(self.tell_that_it_runs)
        self.manager.log.connect(self.log.handle)
        self.update_list_buttons()

    def lay_parts_out(self) -> None:
        """Put inputs, queue and tabs where they belong."""
        if self.enable_file_input:
            self.inputs.add_part("File", self.file_input)
        for label in (self.plot_widget.columns_x_label, self.plot_widget.columns_y_label):
            label.setMaximumWidth(label.sizeHint().width())  # PyMeasure's limit cuts large fonts
        parts = Parts(
            self.controls,
            [self.inputs, self.estimator] if self.use_estimator else [self.inputs],
            self.sequencer if self.use_sequencer else None,
            [(page, page.name) for page in self.widget_list],
            self.messages,
            self.browser_widget,
        )
        self.tabs, self.splitter, self.side_button = lay_out(self, parts)
        self.tabs.setCornerWidget(self.recording_tab.choices)
        self._runs_place = RunsPlace(
            self, self.tabs, self.splitter, self.browser_widget, self.recording_tab
        )
        self.run_swatches = RunSwatches(self.manager, self.browser, self.recording_tab, self.tabs)
        add_menus(self, menus_of(self))
        fit_on_screen(self)

    def go_to(self, page: QtWidgets.QWidget) -> None:
        """Show a page, on which keys work then."""
        self.tabs.setCurrentWidget(page)
        page.setFocus(QtCore.Qt.ShortcutFocusReason)

    def go_to_list(self) -> None:
        """Show the list of runs, in which keys work then."""
        self._runs_place.bring_forward()
        self.run_columns.take_keyboard()

    def _follow_theme(self) -> None:
        """Wear the theme of the live plot."""
        plotter = self.recording_tab.plotter
        self.setPalette(plotter.palette())
        self.controls.set_theme(plotter.theme)
        self.messages.set_theme(plotter.theme)
        self.log_widget.set_theme(plotter.theme)
        self.run_columns.set_theme(plotter.theme)
        paint_results(self.plot_widget, plotter.theme)

    def _make_memory(self) -> Memory:
        tab, tabs = self.recording_tab, self.tabs
        things = {
            **of_window(self),
            **of_parts(splitter=self.splitter, browser=self.browser.header()),
            "side": Remembered(self.side_button.isChecked, self.side_button.setChecked),
            "tab": Remembered(tabs.currentIndex, tabs.setCurrentIndex),
            "axes": of_axes(self.plot_widget),
            "recording": Remembered(tab.save_state, tab.restore_state),
            "inputs": Remembered(self.inputs.values, self.inputs.set_values),
            "folded": Remembered(self.inputs.folded, self.inputs.fold),
        }
        if self.enable_file_input:
            things["file"] = of_file(self.file_input)
        if self.use_sequencer:
            things["sequence"] = of_sequence(self.sequencer)
        return Memory(things)

    def reset(self) -> None:
        """Forget what the window remembers, and make it look as at its first start."""
        self._settings.clear()
        self._memory.apply(self._initial_state)
        self.recording_tab.plotter.show_anew()  # which is remembered by nothing

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Fill the list from the folder, the first time."""
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self.list_earlier_runs()

    def let_go(self) -> None:
        """Remember the window, end its threads, and let its files go."""
        self._runs_place.put_back()  # what is remembered is how it is otherwise
        state = self._memory.state()
        for name, value in self._chosen.items():
            if state["inputs"].get(name) == value:  # it was for this time
                del state["inputs"][name]
        save_state(self._settings, state)
        if self.use_estimator:
            self.estimator.stop()
        self.run_columns.close()
        self.recording_tab.close()
        logging.getLogger().removeHandler(self.log_widget.handler)
        if self._temporary is not None:
            self._temporary.cleanup()


def _is_text(procedure_class: type[Procedure], name: str) -> bool:
    return type(getattr(procedure_class, name, None)) is Parameter
