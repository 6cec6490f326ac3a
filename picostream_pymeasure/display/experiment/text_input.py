"""The input for texts of PyMeasure's parameters."""

from __future__ import annotations

from pymeasure.display.inputs import StringInput
from pymeasure.experiment import Parameter

from ..painting.theme import redden


class TextInput(StringInput):
    """A text, which is red while its parameter would not take it."""

    def set_parameter(self, parameter: Parameter) -> None:
        """Take over value and help of a parameter."""
        super().set_parameter(parameter)
        self._convert, self._help = parameter.convert, self.toolTip()
        self.textChanged.connect(self._read)

    def _read(self, text: str) -> None:
        try:
            self._convert(text)
            problem = ""
        except ValueError as error:
            problem = str(error)
        redden(self, problem)
        self.setToolTip(problem or self._help)
