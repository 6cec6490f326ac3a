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
        value: int | float = self._of_kind(name, (int, float), "number", default)
        if not math.isfinite(value) or not low <= value <= high or (low == 0 and value == 0):
            raise self._damaged(f"{name} cannot be {value!r}")
        return value

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from ``low`` to ``high``.

        :raises FileFormatError: as :meth:`number`.
        """
        value: int = self._of_kind(name, (int,), "whole number", default)
        if not low <= value <= high:
            raise self._damaged(f"{name} cannot be {value}")
        return value

    def text(self, name: str, default: str = "") -> str:
        """A text.

        :raises FileFormatError: it is something else.
        """
        value: str = self._of_kind(name, (str,), "text", default)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty if there is none.

        :raises FileFormatError: it is something else.
        """
        value = self._of_kind(name, (list,), "list of texts", [])
        if not all(isinstance(part, str) for part in value):
            raise self._damaged(f"{name} is no list of texts but {_shown(value)}")
        return tuple(value)

    def _of_kind(self, name: str, kinds: tuple[type, ...], what: str, default: Any) -> Any:
        value = self.get(name, default)
        if value is None:
            raise self._damaged(f"the attribute {name} is missing")
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise self._damaged(f"{name} is no {what} but {_shown(value)}")
        return value

    def _damaged(self, what: str) -> FileFormatError:
        return FileFormatError(f"{self._path} is damaged: {what}.")

    def json(self, name: str) -> Any:
        """Python objects that were stored as JSON; None if there are none.

        :raises FileFormatError: it is no JSON.
        """
        try:
            return json.loads(self.text(name, "null"))
        except (json.JSONDecodeError, RecursionError) as error:
            raise self._damaged(f"{name} is no JSON") from error


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
