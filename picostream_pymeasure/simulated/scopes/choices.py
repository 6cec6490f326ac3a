"""Settings that are one of several words or numbers, as their types say."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from ...errors import ConfigurationError, shown


@cache
def choices_of(settings: type) -> dict[str, tuple[Any, ...]]:
    """Name -> what it can be, of all such settings of a class."""
    hints = get_type_hints(settings)
    return {name: get_args(hint) for name, hint in hints.items() if get_origin(hint) is Literal}


def check_choices(settings: object, whose: str) -> None:
    """Look at all such settings of an object; :raises ConfigurationError: naming what is allowed.

    :param whose: such as ``"a fault"``.
    """
    kind: Any = type(settings)
    for name, allowed in choices_of(kind).items():
        value = getattr(settings, name)
        if value not in allowed:
            words = ", ".join(map(str, allowed))
            raise ConfigurationError(f"The {name} of {whose} must be {words}, not {shown(value)}.")
