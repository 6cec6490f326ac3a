"""PyMeasure's validators with sentences that name the setting, its unit and what is allowed.

All refusals are :class:`~picostream_pymeasure.errors.ConfigurationError`, a ``ValueError``.
"""

from __future__ import annotations

from collections.abc import Collection
from numbers import Integral, Real
from typing import Any

import numpy as np
from pymeasure.instruments.validators import strict_discrete_set, strict_range

from ..config import RANGES_V, listed_range_v, require_flag
from ..errors import ConfigurationError, shown

#: OverflowError: not even PyMeasure can show it. TypeError: NumPy calls a span of time a number.
_NO_NUMBER = (ValueError, OverflowError, TypeError)


def number(what: str, value: Any, low: float, high: float, unit: str) -> float:
    """Return a real number within ``low`` to ``high``; NaN and booleans are none."""
    try:
        if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
            raise ValueError
        return float(strict_range(float(value), (low, high)))
    except _NO_NUMBER:
        raise ConfigurationError(
            f"{what} must be a number from {low:g} to {high:g} {unit}, not {shown(value)}."
        ) from None


def number_or_zero(what: str, value: Any, low: float, high: float, unit: str) -> float:
    """Return 0, or a real number within ``low`` to ``high``."""
    try:
        return number(what, value, 0, 0, unit)
    except ConfigurationError:
        return number(what, value, low, high, f"{unit} (or 0)")


def whole_number(what: str, value: Any, low: int, high: int) -> int:
    """Return a whole number within ``low`` to ``high``."""
    try:
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise ValueError
        float(value)
        return int(strict_range(value, (low, high)))
    except _NO_NUMBER:
        raise ConfigurationError(
            f"{what} must be a whole number from {low} to {high}, not {shown(value)}."
        ) from None


def choice(what: str, value: Any, allowed: Collection[Any], unit: str = "") -> Any:
    """Return one of the allowed values."""
    try:
        if isinstance(value, bool | np.bool_):
            raise ValueError
        hash(value)
        return strict_discrete_set(value, allowed)
    except (TypeError, ValueError):  # TypeError: not hashable, as no array is
        names = ", ".join(f"{one}" for one in allowed)
        raise ConfigurationError(
            f"{what} must be one of {names}{unit and ' '}{unit}, not {shown(value)}."
        ) from None


def listed_range(what: str, value: Any) -> float:
    """Return the input range in V that a number means."""
    is_number = isinstance(value, Real) and not isinstance(value, bool | np.timedelta64)
    listed_v = listed_range_v(value) if is_number else None
    return float(choice(what, value if listed_v is None else listed_v, RANGES_V, "V"))


flag = require_flag
