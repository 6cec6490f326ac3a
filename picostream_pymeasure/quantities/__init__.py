"""Numbers as people read and type them."""

from .reading import parse, parse_scale, read_scale, refuse_thousands, unit_fault
from .units import base_unit
from .writing import (
    SI_DIGITS,
    UNKNOWN,
    count,
    duration,
    exact,
    is_rounding,
    per_second,
    percent,
    rate,
    rough_duration,
    scale_text,
    shortened,
    si,
    si_alike,
    si_at,
    size,
)

__all__ = [
    "SI_DIGITS",
    "UNKNOWN",
    "base_unit",
    "count",
    "duration",
    "exact",
    "is_rounding",
    "parse",
    "parse_scale",
    "per_second",
    "percent",
    "rate",
    "read_scale",
    "refuse_thousands",
    "rough_duration",
    "scale_text",
    "shortened",
    "si",
    "si_alike",
    "si_at",
    "size",
    "unit_fault",
]
