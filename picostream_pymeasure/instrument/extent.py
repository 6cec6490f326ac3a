"""How long a stream or a capture lasts, as a user says it."""

from __future__ import annotations

from typing import Any

from ..config import MAX_DURATION_S, MAX_SAMPLES, StreamConfig
from . import checks

#: What ``stream`` takes for how long and how to stream unless it is told.
USUAL_EXTENT = {
    "duration_s": None,
    "samples": None,
    "pool_s": StreamConfig.pool_s,
    "on_overrun": StreamConfig.on_overrun,
    "keep": None,
}


def extent_of(duration: Any, samples: Any, most: int = MAX_SAMPLES) -> dict[str, Any]:
    """A time in s, a number of samples, or None as fields of a config.

    :param most: samples that are allowed.
    :raises ConfigurationError: says what is allowed.
    """
    if duration is not None:
        duration = checks.number("duration", duration, 1e-9, MAX_DURATION_S, "s")
    if samples is not None:
        samples = checks.whole_number("samples", samples, 1, most)
    return {"duration_s": duration, "samples": samples}
