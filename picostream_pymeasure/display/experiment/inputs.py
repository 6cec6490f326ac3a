"""The inputs of a window: one row a parameter, in a list that scrolls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from functools import partial
from typing import Any

from pymeasure.display.inputs import BooleanInput
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets
from pymeasure.experiment import (
    BooleanParameter,
    FloatParameter,
    IntegerParameter,
    ListParameter,
    Parameter,
    Procedure,
    VectorParameter,
)

from ...errors import ConfigurationError
from ..controls.number_field import NumberField
from .folding_box import FoldingBox
from .host import HostInputs
from .input_groups import InputGroup, group_inputs
from .number_choice_input import NumberChoiceInput, is_number_choice
from .number_input import NumberInput
from .text_input import TextInput

#: What PyMeasure has an input for that is no text.
_NO_TEXTS = (BooleanParameter, ListParameter, VectorParameter)

#: What is scrolled to has so much room around.
_AROUND_PX = 8

#: So many changed inputs are named beside the title of a part that is folded.
_MOST_NOTED = 2

#: Makes the input of a parameter.
InputFactory = Callable[[Parameter], QtWidgets.QWidget]


class ExperimentInputs(HostInputs):
    """PyMeasure's inputs with labels beside them, and errors that name the parameter.

    :param procedure_class: the procedure.
    :param inputs: names of the parameters to show, in order.
    :param factories: what makes the input of a parameter that wants its own, by name.
    """

    #: Something else stands in one of them.
    values_changed = QtCore.Signal()

    def __init__(
        self,
        procedure_class: type[Procedure],
        inputs: tuple[str, ...],
        factories: Mapping[str, InputFactory],
        **settings: Any,
    ) -> None:
        self._factories = factories
        super().__init__(procedure_class, inputs, **settings)

    def choose_inputs(self, parameters: dict[str, Parameter]) -> None:
        """Give numbers and texts their field, and parameters what the window has for them."""
        for name, parameter in parameters.items():
            if isinstance(parameter, FloatParameter | IntegerParameter):
                parameter.ui_class = parameter.ui_class or NumberInput
            elif is_number_choice(parameter):
                parameter.ui_class = NumberChoiceInput
            elif not isinstance(parameter, _NO_TEXTS):
                parameter.ui_class = parameter.ui_class or TextInput
            parameter.ui_class = self._factories.get(name, parameter.ui_class)

    def inputs_made(self) -> None:
        """Guard them, and hear of their changes."""
        for name in self.names:
            element = getattr(self, name)
            self._guard_against_wheel(element)
            is_number = isinstance(element, NumberField)  # what is no number is news as well
            if changed := element.lineEdit().textChanged if is_number else _changed(element):
                changed.connect(self.values_changed)

    def _guard_against_wheel(self, element: QtWidgets.QWidget) -> None:
        """Let the wheel scroll the list; it changes an input only after a click into it."""
        for part in (element, *element.findChildren(QtWidgets.QComboBox)):
            part.setFocusPolicy(QtCore.Qt.StrongFocus)
            part.installEventFilter(self)

    def eventFilter(  # noqa: N802 - Qt's name
        self, watched: QtCore.QObject, event: QtCore.QEvent
    ) -> bool:
        """Keep the wheel from inputs without focus."""
        if event.type() == QtCore.QEvent.Wheel and not watched.hasFocus():
            event.ignore()
            return True
        return bool(super().eventFilter(watched, event))

    def arrange(self, scrolls: bool) -> None:
        """Put the inputs into parts that can be folded away."""
        self.labels: dict[str, QtWidgets.QLabel] = {}
        self.boxes: dict[str, FoldingBox] = {}
        column = QtWidgets.QWidget(self)
        self._column = QtWidgets.QVBoxLayout(column)
        self._column.setContentsMargins(4, 4, 10, 4)
        self._column.setSpacing(6)
        self._defaults = self.procedure_class().parameter_objects()  # takes some milliseconds
        declared = getattr(self.procedure_class, "INPUT_GROUPS", ())
        for group in group_inputs(self.names, declared):
            box = FoldingBox(group.title, self._group(group), column)
            box.is_folded = group.is_folded
            box.opened.connect(partial(self._bring, [box]))
            self.boxes[group.title] = box
            self._column.addWidget(box)
            names = [name for row in group.rows for name in row]
            self.values_changed.connect(partial(self._note_changes, box, names))
        self._column.addStretch(1)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._area = _scrolling(column) if scrolls else None
        layout.addWidget(self._area or column)

    def _note_changes(self, box: FoldingBox, names: list[str]) -> None:
        """Say of a part that is folded what in it counts and is not as it is without a choice."""
        defaults = self._defaults
        shown = (name for name in names if not getattr(self, name).isHidden())
        values = self.values(names)
        changed = [name for name in shown if values.get(name) != defaults[name].value]
        told = [defaults[name].name for name in changed[:_MOST_NOTED]]
        box.note(", ".join([*told, "…"] if len(changed) > _MOST_NOTED else told))

    def add_part(self, title: str, content: QtWidgets.QWidget) -> None:
        """Put something else below the inputs, in the same list."""
        box = FoldingBox(title, content, self)
        box.opened.connect(partial(self._bring, [box]))
        self.boxes[title] = box
        self._column.insertWidget(self._column.count() - 1, box)

    def folded(self) -> list[str]:
        """Titles of the parts that are folded away."""
        return [title for title, box in self.boxes.items() if box.is_folded]

    def fold(self, titles: list[str]) -> None:
        """Fold these parts away, and open all others."""
        for title, box in self.boxes.items():
            box.is_folded = title in titles

    def _group(self, group: InputGroup) -> QtWidgets.QWidget:
        content = QtWidgets.QWidget(self)
        grid = QtWidgets.QGridLayout(content)  # hidden rows leave no gap, as in a form they would
        grid.setContentsMargins(12, 0, 0, 4)
        grid.setVerticalSpacing(4)
        grid.setHorizontalSpacing(6)
        if group.is_table:
            self._fill_table(grid, group)
        else:
            grid.setColumnStretch(1, 1)
            for row, (name,) in enumerate(group.rows):
                self._fill_row(grid, row, name)
        return content

    def _fill_row(self, grid: QtWidgets.QGridLayout, row: int, name: str) -> None:
        element = getattr(self, name)
        if isinstance(element, self.NO_LABEL_INPUTS):
            grid.addWidget(element, row, 0, 1, 2)
            return
        self.labels[name] = QtWidgets.QLabel(self._shown_parameters()[name].name)
        self.labels[name].setToolTip(element.toolTip())
        grid.addWidget(self.labels[name], row, 0)
        grid.addWidget(element, row, 1)

    def _fill_table(self, grid: QtWidgets.QGridLayout, group: InputGroup) -> None:
        """Inputs that are called ``Range A``, ``Range B`` below the title Range."""
        parameters = self._shown_parameters()
        for column, name in enumerate(group.longest_row):
            title = QtWidgets.QLabel(parameters[name].name.rpartition(" ")[0] if column else "")
            title.setForegroundRole(QtGui.QPalette.PlaceholderText)
            grid.addWidget(title, 0, column)
        for row, names in enumerate(group.rows, 1):
            for column, name in enumerate(names):
                element = getattr(self, name)
                if isinstance(element, BooleanInput):
                    noun = group.title.removesuffix("s")
                    element.setText(parameters[name].name.removeprefix(noun).strip())
                grid.addWidget(element, row, column)

    # -- inputs that do not apply are not shown

    def follow_conditions(self) -> None:
        """Show inputs only while what they depend on is so."""
        self._conditions: dict[str, dict[str, Any]] = {}
        for name, parameter in self._shown_parameters().items():
            conditions = {on: need for on, need in parameter.group_by.items() if on != name}
            self._conditions[name] = {on: conditions[on] for on in conditions if on in self.names}
        for name in {on for conditions in self._conditions.values() for on in conditions}:
            _changed(getattr(self, name)).connect(self._show_what_applies)
        self._show_what_applies()

    def _show_what_applies(self) -> None:
        shown: list[QtWidgets.QWidget] = []
        for name, conditions in self._conditions.items():
            if not conditions:
                continue
            element, applies = getattr(self, name), self._applies(name)
            if applies and element.isHidden():
                shown.append(element)
            for widget in filter(None, (element, self.labels.get(name))):
                (widget.setVisible if self.hides else widget.setEnabled)(applies)
        self._bring(shown)

    def _applies(self, name: str) -> bool:
        """Whether what an input depends on is as it needs it."""
        conditions = self._conditions[name]
        return all(_holds(getattr(self, on), need) for on, need in conditions.items())

    def _bring(self, shown: Sequence[QtWidgets.QWidget]) -> None:
        """Scroll to what was shown just now, when it has its place: it may be below all others."""
        if shown and self.isVisible():
            QtCore.QTimer.singleShot(0, partial(self._scroll_to, shown))

    def _scroll_to(self, shown: Sequence[QtWidgets.QWidget]) -> None:
        if self._area is not None:
            for widget in (shown[-1], shown[0]):
                self._area.ensureWidgetVisible(widget, 0, _AROUND_PX)

    def _shown_parameters(self) -> dict[str, Parameter]:
        parameters = self.parameters()
        return {name: parameters[name] for name in self.names}

    def get_procedure(self) -> Procedure:
        """Make a procedure with what the inputs say; what does not apply may hold anything.

        :raises ConfigurationError: an input holds what its parameter does not take.
        """
        procedure = self.procedure_class()
        for name, shown in self._shown_parameters().items():
            try:
                value = getattr(self, name).parameter.value
                procedure.set_parameters({name: value})
            except (TypeError, ValueError) as error:
                if self._applies(name):
                    raise ConfigurationError(f"{shown.name}: {error}") from None
        return procedure

    def set_parameters(self, parameter_objects: Mapping[str, Parameter]) -> None:
        """Show the values of an earlier run, whose own parameters stay as they are.

        :raises ConfigurationError: it has no parameter of a name that is shown.
        """
        missing = [name for name in self.names if name not in parameter_objects]
        if missing:
            raise ConfigurationError(f"That run has no parameter {', '.join(missing)}.")
        super().set_parameters({name: deepcopy(parameter_objects[name]) for name in self.names})

    def values(self, names: Sequence[str] = ()) -> dict[str, Any]:
        """Get what the inputs hold as JSON takes it, leaving out what cannot be read.

        :param names: of inputs; by default all.
        """
        found: dict[str, Any] = {}
        for name in names or self.names:
            with suppress(TypeError, ValueError):
                found[name] = getattr(self, name).parameter.value
        return found

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show values, leaving inputs alone that do not take theirs."""
        parameters = self.procedure_class().parameter_objects()
        for name in self.names:
            if name not in values:
                continue
            try:
                parameters[name].value = values[name]
                getattr(self, name).setValue(parameters[name].value)
            except (TypeError, ValueError):
                continue  # a parameter has changed since the value was stored


def _changed(element: QtWidgets.QWidget) -> Any:
    """The signal of an input that another value stands there; None if it is none of Qt's."""
    signals = ("toggled", "currentTextChanged", "valueChanged", "textChanged")
    return next((getattr(element, name) for name in signals if hasattr(element, name)), None)


def _holds(element: Any, need: Any) -> bool:
    """Whether an input is as a condition of PyMeasure's ``group_by`` wants it."""
    if isinstance(element, BooleanInput):
        state, need = element.isChecked(), need if callable(need) else bool(need)
    elif isinstance(element, NumberField):
        state = element.last_value
    elif isinstance(element, QtWidgets.QComboBox):
        state = element.currentText()
    else:
        state = element.text()
    return bool(need(state) if callable(need) else state == need)


def _scrolling(content: QtWidgets.QWidget) -> QtWidgets.QScrollArea:
    area = QtWidgets.QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QtWidgets.QFrame.NoFrame)
    area.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarAlwaysOff)
    area.setWidget(content)
    width = content.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width()
    area.setMinimumWidth(width)
    return area
