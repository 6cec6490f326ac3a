"""The settings of a scope as PyMeasure parameters, whatever it then does.

Parameters that do not apply are ignored: the range of a channel that is off, the level of a
trigger that is off, the duration of a recording that ends by its number of samples. A window
hides them.
"""

from __future__ import annotations

import math
from typing import Any

from pymeasure.experiment import BooleanParameter, ListParameter, Parameter

from picostream_pymeasure.config import RESOLUTIONS
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.host import parameters_of
from picostream_pymeasure.quantities import exact

from .channel_parameters import ChannelParameters
from .number_parameters import NumberChoice
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
        """What came after PyMeasure 0.16 converts a parameter when it is set, not at the start.

        :raises ConfigurationError: it has an impossible value; the message names it.
        """
        try:
            super().__setattr__(name, value)
        except (TypeError, ValueError):
            if name not in parameters_of(self):
                raise
            raise _refusal(parameters_of(self)[name], value) from None

    def require_parameters(self) -> None:
        """Bring every parameter into its type.

        :raises ConfigurationError: one has no value, or an impossible one; the message names it.
        """
        for name, parameter in parameters_of(self).items():
            value = getattr(self, name)
            try:
                parameter.value = value
                if isinstance(parameter.value, float) and math.isnan(parameter.value):
                    raise ValueError
            except (TypeError, ValueError):
                raise _refusal(parameter, value) from None
            setattr(self, name, parameter.value)


def _refusal(parameter: Parameter, value: object) -> ConfigurationError:
    return ConfigurationError(f"{parameter.name} cannot be {value!r}; use {_allowed(parameter)}.")


def _allowed(parameter: Parameter) -> str:
    """What a parameter takes, in words."""
    unit = f" {parameter.units}" if getattr(parameter, "units", None) else ""
    if isinstance(parameter, NumberChoice):
        return f"one of {', '.join(f'{choice:g}' for choice in parameter.choices)}{unit}"
    if isinstance(parameter, ListParameter):
        return f"one of {', '.join(map(str, parameter.choices))}"
    if isinstance(parameter, BooleanParameter):
        return "True or False"
    if type(parameter) is Parameter:
        return "a text"
    low, high = (
        exact(limit, parameter.units or "") for limit in (parameter.minimum, parameter.maximum)
    )
    return f"a number from {low.removesuffix(unit) if high.endswith(unit) else low} to {high}"
