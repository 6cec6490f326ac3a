"""Quantities with SI prefixes, as scopes write them."""

from __future__ import annotations

import math

from pyqtgraph import siScale

#: What is shown for a quantity that is not known.
UNKNOWN = "–"


def format_si(value: float, unit: str, digits: int = 4) -> str:
    """Write a quantity with a prefix and a constant number of digits: 1.000 kHz, -20.35 mV.

    pyqtgraph's ``siFormat`` drops zeros at the end, so that live numbers jump about.

    :param digits: significant ones.
    :returns: ``UNKNOWN`` for what is not finite.
    """
    if not math.isfinite(value):
        return UNKNOWN
    rounded = float(f"{value:.{digits - 1}e}")  # 999.96 mV is 1.000 V already
    factor, prefix = siScale(rounded)
    scaled = rounded * factor
    n_before = len(str(int(abs(scaled) + 1e-9)))
    return f"{scaled:.{max(digits - n_before, 0)}f} {prefix.strip()}{unit}".rstrip()


def format_percent(share: float, decimals: int = 1) -> str:
    """Write a share of 0 to 1 in per cent: 50.0 %."""
    return f"{share * 100:.{decimals}f} %" if math.isfinite(share) else UNKNOWN
