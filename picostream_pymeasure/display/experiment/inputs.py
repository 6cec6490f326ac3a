"""The inputs of a window: one row a parameter, in a list that scrolls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from pymeasure.display.Qt import QtCore, QtWidgets
from pymeasure.display.widgets import InputsWidget
from pymeasure.experiment import Parameter, Procedure

from ...errors import ConfigurationError

#: Makes the input of a parameter.
InputFactory = Callable[[Parameter], QtWidgets.QWidget]


class ExperimentInputs(InputsWidget):
    """PyMeasure's inputs with labels beside them, and errors that name the parameter.

    :param procedure_class: the procedure.
    :param inputs: names of the parameters to show, in order.
    :param factories: what makes the input of a parameter that wants its own, by name.
    """

    def __init__(
        self,
        procedure_class: type[Procedure],
        inputs: tuple[str, ...],
        factories: Mapping[str, InputFactory],
        **settings: Any,
    ) -> None:
        self._factories = factories
        super().__init__(procedure_class, inputs, **settings)

    def _setup_ui(self) -> None:
        parameters = self._procedure.parameter_objects()
        for name, factory in self._factories.items():
            parameters[name].ui_class = factory
        super()._setup_ui()
        for name in self._inputs:
            self._guard_against_wheel(getattr(self, name))

    def _guard_against_wheel(self, element: QtWidgets.QWidget) -> None:
        """Let the wheel scroll the list; it changes an input only after a click into it."""
        element.setFocusPolicy(QtCore.Qt.StrongFocus)
        element.installEventFilter(self)

    def eventFilter(  # noqa: N802 - Qt's name
        self, watched: QtCore.QObject, event: QtCore.QEvent
    ) -> bool:
        """Keep the wheel from inputs without focus."""
        if event.type() == QtCore.QEvent.Wheel and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _layout(self, inputs_in_scrollarea: bool) -> None:
        self.labels: dict[str, QtWidgets.QLabel] = {}
        rows = QtWidgets.QWidget(self)
        grid = QtWidgets.QGridLayout(rows)  # hidden rows leave no gap, as in a form they would
        grid.setContentsMargins(4, 4, 10, 4)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (name, parameter) in enumerate(self._shown_parameters().items()):
            element = getattr(self, name)
            if isinstance(element, self.NO_LABEL_INPUTS):
                grid.addWidget(element, row, 0, 1, 2)
                continue
            self.labels[name] = QtWidgets.QLabel(parameter.name, rows)
            self.labels[name].setToolTip(element.toolTip())
            grid.addWidget(self.labels[name], row, 0)
            grid.addWidget(element, row, 1)
        grid.setRowStretch(len(self._inputs), 1)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(_scrolling(rows) if inputs_in_scrollarea else rows)

    def _shown_parameters(self) -> dict[str, Parameter]:
        parameters = self._procedure.parameter_objects()
        return {name: parameters[name] for name in self._inputs}

    def get_procedure(self) -> Procedure:
        """Make a procedure with what the inputs say.

        :raises ConfigurationError: an input holds what its parameter does not take.
        """
        procedure = self._procedure_class()
        for name, shown in self._shown_parameters().items():
            try:
                value = getattr(self, name).parameter.value
                procedure.set_parameters({name: value})
            except (TypeError, ValueError) as error:
                raise ConfigurationError(f"{shown.name}: {error}") from None
        return procedure

    def set_parameters(self, parameter_objects: Mapping[str, Parameter]) -> None:
        """Show the values of an earlier run, whose own parameters stay as they are.

        :raises ConfigurationError: it has no parameter of a name that is shown.
        """
        missing = [name for name in self._inputs if name not in parameter_objects]
        if missing:
            raise ConfigurationError(f"That run has no parameter {', '.join(missing)}.")
        super().set_parameters({name: deepcopy(parameter_objects[name]) for name in self._inputs})

    def values(self) -> dict[str, Any]:
        """Get what the inputs hold as JSON takes it, leaving out what cannot be read."""
        found: dict[str, Any] = {}
        for name in self._inputs:
            try:
                found[name] = getattr(self, name).parameter.value
            except (TypeError, ValueError):
                continue
        return found

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show values, leaving inputs alone that do not take theirs."""
        parameters = self._procedure_class().parameter_objects()
        for name in self._inputs:
            if name not in values:
                continue
            try:
                parameters[name].value = values[name]
                getattr(self, name).setValue(parameters[name].value)
            except (TypeError, ValueError):
                continue  # a parameter has changed since the value was stored


def _scrolling(content: QtWidgets.QWidget) -> QtWidgets.QScrollArea:
    area = QtWidgets.QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QtWidgets.QFrame.NoFrame)
    area.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarAlwaysOff)
    area.setWidget(content)
    width = content.sizeHint().width() + area.verticalScrollBar().sizeHint().width()
    area.setMinimumWidth(width)
    return area
