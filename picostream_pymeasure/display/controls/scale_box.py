"""The list of volts per division, into which one can type as well."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from .choice_box import ChoiceBox
from .number_field import NumberField

#: A number begins with one of these.
_FIRST_CHARACTERS = "0123456789.,+-\u2212"

#: With one of these a key is a command of the window, as Ctrl and + are.
_COMMANDS = QtCore.Qt.ControlModifier | QtCore.Qt.AltModifier | QtCore.Qt.MetaModifier

#: What may stand behind a number, as it does in the list.
_PER_DIVISION = "/div"


class ScaleBox(ChoiceBox):
    """A list of volts per division; a key begins a field for numbers that lies over it.

    Qt would take the 2 of ``2 V`` alone, and choose the first entry that begins with it: 2 mV.

    :param unit: of what is typed.
    :param minimum: … and ``maximum`` can be typed too.
    """

    #: Volts per division that were typed, when that is done.
    typed = QtCore.Signal(float)

    def __init__(self, unit: str, minimum: float, maximum: float, tool_tip: str) -> None:
        super().__init__(tool_tip)
        self._unit, self._limits = unit, (minimum, maximum)
        #: What is typed into; None as long as nobody types.
        self.field: NumberField | None = None

    def _begin_typing(self, event: QtGui.QKeyEvent) -> None:
        self.hidePopup()
        if self.field is None:
            self.field = _DivisionField(self._unit, *self._limits, parent=self)
            self.field.setToolTip(self.toolTip())
            self.field.editingFinished.connect(self._take)
            self.field.left.connect(self._end_typing)
        self.field.setGeometry(self.rect())
        self.field.show()
        self.field.setFocus()
        self.field.selectAll()
        QtWidgets.QApplication.sendEvent(self.field, event)

    def _take(self) -> None:
        field = self.field
        if field is None or field.isHidden() or field.problem:
            return  # what is red stays, and says why
        self._end_typing()
        self.typed.emit(field.value())

    def _end_typing(self) -> None:
        """Show the list again."""
        if self.field is not None and not self.field.isHidden():
            had_focus = self.field.hasFocus()
            self.field.hide()
            if had_focus:
                self.setFocus()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the field over the list."""
        super().resizeEvent(event)
        if self.field is not None:
            self.field.setGeometry(self.rect())

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to type."""
        if self.field is not None and not self.field.isHidden():
            event.ignore()  # the field had no use for it, and it is for the window
        elif _begins_number(event):
            self._begin_typing(event)
        else:
            super().keyPressEvent(event)

    def eventFilter(  # noqa: N802 - Qt's name
        self, watched: QtCore.QObject, event: QtCore.QEvent
    ) -> bool:
        """Type also while the list is open."""
        if event.type() == QtCore.QEvent.KeyPress and _begins_number(event):
            self._begin_typing(event)
            return True
        return bool(super().eventFilter(watched, event))


class _DivisionField(NumberField):
    """A field in which Escape leaves the list as it was."""

    #: Nothing is to be typed any more.
    left = QtCore.Signal()

    def _read(self, text: str) -> None:
        super()._read(text.strip().removesuffix(_PER_DIVISION))

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape leaves it, after what was typed is undone."""
        super().keyPressEvent(event)
        if event.key() == QtCore.Qt.Key_Escape:
            self.left.emit()


def _begins_number(event: QtGui.QKeyEvent) -> bool:
    """Whether it is no letter, which looks for an entry as in every list, and no command."""
    text: str = event.text()
    is_command = bool(event.modifiers() & _COMMANDS)
    return text != "" and text in _FIRST_CHARACTERS and not is_command
