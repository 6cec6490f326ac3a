"""The buttons that run things, and the line that says what runs."""

from __future__ import annotations

from pathlib import Path

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ...system import compiling
from ..controls.icons import icon
from ..painting.theme import Theme, theme_of
from ..reading.state_words import ARMED
from .manager import ExperimentManager
from .run_facts import RunFacts

_LOOK_MS = 300

_QUEUE_HELP = "Run this, after the runs already queued"
_CANNOT = "Nothing can be recorded now."  # why is said at length below the inputs


class RunControls(QtWidgets.QWidget):
    """Queue, Stop, and Abort, which becomes Resume when runs are held; always as the queue is.

    :param manager: the queue.
    """

    #: Text of a mark that is to be put now.
    marked = QtCore.Signal(str)

    def __init__(self, manager: ExperimentManager, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._manager = manager
        self._is_ending = False
        self._facts: RunFacts | None = None
        self._obstacle = ""
        self.queue_button = self._button("Queue", _QUEUE_HELP)
        self.stop_button = self._button("Stop", "End this run now, as if it were complete")
        self.abort_button = self._button("Abort", "Break this run off, and hold the queue")
        self.queue_button.setDefault(True)
        self.mark_button = self._button("Mark", "Put a mark at the newest sample (Ctrl+M)")
        self.mark_field = QtWidgets.QLineEdit(self)
        self.mark_field.setPlaceholderText("Text of a mark")
        self.mark_field.setToolTip("What the next mark says; Enter puts it")
        self.mark_field.setMaximumWidth(180)
        self.mark_field.returnPressed.connect(self._mark)
        self.mark_button.clicked.connect(self._mark)
        self.status = QtWidgets.QLabel(self)
        self.status.setWordWrap(True)
        self.status.setMinimumWidth(1)  # a long word does not make the window wide
        # two lines always have room: what is below does not move when there are two
        self.status.setFixedHeight(2 * self.status.fontMetrics().lineSpacing())
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 2)
        for button in (self.queue_button, self.stop_button, self.abort_button):
            layout.addWidget(button)
        layout.addSpacing(12)
        layout.addWidget(self.mark_field)
        layout.addWidget(self.mark_button)
        layout.addWidget(self.status, 1)
        self._look = QtCore.QTimer(self)
        self._look.timeout.connect(self.refresh)
        for told in (manager.queued, manager.running, manager.removed):
            told.connect(self.refresh)
        for ended in (manager.finished, manager.failed, manager.abort_returned):
            ended.connect(self._run_ended)
        self.refresh()

    def add_open_button(self, button: QtWidgets.QPushButton) -> None:
        """Put what opens earlier runs at the end."""
        button.setText("Open…")
        button.setToolTip("Show earlier runs (Ctrl+O)")
        self.layout().addWidget(button)

    def set_theme(self, theme: Theme) -> None:
        """Let the button that is used most stand out."""
        buttons = {"queue": self.queue_button, "stop": self.stop_button, "abort": self.abort_button}
        buttons["mark"] = self.mark_button
        for name, button in buttons.items():
            colour = "#ffffff" if name == "queue" else theme.foreground
            picture = icon(name, colour) or QtGui.QIcon()
            if greyed := icon(name, theme.muted):
                picture.addPixmap(greyed.pixmap(button.iconSize()), QtGui.QIcon.Disabled)
            button.setIcon(picture)
        self.queue_button.setStyleSheet(
            f"QPushButton {{background: {theme.selection}; color: white; font-weight: bold;"
            " border-radius: 4px; padding: 5px 18px}"
            "QPushButton:pressed {padding: 6px 17px 4px 19px}"
            f"QPushButton:disabled {{background: {theme.window}; color: {theme.muted};"
            f" border: 1px solid {theme.muted}; padding: 4px 17px}}"
            f"QPushButton:focus {{border: 2px solid {theme.foreground}; padding: 3px 16px}}"
        )
        self.refresh()

    def _button(self, text: str, tool_tip: str) -> QtWidgets.QPushButton:
        button = QtWidgets.QPushButton(text, self)
        button.setToolTip(tool_tip)
        return button

    @property
    def can_stop(self) -> bool:
        """True when something runs that can be ended normally."""
        return self._can("request_stop")

    def _mark(self) -> None:
        if self._can("mark"):
            self.marked.emit(self.mark_field.text().strip() or "mark")
            self.mark_field.clear()

    def _can(self, method: str) -> bool:
        manager = self._manager
        return manager.is_running() and hasattr(manager.running_experiment().procedure, method)

    @property
    def _records(self) -> bool:
        """False until the recording of the present run has been read, if it is to have one."""
        procedure = self._manager.running_experiment().procedure
        return not hasattr(procedure, "recording_path") or self._facts is not None

    @property
    def _is_armed(self) -> bool:
        """Whether the present run waits for its trigger, and has no samples yet."""
        return self._facts is not None and self._facts.status == ARMED

    def run_is_ending(self) -> None:
        """Offer no end any more: it has been asked for."""
        self._is_ending = True
        self.refresh()

    def show_obstacle(self, obstacle: str) -> None:
        """Offer no next run while something keeps it from being possible.

        :param obstacle: in a sentence; empty if nothing does.
        """
        if obstacle != self._obstacle:
            self._obstacle = obstacle
            self.refresh()

    def show_facts(self, facts: RunFacts) -> None:
        """Know of the present run what its recording says."""
        self._facts = facts
        self.refresh()

    def _run_ended(self) -> None:
        self._is_ending, self._facts = False, None
        self._look.stop()
        self.refresh()

    def refresh(self) -> None:
        """Look at the queue."""
        is_running = self._manager.is_running()
        if is_running and not self._look.isActive():
            self._look.start(_LOOK_MS)
        n_waiting = len(self._manager.waiting)
        is_held = self._manager.is_held and n_waiting > 0 and not is_running
        for widget in (self.mark_field, self.mark_button):
            widget.setVisible(self._can("mark") and self._records and not self._is_ending)
            widget.setEnabled(not self._is_armed)
        self.stop_button.setEnabled(self.can_stop and not self._is_ending)
        self.abort_button.setText("Resume" if is_held else "Abort")
        self.abort_button.setEnabled(is_held or (is_running and not self._is_ending))
        self.queue_button.setEnabled(not self._obstacle)
        self.queue_button.setToolTip(self._obstacle or _QUEUE_HELP)
        is_warning = bool(self._obstacle) and not (is_running or is_held)
        self.status.setStyleSheet(f"color: {theme_of(self).warning}" if is_warning else "")
        self.status.setToolTip(self._obstacle if is_warning else "")
        if is_running:
            self.status.setText(self._describe_run(n_waiting))
        elif is_held:
            self.status.setText(f"Held, {n_waiting} queued: Resume goes on with them.")
        else:
            self.status.setText(_CANNOT if self._obstacle else "Ready.")

    def _describe_run(self, n_waiting: int) -> str:
        name = Path(self._manager.running_experiment().results.data_filename).name
        waiting = f", {n_waiting} queued" if n_waiting else ""
        if self._is_armed and not self._is_ending:
            return f"{name} is {ARMED}: it waits for its trigger{waiting}."
        doing = "Running" if self._facts is None else self._facts.status.capitalize()
        text = f"{'Ending' if self._is_ending else doing} {name}{waiting}."
        if not self._records and compiling.goes_on():
            text += " The very first run compiles before it records."
        return text
