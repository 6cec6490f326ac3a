"""A parameter that takes one of a few numbers, however they are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymeasure.experiment import ListParameter


class NumberChoice(ListParameter):
    """A list of numbers of which ``2``, ``2.0``, ``"2"`` and ``"2 V"`` choose the same one.

    PyMeasure's own list compares texts, so that ``2`` would not be ``2.0``.

    :param choices: int where they are whole, else float.
    """

    def __init__(self, name: str, choices: Sequence[float], **settings: Any) -> None:
        whole = [int(choice) if choice == int(choice) else choice for choice in choices]
        super().__init__(name, choices=whole, **settings)

    def convert(self, value: Any) -> float:
        """Give the choice that a number or a text means.

        :raises ValueError: it is none of them.
        """
        number = value.strip().partition(" ")[0] if isinstance(value, str) else value
        for choice in self.choices:
            if choice == float(number):
                return choice
        raise ValueError(f"{self.name} cannot be {value!r}.")

    def __str__(self) -> str:
        unit = f" {self.units}" if self.units else ""
        return f"{self.value:g}{unit}" if self.is_set() else ""
