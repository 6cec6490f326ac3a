"""A list of numbers into which one can type as well."""

from __future__ import annotations

from pymeasure.display.inputs import ListInput
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets
from pymeasure.experiment import ListParameter, Parameter

from ...errors import ConfigurationError
from ...quantities import exact, parse
from ..painting.theme import redden


class NumberChoiceInput(ListInput):
    """A list of numbers: ``500 mV`` typed into it chooses 0.5 V, with the list open or not.

    Qt would take the 5 alone, and choose 5 V. What is none of the choices is red, and
    :meth:`value` raises. Escape brings the last choice back.
    """

    _problem = ""
    _is_typed = False

    def set_parameter(self, parameter: ListParameter) -> None:
        """Take over choices and value of a parameter."""
        self._numbers = tuple(parameter.choices)
        super().set_parameter(parameter)
        self._unit, self._help = parameter.units or "", parameter.description or ""
        self._sign = getattr(parameter, "sign", "")
        for index, choice in enumerate(parameter.choices):
            self.setItemText(index, self._sign + exact(choice, self._unit))
        self.setToolTip(self._help)
        self.view().installEventFilter(self)
        self.currentIndexChanged.connect(self._end_typing)
        self.activated.connect(self._end_typing)

    def setValue(self, value: float) -> None:  # noqa: N802 - PyMeasure's name
        """Choose a number, whatever is being typed."""
        super().setValue(value)
        self._end_typing()

    def value(self) -> float:
        """The number that is chosen or typed.

        :raises ConfigurationError: what is typed is none of the choices.
        """
        number: float = self._numbers[self._index()]
        return number

    def _index(self) -> int:
        """Which choice it is.

        :raises ConfigurationError: it is none.
        """
        if not self._is_typed:
            return int(self.currentIndex())
        text = self.currentText()
        number = parse(text.strip().removeprefix(self._sign), self._unit)
        if number not in self._numbers:
            choices = ", ".join(self.itemText(index) for index in range(self.count()))
            raise ConfigurationError(f"{exact(number, self._unit)} is none of {choices}.")
        return int(self._numbers.index(number))

    # -- typing: it is a field for text as long as that lasts

    def _begin_typing(self, text: str) -> None:
        self.hidePopup()
        self.setEditable(True)
        self.setInsertPolicy(QtWidgets.QComboBox.NoInsert)
        self.setCompleter(None)
        self._is_typed = True
        self.lineEdit().textChanged.connect(self._read)
        self.lineEdit().editingFinished.connect(self._tidy)
        self.lineEdit().setText(text)
        self.setFocus()

    def _read(self) -> None:
        try:
            self._index()
            self._problem = ""
        except ConfigurationError as error:
            self._problem = str(error)
        redden(self.lineEdit(), self._problem)
        self.setToolTip(self._problem or self._help)

    def _tidy(self) -> None:
        """Choose what was typed, if that can be."""
        if self._problem or not self._is_typed:  # it is red, and its tooltip says why
            return
        index = self._index()
        self._end_typing()
        self.setCurrentIndex(index)

    def _end_typing(self) -> None:
        if self._is_typed:
            self._is_typed, self._problem = False, ""
            self.setEditable(False)
            self.setToolTip(self._help)
            self.currentTextChanged.emit(self.currentText())  # Qt has not seen what was typed

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to type; Escape undoes it, the arrows go on from the last choice."""
        keys = (QtCore.Qt.Key_Escape, QtCore.Qt.Key_Up, QtCore.Qt.Key_Down)
        if self._is_typed and event.key() in keys:
            self._end_typing()
        elif not self._is_typed and _begins_number(event):
            self._begin_typing(event.text())
            return
        super().keyPressEvent(event)

    def eventFilter(  # noqa: N802 - Qt's name
        self, watched: QtCore.QObject, event: QtCore.QEvent
    ) -> bool:
        """Type also while the list is open."""
        if event.type() == QtCore.QEvent.KeyPress and _begins_number(event):
            self._begin_typing(event.text())
            return True
        return bool(super().eventFilter(watched, event))


def is_number_choice(parameter: Parameter) -> bool:
    """Whether a parameter is one of several numbers."""
    choices = (parameter.choices or ()) if isinstance(parameter, ListParameter) else ()
    return len(choices) > 0 and all(isinstance(choice, int | float) for choice in choices)


def _begins_number(event: QtGui.QKeyEvent) -> bool:
    text: str = event.text()
    return text.isprintable() and text.strip() != ""
