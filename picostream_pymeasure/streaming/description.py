"""What is known of a stream at its start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ..config import StreamConfig
from ..driver import Unit
from ..records import StreamDescription
from .pool import PoolPlan


def describe_stream(
    unit: Unit,
    config: StreamConfig,
    plan: PoolPlan,
    interval_ns: float,
    max_adc: int,
    metadata: Mapping[str, Any],
) -> StreamDescription:
    """Describe a stream that the scope has just begun.

    :param interval_ns: between two raw samples, as the scope answered.
    :param max_adc: the driver's, of samples of two bytes.
    """
    return StreamDescription(
        config=config,
        sample_interval_ns=interval_ns,
        max_adc=max_adc >> (8 if plan.counts_dtype == "i1" else 0),
        block_samples=plan.block_samples,
        counts_dtype=plan.counts_dtype,
        held_s=plan.held_samples * interval_ns * 1e-9 * config.downsample_ratio,
        start_time=datetime.now(timezone.utc).isoformat(),
        unit=dict(unit.info),
        simulation=unit.simulation(),
        metadata=metadata,
    )
