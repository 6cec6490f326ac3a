"""The input that names the scope: those that are connected, and the simulated one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

from pymeasure.display.inputs import Input
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets
from pymeasure.experiment import Parameter

from ...errors import PicoStreamError
from ...system.thread_end import begin_thread

#: Letters of a scope's name that are always seen.
_NAME_LETTERS = 11


class ScopeInput(Input, QtWidgets.QWidget):
    """A list of scopes with a button that looks for them again, without stopping the window.

    :param parameter: the procedure's parameter.
    :param find: gives the serial numbers of the connected scopes; called on another thread.
    :param always: values that are always in the list, with what to call them.
    :param simulated: those of them that need no connected scope.
    """

    #: Another scope is chosen, or more is known of those that are connected.
    valueChanged = QtCore.Signal()  # noqa: N815 - as Qt's fields call it

    def __init__(
        self,
        parameter: Parameter,
        find: Callable[[], list[str]],
        always: Mapping[str, str],
        simulated: Collection[str] = (),
    ) -> None:
        self._find = find
        self._always, self._simulated = always, simulated
        self._found = ("", "")
        self._is_looking = self._is_held = False
        # Input.__init__ sets the value, so that the list must be there before
        QtWidgets.QWidget.__init__(self)
        self._setup_ui()
        Input.set_parameter(self, parameter)
        self._teller = _Teller()
        self._teller.found.connect(self._show)
        self.refresh()

    def _setup_ui(self) -> None:
        self.list = QtWidgets.QComboBox(self)
        self.list.setSizeAdjustPolicy(QtWidgets.QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.list.setMinimumContentsLength(_NAME_LETTERS)
        for value, name in self._always.items():
            self.list.addItem(name, value)
        self.list.currentIndexChanged.connect(self._tell)
        self.setFocusProxy(self.list)
        self.refresh_button = QtWidgets.QToolButton(self)
        self.refresh_button.setIcon(self.style().standardIcon(QtWidgets.QStyle.SP_BrowserReload))
        self.refresh_button.setToolTip("Look for connected scopes again")
        self.refresh_button.clicked.connect(self.refresh)
        self.note = QtWidgets.QLabel(self)
        self.note.setWordWrap(True)
        self.note.setForegroundRole(QtGui.QPalette.PlaceholderText)
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
        serial: str = self.list.currentData()
        return serial

    def setValue(self, value: str) -> None:  # noqa: N802 - PyMeasure's name
        """Choose a scope; one that is not connected now is added to the list."""
        if self.list.findData(value) < 0:
            self.list.addItem(value, value)
        self.list.setCurrentIndex(self.list.findData(value))

    def setSuffix(self, _: str) -> None:  # noqa: N802 - PyMeasure's name
        """Show no unit: scopes have none."""

    def hold(self, held: bool) -> None:
        """Offer no look while something runs, which it could disturb."""
        self._is_held = held
        self._offer()

    def refresh(self) -> None:
        """Look for scopes on another thread."""
        self._is_looking = True
        self._offer()
        self._found = "Looking for scopes …", ""
        self._tell()
        begin_thread(partial(_look, self._find, self._teller), "scopes")

    def _offer(self) -> None:
        self.refresh_button.setEnabled(not (self._is_looking or self._is_held))

    def _show(self, found: list[str] | Exception) -> None:
        self._is_looking = False
        self._offer()
        serials = [] if isinstance(found, Exception) else found
        chosen = self.value()
        while self.list.count() > len(self._always):
            self.list.removeItem(len(self._always))
        for serial in serials:
            self.list.addItem(serial, serial)
        self.setValue(chosen)
        if isinstance(found, Exception):
            self._found = "", _reason(found)
        else:
            self._found = f"{len(serials) or 'No'} connected scope{'s' * (len(serials) != 1)}.", ""
        self._tell()

    def _tell(self) -> None:
        """Say what the last look has found, unless a scope is chosen that is not looked for."""
        said, why = self._found
        self.note.setText(said)
        self.list.setToolTip(why)  # the window tells it where it says what can be recorded
        self.note.setVisible(bool(said) and self.value() not in self._simulated)
        self.valueChanged.emit()


class _Teller(QtCore.QObject):
    """Tells from a thread what was found; it lives as long as that, the list may not."""

    found = QtCore.Signal(object)


def _look(find: Callable[[], list[str]], teller: _Teller) -> None:
    found: list[str] | Exception
    try:
        found = find()
    except Exception as error:  # noqa: BLE001 - whatever a driver does, the list says so
        found = error
    teller.found.emit(found)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, PicoStreamError) else f"{type(error).__name__}: {error}"
