"""Numbers as people type them."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from ..config import ChannelScale
from ..errors import ConfigurationError, shown
from .units import LONG_TIMES_S, MINUS, READ_PREFIXES, SPELLINGS, split_unit

_NOUNS = {
    "V": "a voltage",
    "s": "a time",
    "S/s": "a rate",
    "Hz": "a frequency",
    "A": "a current",
    "B": "a size",
}

#: What is longer is no number of this world.
_MOST_POWER_DIGITS = 4

_GROUP_MARKS = "_'’\u0020\u00a0\u2009\u202f"
_NUMBER = re.compile(
    rf"(?P<sign>[+\-{MINUS}]?)\s*(?P<digits>\d[\d.,{_GROUP_MARKS}]*|[.,]\d+)"
    rf"(?P<exponent>e[+\-{MINUS}]?\d+)?",
    re.IGNORECASE,
)
_GROUPED = re.compile(rf"\d{{1,3}}(?P<mark>[.,{_GROUP_MARKS}])\d{{3}}(?:(?P=mark)\d{{3}})*")

#: In half of the world thousands of a whole number, in the other half its decimals.
_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}")

#: A rate whose time was left out.
_SAMPLES = re.compile(r"[\d.]{1,9}\s*[kKMG]?S")

#: How a unit begins that is most likely a number; nano is a prefix.
_LIKE_NUMBER = re.compile("inf|nan(?!o)", re.IGNORECASE)

#: Between the parts of a time such as 2 h 30 min; e begins an exponent.
_NEXT_PART = re.compile(r"(?<=[a-z])(?<!e)\s*(?=\d)", re.IGNORECASE)


#: More of a text that is refused is not said again.
_LONGEST = 60


def parse(text: str, unit: str = "", example: str = "") -> float:
    """Read a number as a person types it: ``0.5``, ``1,5``, ``500 mV``, ``500k``, ``1 h 30 min``.

    A number alone is in ``unit``; one with a prefix alone is in the unit without its own prefix.
    Point and comma both begin the decimals, whatever the locale. Digits in groups are read where
    nothing else can be meant (``1 000 000``, ``1.234,5``); ``1,500``, and ``5m`` for a time, are
    refused, as they can be either. Prefixes are told apart by their case, as m and M are.

    :param unit: such as ``"V"``, ``"MS/s"``, ``"%"``; empty for a number without one.
    :param example: for the sentence, where that of the unit is not allowed.
    :raises ConfigurationError: it is not understood; the sentence says what would be.
    """
    read = [_part(part, text, unit, example) for part in _parts(text.strip(), unit)]
    factors = [factor for _, factor in read]
    exact = sum((number * factor for number, factor in read), Decimal(0))
    value = float(exact)
    is_held = _is_held(exact) and _is_held(exact.scaleb(split_unit(unit)[0]))
    if factors != sorted(set(factors), reverse=True) or not is_held:
        raise ConfigurationError(_refusal(text, unit, example))
    return -value if text.strip().startswith(("-", MINUS)) else value


def _is_held(exact: Decimal) -> bool:
    """Whether a float comes near a number."""
    return math.isfinite(float(exact)) and bool(float(exact)) == bool(exact)


def unit_fault(text: str, unit: str) -> str:
    """Say which unit of a text is none, and which ones are; empty if that is not what is wrong.

    :param unit: as of :func:`parse`.
    """
    base = split_unit(unit)[1]
    for part in _parts(text.strip(), unit):
        match = _NUMBER.match(part)
        suffix = part[match.end() :].strip() if match else ""
        is_word = 0 < len(suffix) <= _LONGEST and not re.search(r"\d", suffix)
        if is_word and base in _NOUNS and _factor(suffix, unit) is None:
            units = (*SPELLINGS[base], *(LONG_TIMES_S if base == "s" else ()))
            listed = f"{', '.join(units[:-1])} and {units[-1]} are" if units[1:] else f"{base} is"
            return f"{suffix} is no unit of {_NOUNS[base]}; {listed}."
    return ""


def parse_scale(text: str) -> ChannelScale:
    """Read what a voltage stands for: ``1 nA/mV``, ``2.5 bar/V``, or of a probe ``100 mV/A``.

    :raises ConfigurationError: it is not understood; the sentence says what would be.
    """
    numerator, _, denominator = text.strip().partition("/")
    match = _NUMBER.match(numerator)
    number = parse(match.group()) if match else 1.0
    unit, per = numerator[match.end() if match else 0 :].strip(), denominator.strip()
    for voltage, quantity, is_inverse in ((per, unit, False), (unit, per, True)):
        power, base = split_unit(voltage)
        if base == "V" and quantity and number > 0 and not _LIKE_NUMBER.match(quantity):
            volts = 10.0**power
            return ChannelScale(1 / (number * volts) if is_inverse else number / volts, quantity)
    raise ConfigurationError(
        f"{shown(text)} is no scale of a voltage; write for example 1 nA/mV, 2.5 bar/V or 100 mV/A."
    )


def read_scale(value: Any, what: str) -> ChannelScale:
    """Take a scale as it is, or read a text as :func:`parse_scale` does.

    :param what: begins the sentence.
    :raises ConfigurationError: it is none; says what is allowed.
    """
    if isinstance(value, str):
        return parse_scale(value)
    if not isinstance(value, ChannelScale):
        raise ConfigurationError(
            f"{what} is a text such as '1 nA/mV' or a ChannelScale, not {shown(value)}."
        )
    return value


def refuse_thousands(text: str) -> None:
    """Who writes 1.000 for a number of samples means a thousand more often than one.

    :raises ConfigurationError: it can be either.
    """
    number = text.strip()
    if _THOUSANDS.fullmatch(number):
        thousands = number.replace(".", "")
        raise ConfigurationError(
            f"{shown(text)} can be {float(number):g} or {thousands}; write one of these."
        )


def _parts(text: str, unit: str) -> list[str]:
    """The numbers of a time, each with its unit; of everything else the text as it is."""
    parts = _NEXT_PART.split(text) if split_unit(unit)[1] == "s" else [text]
    return parts if all(part[-1:].isalpha() for part in parts) else [text]


def _part(part: str, text: str, unit: str, example: str) -> tuple[Decimal, Decimal]:
    """A number without its sign, and how many of a unit the one behind it is.

    :param text: what the part is of.
    :raises ConfigurationError: it is not understood.
    """
    match = _NUMBER.match(part)
    if match is None:
        raise ConfigurationError(_refusal(text, unit, example))
    suffix = part[match.end() :].strip()
    _refuse_minutes(text, match.group(), suffix, unit)
    _refuse_lower_case(text, match.group(), suffix, unit)
    factor = _factor(suffix, unit)
    digits = _plain(match["digits"].strip(), text)
    power = (match["exponent"] or "e0")[1:].replace(MINUS, "-")
    if factor is None or digits is None or len(power) > _MOST_POWER_DIGITS:
        raise ConfigurationError(_refusal(text, unit, example))
    return Decimal(f"{digits}e{power}"), factor


def _factor(suffix: str, unit: str) -> Decimal | None:
    """How many of a unit what stands behind a number is; None for another kind of unit."""
    if suffix in ("", unit):
        return Decimal(1)
    power, base = split_unit(unit)
    if base is None:
        return Decimal(1) if suffix.casefold() == unit.casefold() else None
    if base == "s" and suffix.casefold().removesuffix("s") in LONG_TIMES_S:
        seconds = LONG_TIMES_S[suffix.casefold().removesuffix("s")]
        return Decimal(seconds).scaleb(-power)
    for prefix, read in READ_PREFIXES.items():
        if base == "B" and read < 0:  # there is no part of a byte
            continue
        named = suffix.startswith(prefix) and _is_unit(suffix[len(prefix) :], base)
        if named or suffix == prefix:
            return Decimal(1).scaleb(read - power)
    return None


def _refuse_minutes(text: str, number: str, suffix: str, unit: str) -> None:
    """Who writes 5m for a time means minutes more often than milliseconds.

    :raises ConfigurationError: it can be either.
    """
    if suffix in ("m", "M") and split_unit(unit)[1] == "s":
        number = number.strip()
        raise ConfigurationError(
            f"{shown(text)} can be {number} ms or {number} min; write one of these."
        )


def _refuse_lower_case(text: str, number: str, suffix: str, unit: str) -> None:
    """Who writes 10mhz, or 62m for a rate, means mega more often than milli.

    :raises ConfigurationError: it can be either.
    """
    base = split_unit(unit)[1]
    is_lower = suffix.startswith("m") and suffix == suffix.lower()
    is_unit = not suffix[1:] or _is_unit(suffix[1:], base or "")
    if is_lower and base in ("S/s", "Hz") and is_unit:
        number = number.strip()
        raise ConfigurationError(
            f"{shown(text)} can be {number} M{base} or {number} m{base}; write one of these."
        )


def _is_unit(text: str, base: str) -> bool:
    """Whether a text is a unit without a prefix; S are siemens, V and v mean the same."""
    if base == "s":
        return text in SPELLINGS[base]
    return text.casefold() in map(str.casefold, SPELLINGS[base])


def _plain(digits: str, text: str) -> str | None:
    """Digits with at most one point; None where the marks between them make no number.

    :raises ConfigurationError: a comma could begin the decimals or part thousands.
    """
    marks = [character for character in digits if not character.isdecimal()]
    last = marks[-1] if marks else ""
    if last in (".", ",") and marks.count(last) == 1:
        whole, _, decimals = digits.rpartition(last)
        if marks == [","] and len(decimals) == 3 and re.fullmatch("[1-9][0-9]{0,2}", whole):
            raise ConfigurationError(
                f"{shown(text)} can be {whole}.{decimals} or {whole}{decimals}; write one of these."
            )
        if len(marks) == 1 or _GROUPED.fullmatch(whole):
            return f"{_without_marks(whole) or '0'}.{decimals or '0'}"
    elif not marks or _GROUPED.fullmatch(digits):
        return _without_marks(digits)
    return None


def _without_marks(digits: str) -> str:
    return "".join(filter(str.isdecimal, digits))


def _refusal(text: str, unit: str, example: str = "") -> str:
    _, base = split_unit(unit)
    noun = _NOUNS.get(base or "", "a number")
    # without blanks, which a shell takes for the end of a value
    examples = f"500m{base} or 0.5" if base in ("V", "A", "s") else example or "0.5"
    if base == "B":
        examples = "500MB or 2GB"
    if base in ("S/s", "Hz"):
        examples = f"500k{base} or 0.5M{base}"
    if is_samples := base == "S/s" and _SAMPLES.fullmatch(text.strip()):
        examples = f"{''.join(text.split())}/s"
    given = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    sentence = f"{given!r} is not {noun}; write for example {examples}."
    return sentence if is_samples else f"{sentence} {unit_fault(text, unit)}".rstrip()
