"""What is looked up by the name of an input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, TypeVar

from ..errors import UnknownNameError, shown

Value = TypeVar("Value")


class Named(dict[str, Value]):
    """A dictionary that refuses names it does not have in a sentence.

    :param what: a name is the name of, such as ``"channel"``.
    """

    def __init__(self, what: str, values: Mapping[str, Value] | None = None) -> None:
        super().__init__(values or {})
        self._what = what

    def __getitem__(self, name: Any) -> Value:
        if not isinstance(name, str) or name not in self:
            refuse_name(self._what, name, self)
        return super().__getitem__(name)


def refuse_name(what: str, name: Any, names: Iterable[str]) -> NoReturn:
    """Say which names there are.

    :raises UnknownNameError: always.
    """
    there_are = ", ".join(names)
    rest = f"there is {there_are}" if there_are else "there is none"
    raise UnknownNameError(f"There is no {what} {shown(name)}; {rest}.")
