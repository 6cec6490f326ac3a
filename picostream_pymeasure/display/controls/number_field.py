"""The one field for numbers: reads what people type, and shows what it has read."""

from __future__ import annotations

import math
from typing import Any

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ...errors import ConfigurationError
from ...quantities import exact, parse, refuse_thousands
from ..painting.graticule import nice_step
from ..painting.theme import redden, theme_of
from .field_note import FieldNote
from .own_keys import is_own_key

_MARGIN_PX = 6

#: One press of an arrow at 0, as powers of ten below the greatest value.
_POWERS_AT_ZERO = 2


class NumberField(QtWidgets.QAbstractSpinBox):
    """A number with a unit; see :func:`~picostream_pymeasure.quantities.parse` for what it reads.

    While one types, what was read stands at the right: ``= 500 mV``. What is not understood, or out
    of range, makes the field red, and :meth:`value` raises. Escape brings the last number back.

    :param unit: of the value, and of a number that is typed alone.
    :param minimum: … and ``maximum`` are allowed too.
    :param step: of an arrow key; by default one of the leading digit.
    :param is_whole: whether only integers are allowed.
    :param is_one_two_five: arrows go through 1, 2, 5, 10 …, as a scope's knobs do.
    """

    #: Another number was understood, the user's or a program's.
    valueChanged = QtCore.Signal(float)  # noqa: N815 - as Qt's fields call it

    def __init__(
        self,
        unit: str = "",
        minimum: float = -math.inf,
        maximum: float = math.inf,
        step: float | None = None,
        is_whole: bool = False,
        is_one_two_five: bool = False,
        parent: QtWidgets.QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._unit, self._minimum, self._maximum = unit, minimum, maximum
        self._step, self._is_whole = step, is_whole
        self._is_one_two_five = is_one_two_five
        self._value = self._settled = 0.0
        self._problem = ""
        self._help = ""
        self._reading = ""
        #: What is said below it; None as long as there was nothing to say.
        self.note: FieldNote | None = None
        self._readout = QtWidgets.QLabel(self.lineEdit())
        self._readout.setAttribute(QtCore.Qt.WA_TransparentForMouseEvents)
        self._readout.hide()
        self.lineEdit().textEdited.connect(self._read)
        self.lineEdit().textChanged.connect(self._show_reading)
        self.editingFinished.connect(self._tidy)
        self._write()
        self._show_buttons()

    # -- what it holds

    def value(self) -> float:
        """The number; an int if it is to be whole.

        :raises ConfigurationError: what stands there is not understood or not allowed.
        """
        if self._problem:
            raise ConfigurationError(self._problem)
        return round(self._value) if self._is_whole else self._value

    @property
    def last_value(self) -> float:
        """The number, or while the field is red the one before."""
        return self._value

    @property
    def allowed(self) -> str:
        """The limits in words."""
        return f"{exact(self._minimum, self._unit)} to {exact(self._maximum, self._unit)}"

    @property
    def reading(self) -> str:
        """How what is typed was read, ``= 500 mV``; empty where that is plain."""
        return self._reading

    @property
    def problem(self) -> str:
        """Why what stands there is refused; empty when it is not."""
        return self._problem

    def setValue(self, value: float) -> None:  # noqa: N802 - as Qt's fields call it
        """Show a number; what is being typed stays, and the number stands beside it.

        :raises ConfigurationError: it is not allowed.
        """
        self._check(value)
        if value == self._value and not self._problem:
            return
        is_being_typed = self.lineEdit().isModified() and not self._problem
        self._accept(float(value))
        if is_being_typed:
            self._settled = self._value
            self._show_reading()
        else:
            self._write()

    def set_limits(self, minimum: float, maximum: float) -> None:
        """Allow other numbers."""
        self._minimum, self._maximum = minimum, maximum

    def set_unit(self, unit: str, step: float | None = None, is_whole: bool = False) -> None:
        """Be a number of another kind."""
        self._unit, self._step, self._is_whole = unit, step, is_whole
        self._write()
        self._show_buttons()

    def setToolTip(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Explain the field; while it is red, its problem is explained instead."""
        self._help = text
        super().setToolTip(self._problem or text)

    # -- what the user types

    def _read(self, text: str) -> None:
        self._silence()
        try:
            value = parse(text, self._unit)
            if self._is_whole:
                refuse_thousands(text)
            self._check(value)
        except ConfigurationError as error:
            self._accept(self._settled)  # not the number that a part of the text was
            self._set_problem(str(error))
            self._show_reading()
        else:
            self._accept(value)

    def _check(self, value: float) -> None:
        if not self._minimum <= value <= self._maximum:
            given = exact(value, self._unit)
            raise ConfigurationError(f"{given} is not allowed; use {self.allowed}.")
        if self._is_whole and value != round(value):
            raise ConfigurationError(f"{exact(value, self._unit)} is not a whole number.")

    def _accept(self, value: float) -> None:
        is_new = value != self._value or bool(self._problem)
        self._value = value
        self._set_problem("")
        if is_new:
            self.valueChanged.emit(value)

    def _set_problem(self, problem: str) -> None:
        self._problem = problem
        super().setToolTip(problem or self._help)
        redden(self.lineEdit(), problem)

    def _tidy(self) -> None:
        """Write what was read in the usual form, or say why it was not."""
        if not self._problem:
            self._write()
        elif self.isVisible():
            self._tell(self._problem)

    def _tell(self, text: str) -> None:
        """Say something below the field."""
        if self.note is None:
            self.note = FieldNote(self)
        self.note.tell(text)

    def _silence(self) -> None:
        if self.note is not None:
            self.note.hide()

    def _write(self) -> None:
        self._silence()
        self._settled = self._value
        self.lineEdit().setText(exact(self._value, self._unit))

    def _show_reading(self) -> None:
        text = self.lineEdit().text().strip()
        reading = exact(self._value, self._unit)
        self._reading = f"= {reading}" if not self._problem and text != reading else ""
        self._readout.setText(self._reading)
        self._place_readout()

    def _place_readout(self) -> None:
        self._readout.setStyleSheet(f"color: {theme_of(self).muted}; background: transparent")
        self._readout.adjustSize()
        edit = self.lineEdit()
        left_px = edit.width() - self._readout.width() - _MARGIN_PX
        self._readout.move(left_px, (edit.height() - self._readout.height()) // 2)
        has_room = left_px > edit.fontMetrics().horizontalAdvance(edit.text()) + _MARGIN_PX
        self._readout.setVisible(bool(self._reading) and has_room)
        if self._reading and not has_room and self.hasFocus():
            self._tell(self._reading)

    # -- arrows

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's name
        """Go up or down."""
        if self._is_one_two_five:
            self._turn(steps)
            return
        step = self._step or self._natural_step(steps > 0)
        value = round(self._value / step + steps) * step
        value = min(max(float(f"{value:.12g}"), self._minimum), self._maximum)
        self._accept(value)
        self._write()

    def _turn(self, steps: int) -> None:
        value = self._value
        for _ in range(abs(steps)):
            value = nice_step(value * 1.5) if steps > 0 else nice_step(value / 2.5)
        self._accept(min(max(value, self._minimum), self._maximum))
        self._write()

    def stepEnabled(self) -> Any:  # noqa: N802 - Qt's name
        """Both ways up to the limits."""
        flags = QtWidgets.QAbstractSpinBox.StepNone
        if self._value < self._maximum:
            flags |= QtWidgets.QAbstractSpinBox.StepUpEnabled
        if self._value > self._minimum:
            flags |= QtWidgets.QAbstractSpinBox.StepDownEnabled
        return flags

    def _natural_step(self, up: bool) -> float:
        """One of the leading digit: 0.5, 0.6 … 1, 2; at 0 a small part of what is possible."""
        if not self._value:
            greatest = min(max(abs(self._minimum), abs(self._maximum)), 1e6)
            lowest = 0 if self._is_whole else -12
            return 10.0 ** max(math.floor(math.log10(greatest)) - _POWERS_AT_ZERO, lowest)
        power = math.floor(math.log10(abs(self._value)) + 1e-9)
        if (self._value > 0) is not up and abs(self._value) / 10.0**power < 1 + 1e-9:
            power -= 1
        return 10.0 ** (max(power, 0) if self._is_whole else power)

    def _show_buttons(self) -> None:
        kinds = QtWidgets.QAbstractSpinBox
        has_steps = self._step or self._is_one_two_five
        self.setButtonSymbols(kinds.UpDownArrows if has_steps else kinds.NoButtons)

    # -- Qt's events

    def event(self, event: QtCore.QEvent) -> bool:
        """Keep the keys: letters are units here, arrows change the number."""
        if is_own_key(event):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape undoes what was typed."""
        if event.key() == QtCore.Qt.Key_Escape:
            self._accept(self._settled)
            self._write()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QtGui.QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Say nothing any more."""
        self._silence()
        super().hideEvent(event)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the readout at the right."""
        super().resizeEvent(event)
        self._place_readout()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """Room for a number; how it was read is told below where it has no room beside."""
        hint = super().sizeHint()
        hint.setWidth(self.fontMetrics().horizontalAdvance("-123.45 MS/s") + 24)
        return hint

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """Room for a short number."""
        hint = super().minimumSizeHint()
        hint.setWidth(self.fontMetrics().horizontalAdvance("-123 mV") + 24)
        return hint
