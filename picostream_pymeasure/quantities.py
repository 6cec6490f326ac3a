"""Numbers as people read them."""

from __future__ import annotations


def count(number: float) -> str:
    """Write a count: 1234, 1.23 M, 4.57 G."""
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if number >= factor:
            return f"{number / factor:.2f} {prefix}"
    return f"{number:.0f}"


def rate(hz: float) -> str:
    """Write a sample rate: 62.50 MS/s, 1.00 kS/s."""
    for factor, prefix in ((1e6, "M"), (1e3, "k")):
        if hz >= factor:
            return f"{hz / factor:.2f} {prefix}S/s"
    return f"{hz:.2f} S/s"


def size(n_bytes: float) -> str:
    """Write a file size in decimal units."""
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if n_bytes >= factor:
            return f"{n_bytes / factor:.2f} {prefix}B"
    return f"{n_bytes:.0f} B"


def duration(seconds: float) -> str:
    """Write a time span: 3.21 ms, 5.25 s, 12:34, 3:04:05, 12 d 3:04:05."""
    if seconds < 0.1:
        return f"{seconds * 1e3:.3g} ms"
    if seconds < 60:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    text = f"{minutes}:{whole % 60:02d}"
    if hours or days:
        text = f"{hours}:{minutes:02d}:{whole % 60:02d}"
    return f"{days} d {text}" if days else text
