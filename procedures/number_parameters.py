"""Parameters that are numbers, read as people type them, with a unit that fits or none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pymeasure.experiment import FloatParameter, IntegerParameter, ListParameter, Parameter

from picostream_pymeasure import quantities

#: How far a number may lie beside the choice that it means: one of 32 bits is not exactly 0.2.
_SAME = 1e-6


class NumberParameter(FloatParameter):
    """A number: ``0.5``, ``"0,5"``, ``"500 m"`` and ``"500 mV"`` are the same one.

    PyMeasure's own reads a text in its unit alone, and writes six digits into the CSV.
    """

    def convert(self, value: Any) -> float:
        """Give the number that a text means.

        :raises ValueError: it is none, of another unit, or beyond the limits.
        """
        number: float = super().convert(_number(value, self.units))
        return number

    def __str__(self) -> str:
        return _with_unit(self.value, self.units) if self.is_set() else ""


class ScaleParameter(Parameter):
    """What a voltage stands for, as ``"1 nA/mV"``; empty for the voltage itself."""

    def convert(self, value: Any) -> str:
        """Give the text, if it is such a scale.

        :raises ValueError: it is none.
        """
        text = "" if value is None else str(value).strip()
        if text:
            quantities.parse_scale(text)
        return text


class WholeNumberParameter(IntegerParameter):
    """A whole number: ``1000000``, ``1e6`` and ``"1M"`` are the same one."""

    def convert(self, value: Any) -> int:
        """Give the number that a text means.

        :raises ValueError: it is none, not a whole one, of another unit, or beyond the limits.
        """
        number = _number(value, self.units)
        if not number.is_integer():
            raise ValueError(f"{self.name} must be a whole number, not {value!r}.")
        whole: int = super().convert(number)
        return whole


class NumberChoice(ListParameter):
    """A list of numbers of which ``2``, ``2.0``, ``"2"`` and ``"2000 mV"`` choose the same one.

    PyMeasure's own list compares texts, so that ``2`` would not be ``2.0``.

    :param choices: int where they are whole, else float.
    :param sign: ``±`` where a number stands for what lies between it and its negative.
    """

    def __init__(
        self, name: str, choices: Sequence[float], sign: str = "", **settings: Any
    ) -> None:
        self.sign = sign
        whole = [int(choice) if choice == int(choice) else choice for choice in choices]
        super().__init__(name, choices=whole, **settings)

    def convert(self, value: Any) -> float:
        """Give the choice that a number or a text means.

        :raises ValueError: it is none of them, or of another unit.
        """
        number = _number(value, self.units)
        for choice in self.choices:
            if math.isclose(choice, number, rel_tol=_SAME):
                found: float = choice
                return found
        raise ValueError(f"{self.name} cannot be {value!r}.")

    def __str__(self) -> str:
        return _with_unit(self.value, self.units) if self.is_set() else ""


def _number(value: Any, unit: str | None) -> float:
    """A number that is one already, or that a text means.

    :raises ValueError: it is none.
    """
    if isinstance(value, str):
        return quantities.parse(value, unit or "")
    if isinstance(value, bool):
        raise ValueError(f"{value} is not a number.")
    try:
        return float(value)
    except OverflowError:
        raise ValueError("No number is that large.") from None


def _with_unit(value: float, unit: str | None) -> str:
    """A number as short as it can be read back exactly."""
    short = f"{value:g}"
    return f"{short if float(short) == value else repr(value)} {unit or ''}".rstrip()
