"""The settings of a scope as PyMeasure parameters, whatever it then does.

Parameters that do not apply are ignored: the range of a channel that is off, the level of a
trigger that is off, the duration of a recording that ends by its number of samples. A window
hides them.
"""

from __future__ import annotations

import math
from typing import Any

from pymeasure.experiment import (
    BooleanParameter,
    FloatParameter,
    IntegerParameter,
    ListParameter,
    Parameter,
)

from picostream_pymeasure.config import RESOLUTIONS
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.host import parameters_of
from picostream_pymeasure.quantities import exact, unit_fault

from .channel_parameters import ChannelParameters
from .number_parameters import NumberChoice, ScaleParameter
from .trigger_parameters import TriggerParameters

#: Values of :attr:`ScopeParameters.scope_serial` that are no serial number.
FIRST_FOUND = "first found"
SIMULATED = "simulated"

#: An IntegerParameter becomes a Qt spin box, which holds 32 bits.
MAX_INTEGER = 2**31 - 1

#: Ten years: more than any recording, and a whole number of days to read.
MAX_DURATION_S = 3650 * 86400.0


class ScopeParameters(ChannelParameters, TriggerParameters):
    """The parameters; what is derived adds those of a stream or of captures."""

    scope_serial = Parameter(
        "Scope",
        default=FIRST_FOUND,
        description=f'Serial number, or "{FIRST_FOUND}", or "{SIMULATED}".',
    )
    resolution = NumberChoice(
        "Resolution",
        choices=list(RESOLUTIONS),
        units="bit",
        default=12,
        description="15 bit allow two channels, 16 bit one.",
    )

    def __setattr__(self, name: str, value: Any) -> None:
        """Convert a parameter when it is set, as what came after PyMeasure 0.16 does.

        :param value: None leaves a parameter without one.
        :raises ConfigurationError: it has an impossible value; the message names it.
        """
        parameter = parameters_of(self).get(name)
        if parameter is not None and value is not None:
            value = _converted(parameter, value)
        super().__setattr__(name, value)

    def set_parameters(self, parameters: dict[str, Any], except_missing: bool = True) -> None:
        """As PyMeasure's, whose own refusal names no parameter.

        :raises ConfigurationError: one has an impossible value; the message names it.
        """
        known = parameters_of(self)
        values = {
            name: _converted(known[name], value) if name in known else value
            for name, value in parameters.items()
        }
        super().set_parameters(values, except_missing)

    def require_parameters(self) -> None:
        """Bring every parameter into its type.

        :raises ConfigurationError: one has no value, or an impossible one; the message names it.
        """
        for name, parameter in parameters_of(self).items():
            parameter.value = _converted(parameter, getattr(self, name))
            setattr(self, name, parameter.value)


def _converted(parameter: Parameter, value: object) -> Any:
    """A value in the type of its parameter.

    :raises ConfigurationError: it is impossible; the message names the parameter.
    """
    try:
        converted = parameter.convert(value)
        if converted is None or (isinstance(converted, float) and math.isnan(converted)):
            raise ValueError
    except (TypeError, ValueError, OverflowError) as error:
        why = str(error) if (allowed := _allowed(parameter)) is None else f"use {allowed}."
        unit = getattr(parameter, "units", None) or ""
        fault = unit_fault(value, unit) if isinstance(value, str) else ""
        sentence = f"{parameter.name} cannot be {value!r}; {why} {fault}".rstrip()
        raise ConfigurationError(sentence) from None
    return converted


def _allowed(parameter: Parameter) -> str | None:
    """What a parameter takes, in words; None of a kind that only PyMeasure knows."""
    unit = f" {parameter.units}" if getattr(parameter, "units", None) else ""
    if isinstance(parameter, NumberChoice):
        return f"one of {', '.join(f'{choice:g}' for choice in parameter.choices)}{unit}"
    if isinstance(parameter, ListParameter):
        return f"one of {', '.join(map(str, parameter.choices))}"
    if isinstance(parameter, BooleanParameter):
        return "True or False"
    if isinstance(parameter, ScaleParameter):
        return "for example 1 nA/mV, 2.5 bar/V or 100 mV/A"
    if type(parameter) is Parameter:
        return "a text"
    if not isinstance(parameter, FloatParameter | IntegerParameter):
        return None
    low, high = (
        exact(limit, parameter.units or "") for limit in (parameter.minimum, parameter.maximum)
    )
    return f"a number from {low.removesuffix(unit) if high.endswith(unit) else low} to {high}"
