"""How long a stream will be."""

from __future__ import annotations

from ..config import StreamConfig


def largest_samples(config: StreamConfig, sample_interval_ns: float) -> int | None:
    """Delivered samples per input at most, with those before the trigger; None without an end."""
    n_samples = config.target_samples(sample_interval_ns)
    if n_samples is None or config.trigger is None:
        return n_samples
    return n_samples + config.samples_in(config.trigger.pre_trigger_s, sample_interval_ns)
