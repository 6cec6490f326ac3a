"""The input that names the scope: those that are connected, and the simulated one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from pymeasure.display.inputs import Input
from pymeasure.display.Qt import QtCore, QtWidgets
from pymeasure.experiment import Parameter

from ...errors import PicoStreamError


class ScopeInput(Input, QtWidgets.QWidget):
    """A list of scopes with a button that looks for them again, without stopping the window.

    :param parameter: the procedure's parameter.
    :param find: gives the serial numbers of the connected scopes; called on another thread.
    :param always: values that are always in the list, with what to call them.
    """

    found = QtCore.Signal(object)

    def __init__(
        self,
        parameter: Parameter,
        find: Callable[[], list[str]],
        always: Mapping[str, str],
    ) -> None:
        self._find = find
        self._always = always
        self._thread = threading.Thread()
        # Input.__init__ sets the value, so that the list must be there before
        QtWidgets.QWidget.__init__(self)
        self._setup_ui()
        Input.set_parameter(self, parameter)
        self.found.connect(self._show)
        self.refresh()

    def _setup_ui(self) -> None:
        self.list = QtWidgets.QComboBox(self)
        self.list.setSizeAdjustPolicy(QtWidgets.QComboBox.AdjustToMinimumContentsLength)
        self.list.setMinimumContentsLength(16)
        for value, name in self._always.items():
            self.list.addItem(name, value)
        self.refresh_button = QtWidgets.QToolButton(self)
        self.refresh_button.setIcon(self.style().standardIcon(QtWidgets.QStyle.SP_BrowserReload))
        self.refresh_button.setToolTip("Look for connected scopes again")
        self.refresh_button.clicked.connect(self.refresh)
        self.note = QtWidgets.QLabel(self)
        self.note.setWordWrap(True)
        self.note.setStyleSheet("color: gray")
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self.list, 1)
        row.addWidget(self.refresh_button)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self.note)

    def value(self) -> str:
        """The serial number, or the value that stands for a choice."""
        return self.list.currentData()

    def setValue(self, value: str) -> None:  # noqa: N802 - PyMeasure's name
        """Choose a scope; one that is not connected now is added to the list."""
        if self.list.findData(value) < 0:
            self.list.addItem(value, value)
        self.list.setCurrentIndex(self.list.findData(value))

    def setSuffix(self, _: str) -> None:  # noqa: N802 - PyMeasure's name
        """Show no unit: scopes have none."""

    def refresh(self) -> None:
        """Look for scopes on another thread."""
        self.refresh_button.setEnabled(False)
        self.note.setText("Looking for scopes ...")
        # a daemon: a driver that never answers must not keep the program from ending
        self._thread = threading.Thread(target=self._look, name="scopes", daemon=True)
        self._thread.start()

    def _look(self) -> None:
        try:
            self.found.emit(self._find())
        except PicoStreamError as error:
            self.found.emit(error)

    def _show(self, found: list[str] | PicoStreamError) -> None:
        self.refresh_button.setEnabled(True)
        serials = [] if isinstance(found, PicoStreamError) else found
        chosen = self.value()
        while self.list.count() > len(self._always):
            self.list.removeItem(len(self._always))
        for serial in serials:
            self.list.addItem(serial, serial)
        self.setValue(chosen)
        if isinstance(found, PicoStreamError):
            self.note.setText("None found: point here for why.")
            self.note.setToolTip(str(found))
        else:
            self.note.setText(f"{len(serials)} connected." if serials else "None is connected.")
            self.note.setToolTip("")
