"""The numbers that a live plot is made with, checked to be possible."""

from __future__ import annotations

import math
from typing import Any

from ...errors import ConfigurationError


class Setting:
    """A number that can be set at any time; an impossible one is told and changes nothing.

    The owner has ``setting_changed(name)`` and ``status.say(message)``.

    :param allowed: the limits in words.
    """

    def __init__(self, default: float, low: float, high: float, allowed: str) -> None:
        self._value = default
        self._low, self._high = low, high
        self._allowed = allowed

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else instance.__dict__.get(self._name, self._value)

    def __set__(self, instance: Any, value: Any) -> None:
        try:
            instance.__dict__[self._name] = self._checked(value)
        except ConfigurationError as error:
            instance.status.say(str(error))
        else:
            instance.setting_changed(self._name)

    def _checked(self, value: Any) -> float:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not self._low <= value <= self._high:
            raise ConfigurationError(f"{self._name} cannot be {value!r}; use {self._allowed}.")
        return type(self._value)(value)
