"""Attributes of a file, asked for as what they must be."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import FileFormatError

#: A value in a sentence; some are pages long.
_SHOWN = 80


class StoredAttributes(Mapping[str, Any]):
    """Python values by name: None, bool, numbers, texts, lists of these.

    :param path: the file, for sentences about it.
    """

    def __init__(self, path: Path, values: Mapping[str, Any]) -> None:
        self._path = path
        self._values = values

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def number(
        self, name: str, low: float, high: float, default: float | None = None
    ) -> int | float:
        """A number above 0, or from ``low`` on if that is not 0, up to ``high``.

        :raises FileFormatError: it is missing and there is no default, no number, or impossible.
        """
        value = self.get(name, default)
        if value is None:
            raise FileFormatError(f"{self._path} is damaged: the attribute {name} is missing.")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise FileFormatError(
                f"{self._path} is damaged: {name} is no number but {_shown(value)}."
            )
        if not math.isfinite(value) or not low <= value <= high or (low == 0 and value == 0):
            raise FileFormatError(f"{self._path} is damaged: {name} cannot be {value!r}.")
        return value

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from ``low`` to ``high``.

        :raises FileFormatError: as :meth:`number`.
        """
        value = self.get(name, default)
        if value is None:
            raise FileFormatError(f"{self._path} is damaged: the attribute {name} is missing.")
        if isinstance(value, bool) or not isinstance(value, int):
            raise FileFormatError(
                f"{self._path} is damaged: {name} is no whole number but {_shown(value)}."
            )
        if not low <= value <= high:
            raise FileFormatError(f"{self._path} is damaged: {name} cannot be {value}.")
        return value

    def text(self, name: str, default: str = "") -> str:
        """A text.

        :raises FileFormatError: it is something else.
        """
        value = self.get(name, default)
        if not isinstance(value, str):
            raise FileFormatError(
                f"{self._path} is damaged: {name} is no text but {_shown(value)}."
            )
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty if there is none.

        :raises FileFormatError: it is something else.
        """
        value = self.get(name, [])
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise FileFormatError(
                f"{self._path} is damaged: {name} is no list of texts but {_shown(value)}."
            )
        return tuple(value)

    def json(self, name: str) -> Any:
        """Python objects that were stored as JSON; None if there are none.

        :raises FileFormatError: it is no JSON.
        """
        try:
            return json.loads(self.text(name, "null"))
        except (json.JSONDecodeError, RecursionError) as error:
            raise FileFormatError(f"{self._path} is damaged: {name} is no JSON.") from error


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
