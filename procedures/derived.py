"""What a derived procedure must leave as it is, and what its own methods must give."""

from __future__ import annotations

from typing import Any

from pymeasure.experiment import Parameter

from picostream_pymeasure.errors import ConfigurationError


def require_sound_parameters(procedure: type) -> None:
    """Refuse parameters that would not be what the recording and the CSV take them for.

    :raises ConfigurationError: says which, and what to do instead.
    """
    parameters: dict[str, Parameter] = {}
    used: set[str] = set()
    for owner in reversed(procedure.__mro__):
        for name, value in vars(owner).items():
            if name in parameters:
                _require_alike(f"{procedure.__name__}.{name}", parameters[name], value)
            elif isinstance(value, Parameter) and name in used:
                raise ConfigurationError(
                    f"{procedure.__name__}.{name} cannot be a parameter: the class it is derived "
                    "from uses this name itself; choose another one."
                )
            if isinstance(value, Parameter):
                parameters[name] = value
        used.update(vars(owner))
    _require_own_names(procedure.__name__, parameters)


def _require_alike(where: str, before: Parameter, now: Any) -> None:
    kind = type(before).__name__
    if not isinstance(now, Parameter):
        raise ConfigurationError(
            f"{where} must stay a parameter, not {now!r}; for another default write "
            f"{kind}({before.name!r}, ..., default=...)."
        )
    unit, given = getattr(before, "units", None), getattr(now, "units", None)
    if unit != given:
        raise ConfigurationError(
            f"{where} is in {unit or 'no unit'}, and must stay so; it cannot be in "
            f"{given or 'no unit'}."
        )


def _require_own_names(where: str, parameters: dict[str, Parameter]) -> None:
    names: dict[str, str] = {}
    for name, parameter in parameters.items():
        other = names.setdefault(parameter.name, name)
        if other != name:
            raise ConfigurationError(
                f"{where}.{other} and {name} are both called {parameter.name!r}, by which the CSV "
                "tells them apart; call one of them otherwise."
            )


def require_given(method: str, value: Any, kind: type) -> None:
    """Refuse what a method of a derived procedure gives, if it is not of this kind.

    :raises ConfigurationError: says what is to be returned.
    """
    if not isinstance(value, kind):
        raise ConfigurationError(
            f"{method}() must return a {kind.__name__}, not {value!r}; is there a return?"
        )
