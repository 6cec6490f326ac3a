"""Whether settings are numbers, words, texts and settings where they must be."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from enum import Enum
from numbers import Integral, Real
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from ..errors import ConfigurationError, shown

_NUMBERS = {float: Real, int: Integral}
_WORDS = {float: "a number", int: "a whole number", str: "a text", bool: "True or False"}

AnyEnum = TypeVar("AnyEnum", bound=Enum)


class _UnfitError(Exception):
    """A value is of another kind than it must be."""


def require_types(settings: Any) -> None:
    """Refuse fields of another kind than their annotation, before anything is made of them.

    Numbers of another make, such as NumPy's, become Python's own, words the members of enums that
    they mean, and lists tuples. What is in an iterable is left to the checks that list what is
    allowed.

    :raises ConfigurationError: names the first one.
    """
    for name, hint in _hints(settings.__class__).items():
        value = getattr(settings, name)
        try:
            own = _own(value, hint)
        except _UnfitError:
            raise ConfigurationError(
                f"{name} of {_a(type(settings))} is {_words(hint)}, not {shown(value)}."
            ) from None
        if own is not value:
            object.__setattr__(settings, name, own)  # they are frozen


def require_kind(what: str, value: Any, *kinds: type) -> None:
    """Refuse what is of no kind that is allowed.

    :raises ConfigurationError: names them.
    """
    if not isinstance(value, kinds):
        allowed = " or ".join(map(_a, kinds))
        raise ConfigurationError(f"{what} must be {allowed}, not {shown(value)}.")


def require_metadata(value: Any) -> dict[str, Any]:
    """Give what is stored with a recording as a dictionary, an empty one for None.

    :raises ConfigurationError: JSON cannot hold it, although what it does not know becomes text.
    """
    require_kind("metadata", value, Mapping, type(None))
    content = dict(value or {})
    try:
        json.dumps(content, default=str)
    except (TypeError, ValueError, RecursionError):
        raise ConfigurationError(
            "metadata must have texts or numbers as names, and nothing that contains itself, not "
            f"{shown(value)}."
        ) from None
    return content


def require_function(what: str, value: Any) -> None:
    """Refuse what cannot be called; None stands for no function.

    :raises ConfigurationError: says what is allowed.
    """
    if value is not None and not callable(value):
        raise ConfigurationError(f"{what} must be a function, not {shown(value)}.")


def require_number(what: str, value: Any, of: str = "") -> float:
    """Give a number as Python's own; NumPy's are taken as well, NaN is none.

    :param of: such as ``" of bytes"``, for the sentence.
    :raises ConfigurationError: it is none; says what is allowed.
    """
    try:
        number = float(_number(value, float))
    except _UnfitError:
        number = float("nan")
    if number != number:
        raise ConfigurationError(f"{what} must be a number{of}, not {shown(value)}.")
    return number


def require_seconds(what: str, value: Any) -> float:
    """Give a time in seconds, see :func:`require_number`."""
    return require_number(what, value, " of seconds")


def require_flag(what: str, value: Any) -> bool:
    """Give True or False; NumPy's, 1 and 0 are taken as well.

    :raises ConfigurationError: it is neither.
    """
    try:
        float(value)  # a span of time equals a number, and is none
        return bool((False, True).index(value))
    except (TypeError, ValueError, ArithmeticError):  # of a missing value, an array, a sNaN
        raise ConfigurationError(f"{what} must be True or False, not {shown(value)}.") from None


@functools.cache
def _hints(settings: type) -> dict[str, Any]:
    return get_type_hints(settings)


def _own(value: Any, hint: Any) -> Any:
    """The value as the settings keep it.

    :raises _UnfitError: it is of another kind.
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Iterable or (origin is Literal and isinstance(value, str) and value in inner):
        return value
    if origin is tuple and isinstance(value, tuple | list):
        return tuple(_own(each, inner[0]) for each in value)
    if origin in (Literal, tuple):
        raise _UnfitError
    if inner:
        return _first_own(value, inner)
    if issubclass(hint, Enum):
        return _member(value, hint)
    if hint in _NUMBERS:
        return _number(value, hint)
    if not isinstance(value, hint):
        raise _UnfitError
    return value


def _first_own(value: Any, hints: Iterable[Any]) -> Any:
    for hint in hints:
        try:
            return _own(value, hint)
        except _UnfitError:
            continue
    raise _UnfitError


def _number(value: Any, kind: type) -> float:
    """A number of Python's own make; one that no float holds is none, nor are True and False."""
    try:
        if isinstance(value, bool) or not isinstance(value, _NUMBERS[kind]):
            raise _UnfitError
        own = float(value)
    except (OverflowError, TypeError):  # TypeError: NumPy calls a span of time a whole number
        raise _UnfitError from None
    if isinstance(value, int | float):
        return value
    return int(value) if isinstance(value, Integral) else own


def _member(value: Any, kind: type[AnyEnum]) -> AnyEnum:
    """The member that is meant: itself, its number, or its name in words."""
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    for member in kind:
        if isinstance(value, str):
            names = member.name, getattr(member, "words", member.value)
            if _plain(value) in map(_plain, names):
                return member
        elif value is member or (is_whole and value == member):
            return member
    raise _UnfitError


def _a(kind: type) -> str:
    if kind in (str, type(None)):
        return _words(kind)
    return f"{'an' if kind.__name__[0] in 'AEIO' else 'a'} {kind.__name__}"


def _plain(name: str) -> str:
    return name.strip().casefold().replace("_", " ")


def _words(hint: Any) -> str:
    """What is allowed, in a few words."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple:
        return f"a tuple of {inner[0].__name__}, as in ({inner[0].__name__}('A'),)"
    if origin is Literal:
        return " or ".join(map(repr, inner))
    if inner:
        return " or ".join(_words(each) for each in inner)
    if issubclass(hint, Enum):
        return f"one of {', '.join(f'{hint.__name__}.{each.name}' for each in hint)}"
    return "None" if hint is type(None) else _WORDS.get(hint, f"of {hint.__name__}")
