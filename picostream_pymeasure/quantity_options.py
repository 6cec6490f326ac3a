"""Numbers in the options of programs, as people type them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from .errors import ConfigurationError
from .quantities import parse, refuse_thousands

if TYPE_CHECKING:
    FloatType = click.ParamType[float]
    IntType = click.ParamType[int]
else:  # older ones cannot be subscripted
    FloatType = IntType = click.ParamType

#: So much of what was typed is repeated.
_LONGEST = 60


class Quantity(FloatType):
    """A number that may carry a unit, a prefix, a point or a comma; see :func:`parse`.

    :param unit: of a number alone, and of the value that the command is handed.
    :param name: what the help calls it.
    :param example: of what is allowed, where that of the unit is not.
    """

    def __init__(self, unit: str, name: str, example: str = "") -> None:
        self.unit = unit
        self.name = name
        self._example = example

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it; a default is a number already."""
        if not isinstance(value, str):
            return float(value)
        try:
            return parse(value, self.unit, self._example)
        except ConfigurationError as error:
            self.fail(str(error), param, ctx)


class Count(IntType):
    """A whole number, also as in 1e6 or 10k.

    :param unit: that may stand behind it.
    :param examples: of what is allowed.
    :param most: 1 to this many are allowed; any number without it.
    """

    name = "number"

    def __init__(self, unit: str, examples: str, most: int | None = None) -> None:
        self._unit, self._examples, self._most = unit, examples, most

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read it; a default is a number already."""
        if isinstance(value, int):
            return value
        try:
            refuse_thousands(value)
        except ConfigurationError as error:
            self.fail(str(error), param, ctx)
        if value.strip().isdecimal() and len(value) <= _LONGEST:  # a float has 16 digits
            return self._allowed(int(value), param, ctx)
        with suppress(ConfigurationError):
            number = parse(value, self._unit)
            if number.is_integer():
                return self._allowed(int(number), param, ctx)
        given = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
        self.fail(f"{given!r} is no whole number; write for example {self._examples}.", param, ctx)

    def _allowed(
        self, number: int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if self._most is not None and not 1 <= number <= self._most:
            self.fail(f"{number} is not possible; 1 to {self._most} are.", param, ctx)
        return number


EVENTS_A_SECOND = Quantity("", "number", example="100")
COUNT, BITS = Count("", "1000, 1e6 or 10k"), Count("bit", "12")
COLUMNS = Count("", "4000 or 4k", most=100_000)
TIME, MILLISECONDS = Quantity("s", "time"), Quantity("ms", "ms")
VOLTAGE = Quantity("V", "voltage")
RATE_MSPS = Quantity("MS/s", "rate")
SIZE_MB = Quantity("MB", "size")
