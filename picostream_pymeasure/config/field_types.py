"""Whether settings are numbers, texts and settings where they must be."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from enum import Enum
from numbers import Integral, Real
from typing import Any, Literal, get_args, get_origin, get_type_hints

from ..errors import ConfigurationError

_NUMBERS = {float: Real, int: Integral}
_WORDS = {float: "a number", int: "a whole number", str: "a text", bool: "True or False"}


def require_types(settings: Any) -> None:
    """Refuse fields of another kind than their annotation, before anything is made of them.

    Numbers of another make, such as NumPy's, become Python's own. Literals, and what is in an
    iterable, are left to the checks that list what is allowed.

    :raises ConfigurationError: names the first one.
    """
    for name, hint in _hints(settings.__class__).items():
        value = getattr(settings, name)
        if not _fits(value, hint):
            what = type(settings).__name__
            owner = f"{'an' if what[0] in 'AEIOU' else 'a'} {what}"
            raise ConfigurationError(f"{name} of {owner} is {_words(hint)}, not {value!r}.")
        if isinstance(value, Real) and not isinstance(value, int | float):
            own = int(value) if isinstance(value, Integral) else float(value)
            object.__setattr__(settings, name, own)  # they are frozen


def require_function(what: str, value: Any) -> None:
    """Refuse what cannot be called; None stands for no function.

    :raises ConfigurationError: says what is allowed.
    """
    if value is not None and not callable(value):
        raise ConfigurationError(f"{what} must be a function, not {value!r}.")


def require_seconds(what: str, value: Any) -> float:
    """Give a time in seconds as Python's own number; NumPy's are taken as well.

    :raises ConfigurationError: it is none; says what is allowed.
    """
    if not (isinstance(value, Real) and value == value):
        raise ConfigurationError(f"{what} must be a number of seconds, not {value!r}.")
    return float(value)


@functools.cache
def _hints(settings: type) -> dict[str, Any]:
    return get_type_hints(settings)


def _fits(value: Any, hint: Any) -> bool:
    if get_origin(hint) in (Literal, Iterable):
        return True
    if get_origin(hint) is tuple:
        return isinstance(value, tuple | list) and all(
            _fits(each, get_args(hint)[0]) for each in value
        )
    if get_args(hint):
        return any(_fits(value, each) for each in get_args(hint))
    if issubclass(hint, Enum):
        return value in list(hint)
    return isinstance(value, _NUMBERS.get(hint, hint))


def _words(hint: Any) -> str:
    """What is allowed, in a few words."""
    if get_origin(hint) is tuple:
        return f"a tuple of {get_args(hint)[0].__name__}, as in (ChannelConfig('A'),)"
    if get_args(hint):
        return " or ".join(_words(each) for each in get_args(hint))
    if issubclass(hint, Enum):
        return f"one of {', '.join(f'{hint.__name__}.{each.name}' for each in hint)}"
    return "None" if hint is type(None) else _WORDS.get(hint, f"of {hint.__name__}")
