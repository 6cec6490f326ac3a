"""Numbers as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from ..config import ChannelScale
from .units import LONG_TIMES_S, WRITTEN_PREFIXES, split_unit

#: What is shown for a quantity that is not known.
UNKNOWN = "–"

#: Digits of a measured quantity, where nothing else is said.
SI_DIGITS = 4

#: A number that wavers around 1 has one prefix.
_NEARLY_ONE = 0.9

#: Of a quantity in the unit of a larger one.
_MOST_DECIMALS = 5

#: With more of them before or behind the point nobody reads a number without an exponent.
_MOST_DIGITS = 30

#: So many minutes, hours or seconds are written in several units; of endless times nobody cares.
_MANY, _ENDLESS_S = 1000, 10**15

_NARROW_SPACE = "\u202f"


def scale_text(scale: ChannelScale) -> str:
    """Write it such that :func:`parse_scale` reads it back."""
    return f"{_digits(Decimal(repr(scale.per_volt)))} {scale.unit}/V"


def exact(value: float, unit: str = "") -> str:
    """Write a number with the prefix that fits, such that :func:`parse` reads it back as it is."""
    power, base = split_unit(unit)
    number = Decimal(repr(float(value)))
    if not number.is_finite():
        return UNKNOWN
    if number and abs(number.adjusted()) > _MOST_DIGITS:
        return f"{number:e} {unit}".rstrip()
    if base is None or not base or not number:
        return f"{_digits(number, grouped=not unit)} {unit}".rstrip()
    number = number.scaleb(power)
    if base == "s" and abs(number) >= LONG_TIMES_S["min"]:
        return _long_time(number)
    highest = 0 if base == "s" else 12  # nobody says kiloseconds
    shown = min(max(number.adjusted() // 3 * 3, -12), highest)
    return f"{_digits(number.scaleb(-shown))} {WRITTEN_PREFIXES[shown]}{base}"


def _long_time(seconds: Decimal) -> str:
    """As a number of one unit (5 min, 36 h, 90 s), or of several: 3 472 d 5 h 20 min."""
    for unit in ("d", "h", "min"):
        number = seconds / LONG_TIMES_S[unit]
        is_short = unit == "d" or abs(number) < _MANY
        if is_short and number == number.to_integral_value():
            return f"{_digits(number, grouped=True)} {unit}"
    if not _MANY <= abs(seconds) < _ENDLESS_S:
        return f"{_digits(seconds, grouped=True)} s"
    rest, parts = abs(seconds), []
    for unit in ("d", "h", "min"):
        number, rest = divmod(rest, LONG_TIMES_S[unit])
        parts += [f"{_digits(number, grouped=True)} {unit}"] if number else []
    parts += [f"{_digits(rest)} s"] if rest else []
    return f"{'-' if seconds < 0 else ''}{' '.join(parts)}"


def shortened(value: float, digits: int = 6) -> float:
    """A number with as many digits as people want to read in a field."""
    return float(f"{value:.{digits}g}")


def si(value: float, unit: str, digits: int = SI_DIGITS) -> str:
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
    return f"{scaled:.{max(digits - n_before, 0)}f} {WRITTEN_PREFIXES[power]}{unit}".rstrip()


def si_at(value: float, unit: str, power: int, last: int) -> str:
    """Write a measured quantity with a prefix and a last digit that others have chosen.

    :param power: of ten, of the prefix: -3 for m.
    :param last: power of ten of the last digit; none is left out before the point.
    """
    text = f"{Decimal(value).scaleb(-power):.{max(power - last, 0)}f}"
    text = text if float(text) else text.lstrip("-")
    return f"{text} {WRITTEN_PREFIXES[power]}{unit}".rstrip()


def si_alike(values: Sequence[float], unit: str) -> list[str]:
    """Write quantities of a kind with the prefix and the last digit of the largest.

    Smaller ones have as many further decimals as they need for three digits.

    From 0.9 on it has the prefix of 1, so that it does not change while a number wavers there.
    """
    sizes = [abs(value) for value in values]
    if not any(sizes) or not all(map(math.isfinite, values)):
        return [si(value, unit) for value in values]
    decades = [math.floor(math.log10((size or max(sizes)) / _NEARLY_ONE)) for size in sizes]
    highest = max(decades)
    power = min(max(highest // 3 * 3, -15), 12)
    last = [max(min(highest + 1 - SI_DIGITS, own - 2), power - _MOST_DECIMALS) for own in decades]
    return [si_at(value, unit, power, digit) for value, digit in zip(values, last, strict=True)]


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
    """Write a sample rate: 62.50 MS/s, 1.00 kS/s, 2.50 mS/s.

    With two decimals, as sizes and counts beside it; among quantities of a window :func:`si` gives
    it their digits. ``config.rate_text`` writes it as it is typed, where one is to be chosen.
    """
    if 0 < hz < 1:
        return si(hz, "S/s", 3)
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


def rough_duration(seconds: float) -> str:
    """Write a time span that is estimated: 3.2 s, 45 s, 1.7 min, 19 min, 7 h 48 min, 12 d 3 h."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{min(seconds, 59):.0f} s"
    if seconds < 595:
        return f"{seconds / 60:.1f} min"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 1440:
        return f"{minutes // 60} h {minutes % 60} min"
    hours = round(seconds / 3600)
    return f"{hours // 24} d {hours % 24} h"


def _shortened(number: float, powers: tuple[int, ...]) -> str:
    """Two decimals and a prefix; empty for a number below the smallest of the powers."""
    for power in powers:
        if round(number / 10 ** (power - 3), 2) >= 1000:  # 999 999 999 is 1.00 G already
            return f"{number / 10**power:.2f} {WRITTEN_PREFIXES[power]}"
    return ""


def _digits(number: Decimal, grouped: bool = False) -> str:
    """A number without an exponent and without zeros at the end of its decimals."""
    text = f"{number:{',' if grouped else ''}f}".replace(",", _NARROW_SPACE)
    return text.rstrip("0").rstrip(".") if "." in text else text
