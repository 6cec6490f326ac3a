"""An event rule as the search knows it: in counts and samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..config import CountScale, EventRule
from ..kernels import events as kernel

_LIMIT_SAMPLES = 2**40


def samples_in(seconds: float, interval_s: float, least: int) -> int:
    """Samples in a time, at least so many."""
    return int(min(max(round(seconds / interval_s), least), _LIMIT_SAMPLES))


def pace_of(rule: EventRule, interval_s: float) -> Any:
    """A record of :data:`~..kernels.events.PACE`."""
    record = np.zeros(1, kernel.PACE)[0]
    record["hold_off"] = samples_in(rule.hold_off_s, interval_s, 0)
    record["second"] = samples_in(1.0, interval_s, 1)
    record["most"] = int(min(rule.max_rate_hz, 2**62))
    return record


def kernel_rule(rule: EventRule, interval_s: float, scale: CountScale, step: int) -> Any:
    """A record of :data:`~..kernels.events.RULE`.

    :param step: counts from one value of the converter to the next.
    """
    record = np.zeros(1, kernel.RULE)[0]
    record["rises"], record["falls"] = rule.direction != "falling", rule.direction != "rising"
    record["scale"] = (
        kernel.SIGMAS
        if rule.in_sigma
        else kernel.DEVIATION
        if rule.direction == "either"
        else kernel.LEVEL
    )
    for name, relaxed in (("keep", 0.0), ("detect", rule.hysteresis_value)):
        record[name] = _amount(rule, relaxed, scale)
    # what the converter cannot tell is noise
    record["least_sigma"] = step / np.sqrt(12.0)
    record["shortest"] = samples_in(rule.min_width_s, interval_s, 1)
    record["longest"] = samples_in(rule.max_width_s, interval_s, 1)
    return record


def _amount(rule: EventRule, relaxed: float, scale: CountScale) -> float:
    if rule.in_sigma:
        return rule.threshold - relaxed
    if rule.direction == "either":
        return (rule.threshold - relaxed) / scale.volts_per_count
    level_v = rule.threshold + (relaxed if rule.direction == "falling" else -relaxed)
    return scale.counts(level_v)


def converter_step(resolution_bits: object, count_bytes: int) -> int:
    """Counts from one value of the converter to the next, 1 where nobody knows."""
    bits = 8 * count_bytes
    if isinstance(resolution_bits, int) and 0 < resolution_bits <= bits:
        return 1 << (bits - resolution_bits)
    return 1
