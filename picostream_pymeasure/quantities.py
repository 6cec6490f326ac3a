"""Numbers as people read and type them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal

from .config import ChannelScale
from .errors import ConfigurationError

#: What is shown for a quantity that is not known.
UNKNOWN = "–"

#: Prefixes that are read, with their powers of ten; ``K`` and the forms of µ are what people type.
_READ: Mapping[str, int] = {
    "": 0,
    "p": -12,
    "n": -9,
    "u": -6,
    "µ": -6,
    "μ": -6,
    "m": -3,
    "k": 3,
    "K": 3,
    "M": 6,
    "G": 9,
    "T": 12,
}
#: … and that are written.
_WRITTEN = {-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}

#: Units that take prefixes, with what else they are called; others are taken as they are.
_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    **{unit: (unit,) for unit in ("", "A", "B", "F", "H", "Hz", "J", "N", "Pa", "T", "V", "W")},
    "s": ("s", "sec"),
    "S/s": ("S/s", "Sa/s", "SPS", "Hz"),
    "Ω": ("Ω", "Ω", "ohm"),
}
_LONG_TIMES_S = {"min": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}

#: So many minutes, hours or seconds are written in several units; of endless times nobody cares.
_MANY, _ENDLESS_S = 1000, 10**15

_NOUNS = {"V": "a voltage", "s": "a time", "S/s": "a rate", "Hz": "a frequency", "A": "a current"}

#: What is longer is no number of this world.
_MOST_POWER_DIGITS = 4

_MINUS = "\u2212"
_GROUP_MARKS = "_'’\u0020\u00a0\u2009\u202f"
_NARROW_SPACE = "\u202f"
_NUMBER = re.compile(
    rf"(?P<sign>[+\-{_MINUS}]?)\s*(?P<digits>\d[\d.,{_GROUP_MARKS}]*|[.,]\d+)"
    rf"(?P<exponent>e[+\-{_MINUS}]?\d+)?",
    re.IGNORECASE,
)
_GROUPED = re.compile(rf"\d{{1,3}}(?P<mark>[.,{_GROUP_MARKS}])\d{{3}}(?:(?P=mark)\d{{3}})*")

#: Between the parts of a time such as 2 h 30 min; e begins an exponent.
_NEXT_PART = re.compile(r"(?<=[a-z])(?<!e)\s*(?=\d)", re.IGNORECASE)


def parse(text: str, unit: str = "") -> float:
    """Read a number as a person types it: ``0.5``, ``1,5``, ``500 mV``, ``500k``, ``1 h 30 min``.

    A number alone is in ``unit``; one with a prefix alone is in the unit without its own prefix.
    Point and comma both begin the decimals, whatever the locale. Digits in groups are read where
    nothing else can be meant (``1 000 000``, ``1.234,5``); ``1,500``, and ``5m`` for a time, are
    refused, as they can be either. Prefixes are told apart by their case, as m and M are.

    :param unit: such as ``"V"``, ``"MS/s"``, ``"%"``; empty for a number without one.
    :raises ConfigurationError: it is not understood; the sentence says what would be.
    """
    read = [_part(part, text, unit) for part in _parts(text.strip(), unit)]
    factors = [factor for _, factor in read]
    value = float(sum(number * factor for number, factor in read))
    if factors != sorted(set(factors), reverse=True) or not math.isfinite(value):
        raise ConfigurationError(_refusal(text, unit))
    return -value if text.strip().startswith(("-", _MINUS)) else value


def parse_scale(text: str) -> ChannelScale:
    """Read what a voltage stands for: ``1 nA/mV``, ``2.5 bar/V``, or of a probe ``100 mV/A``.

    :raises ConfigurationError: it is not understood; the sentence says what would be.
    """
    numerator, _, denominator = text.strip().partition("/")
    match = _NUMBER.match(numerator)
    number = parse(match.group()) if match else 1.0
    unit, per = numerator[match.end() if match else 0 :].strip(), denominator.strip()
    for voltage, quantity, is_inverse in ((per, unit, False), (unit, per, True)):
        power, base = _split(voltage)
        if base == "V" and quantity and number > 0:
            volts = 10.0**power
            return ChannelScale(1 / (number * volts) if is_inverse else number / volts, quantity)
    raise ConfigurationError(
        f"{text!r} is no scale of a voltage; write for example 1 nA/mV, 2.5 bar/V or 100 mV/A."
    )


def scale_text(scale: ChannelScale) -> str:
    """Write it such that :func:`parse_scale` reads it back."""
    return f"{_digits(Decimal(repr(scale.per_volt)))} {scale.unit}/V"


def base_unit(unit: str) -> tuple[str, float]:
    """A unit without its prefix, and how many of these it is: ``("A", 1e-9)`` of nA."""
    power, base = _split(unit)
    return (unit, 1.0) if base is None else (base, 10.0**power)


def exact(value: float, unit: str = "") -> str:
    """Write a number with the prefix that fits, such that :func:`parse` reads it back as it is."""
    power, base = _split(unit)
    number = Decimal(repr(float(value)))
    if not number.is_finite():
        return UNKNOWN
    if base is None or not base or not number:
        return f"{_digits(number, grouped=not unit)} {unit}".rstrip()
    number = number.scaleb(power)
    if base == "s" and abs(number) >= _LONG_TIMES_S["min"]:
        return _long_time(number)
    highest = 0 if base == "s" else 12  # nobody says kiloseconds
    shown = min(max(number.adjusted() // 3 * 3, -12), highest)
    return f"{_digits(number.scaleb(-shown))} {_WRITTEN[shown]}{base}"


def _long_time(seconds: Decimal) -> str:
    """As a number of one unit (5 min, 36 h, 90 s), or of several: 3 472 d 5 h 20 min."""
    for unit in ("d", "h", "min"):
        number = seconds / _LONG_TIMES_S[unit]
        is_short = unit == "d" or abs(number) < _MANY
        if is_short and number == number.to_integral_value():
            return f"{_digits(number, grouped=True)} {unit}"
    if not _MANY <= abs(seconds) < _ENDLESS_S:
        return f"{_digits(seconds, grouped=True)} s"
    rest, parts = abs(seconds), []
    for unit in ("d", "h", "min"):
        number, rest = divmod(rest, _LONG_TIMES_S[unit])
        parts += [f"{_digits(number, grouped=True)} {unit}"] if number else []
    parts += [f"{_digits(rest)} s"] if rest else []
    return f"{'-' if seconds < 0 else ''}{' '.join(parts)}"


def shortened(value: float, digits: int = 6) -> float:
    """A number with as many digits as people want to read in a field."""
    return float(f"{value:.{digits}g}")


def si(value: float, unit: str, digits: int = 4) -> str:
    """Write a measured quantity with a constant number of digits: 1.000 kHz, -20.35 mV.

    :param digits: significant ones.
    :returns: ``UNKNOWN`` for what is not finite.
    """
    if not math.isfinite(value):
        return UNKNOWN
    rounded = Decimal(f"{value:.{digits - 1}e}")  # 999.96 mV is 1.000 V already
    power = min(max(rounded.adjusted() // 3 * 3, -15), 12) if rounded else 0
    scaled = rounded.scaleb(-power)
    n_before = max(scaled.adjusted(), 0) + 1
    return f"{scaled:.{max(digits - n_before, 0)}f} {_WRITTEN[power]}{unit}".rstrip()


def is_rounding(value: float, other: float) -> bool:
    """Whether two computed values differ by no more than the rounding of numbers explains."""
    return math.isclose(value, other, rel_tol=1e-12)


def percent(share: float) -> str:
    """Write a share of 0 to 1 in per cent: 50.0 %."""
    return f"{share * 100:.1f} %" if math.isfinite(share) else UNKNOWN


def count(number: float) -> str:
    """Write a count: 1234, 1.23 M, 4.57 G."""
    return _shortened(number, (12, 9, 6)) or f"{number:.0f}"


def per_second(hz: float) -> str:
    """Write how many come in a second: 0.213, 12.5, 2005."""
    return f"{hz:.3g}" if hz < 100 else count(hz)


def rate(hz: float) -> str:
    """Write a sample rate: 62.50 MS/s, 1.00 kS/s."""
    return f"{_shortened(hz, (6, 3)) or f'{hz:.2f} '}S/s"


def size(n_bytes: float) -> str:
    """Write a file size in decimal units."""
    return f"{_shortened(n_bytes, (12, 9, 6, 3)) or f'{n_bytes:.0f} '}B"


def duration(seconds: float) -> str:
    """Write a time span: 3.21 ms, 5.25 s, 12:34 min, 3:04:05 h, 12 d 3:04:05 h."""
    if seconds < 0.1:
        return f"{seconds * 1e3:.3g} ms"
    if seconds < 60:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    text = f"{minutes}:{whole % 60:02d} min"
    if hours or days:
        text = f"{hours}:{minutes:02d}:{whole % 60:02d} h"
    return f"{days} d {text}" if days else text


def _shortened(number: float, powers: tuple[int, ...]) -> str:
    """Two decimals and a prefix; empty for a number below the smallest of the powers."""
    for power in powers:
        if round(number / 10 ** (power - 3), 2) >= 1000:  # 999 999 999 is 1.00 G already
            return f"{number / 10**power:.2f} {_WRITTEN[power]}"
    return ""


def _parts(text: str, unit: str) -> list[str]:
    """The numbers of a time, each with its unit; of everything else the text as it is."""
    parts = _NEXT_PART.split(text) if _split(unit)[1] == "s" else [text]
    return parts if all(part[-1:].isalpha() for part in parts) else [text]


def _part(part: str, text: str, unit: str) -> tuple[Decimal, Decimal]:
    """A number without its sign, and how many of a unit the one behind it is.

    :param text: what the part is of.
    :raises ConfigurationError: it is not understood.
    """
    match = _NUMBER.match(part)
    if match is None:
        raise ConfigurationError(_refusal(text, unit))
    suffix = part[match.end() :].strip()
    _refuse_minutes(text, match.group(), suffix, unit)
    factor = _factor(suffix, unit)
    digits = _plain(match["digits"].strip(), text)
    power = (match["exponent"] or "e0")[1:].replace(_MINUS, "-")
    if factor is None or digits is None or len(power) > _MOST_POWER_DIGITS:
        raise ConfigurationError(_refusal(text, unit))
    return Decimal(f"{digits}e{power}"), factor


def _split(unit: str) -> tuple[int, str | None]:
    """Power of ten and base of a unit; without a base for one that takes no prefixes."""
    if unit in _SPELLINGS:
        return 0, unit
    if unit[:1] in _READ and unit[1:] in _SPELLINGS and unit[1:]:
        return _READ[unit[:1]], unit[1:]
    return 0, None


def _factor(suffix: str, unit: str) -> Decimal | None:
    """How many of a unit what stands behind a number is; None for another kind of unit."""
    if suffix in ("", unit):
        return Decimal(1)
    power, base = _split(unit)
    if base is None:
        return Decimal(1) if suffix.casefold() == unit.casefold() else None
    if base == "s" and suffix.casefold().removesuffix("s") in _LONG_TIMES_S:
        seconds = _LONG_TIMES_S[suffix.casefold().removesuffix("s")]
        return Decimal(seconds).scaleb(-power)
    for prefix, read in _READ.items():
        named = suffix.startswith(prefix) and _is_unit(suffix[len(prefix) :], base)
        if named or suffix == prefix:
            return Decimal(1).scaleb(read - power)
    return None


def _refuse_minutes(text: str, number: str, suffix: str, unit: str) -> None:
    """Who writes 5m for a time means minutes more often than milliseconds.

    :raises ConfigurationError: it can be either.
    """
    if suffix in ("m", "M") and _split(unit)[1] == "s":
        number = number.strip()
        raise ConfigurationError(
            f"{text!r} can be {number} ms or {number} min; write one of these."
        )


def _is_unit(text: str, base: str) -> bool:
    """Whether a text is a unit without a prefix; S are siemens, V and v mean the same."""
    if base == "s":
        return text in _SPELLINGS[base]
    return text.casefold() in map(str.casefold, _SPELLINGS[base])


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
                f"{text!r} can be {whole}.{decimals} or {whole}{decimals}; write one of these."
            )
        if len(marks) == 1 or _GROUPED.fullmatch(whole):
            return f"{_without_marks(whole) or '0'}.{decimals or '0'}"
    elif not marks or _GROUPED.fullmatch(digits):
        return _without_marks(digits)
    return None


def _without_marks(digits: str) -> str:
    return "".join(filter(str.isdecimal, digits))


def _digits(number: Decimal, grouped: bool = False) -> str:
    """A number without an exponent and without zeros at the end of its decimals."""
    text = f"{number:{',' if grouped else ''}f}".replace(",", _NARROW_SPACE)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _refusal(text: str, unit: str) -> str:
    _, base = _split(unit)
    noun = _NOUNS.get(base or "", "a number")
    examples = f"500 m{base} or 0.5" if base in ("V", "A", "s") else "0.5"
    if base in ("S/s", "Hz"):
        examples = f"500 k{base} or 0.5 M{base}"
    return f"{text!r} is not {noun}; write for example {examples}."
