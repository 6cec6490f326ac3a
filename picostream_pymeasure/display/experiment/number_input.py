"""The field for numbers as an input of PyMeasure's parameters."""

from __future__ import annotations

from pymeasure.display.inputs import Input
from pymeasure.experiment import FloatParameter, IntegerParameter

from ..controls.number_field import NumberField


class NumberInput(Input, NumberField):
    """A number of a ``FloatParameter`` or an ``IntegerParameter``."""

    def set_parameter(self, parameter: FloatParameter | IntegerParameter) -> None:
        """Take over unit, limits, step and value of a parameter."""
        self.set_limits(parameter.minimum, parameter.maximum)
        is_whole = isinstance(parameter, IntegerParameter)
        self.set_unit(parameter.units or "", parameter.step, is_whole)
        super().set_parameter(parameter)
        self.setToolTip(f"{parameter.description or ''}\n{self.allowed}.".strip())

    def setSuffix(self, _: str) -> None:  # noqa: N802 - PyMeasure's name
        """The unit is known already."""
