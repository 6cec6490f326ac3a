"""Units and their prefixes, as they are read and written."""

from __future__ import annotations

from collections.abc import Mapping

#: Prefixes that are read, with their powers of ten; ``K`` and the forms of µ are what people type.
READ_PREFIXES: Mapping[str, int] = {
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
WRITTEN_PREFIXES = {
    **{-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m"},
    **{0: "", 3: "k", 6: "M", 9: "G", 12: "T"},
}

#: Units that take prefixes, with what else they are called; others are taken as they are.
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    **{unit: (unit,) for unit in ("", "A", "B", "F", "H", "Hz", "J", "N", "Pa", "T", "V", "W")},
    "s": ("s", "sec"),
    "S/s": ("S/s", "Sa/s", "SPS", "Hz"),
    "Ω": ("Ω", "Ω", "ohm"),
}
LONG_TIMES_S = {"min": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}

MINUS = "\u2212"


def split_unit(unit: str) -> tuple[int, str | None]:
    """Power of ten and base of a unit; without a base for one that takes no prefixes."""
    if unit in SPELLINGS:
        return 0, unit
    if unit[:1] in READ_PREFIXES and unit[1:] in SPELLINGS and unit[1:]:
        return READ_PREFIXES[unit[:1]], unit[1:]
    return 0, None


def base_unit(unit: str) -> tuple[str, float]:
    """A unit without its prefix, and how many of these it is: ``("A", 1e-9)`` of nA."""
    power, base = split_unit(unit)
    return (unit, 1.0) if base is None else (base, 10.0**power)
