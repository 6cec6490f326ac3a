"""How large the pool of a stream is."""

from __future__ import annotations

from picostream_pymeasure.config import StreamConfig, TriggerConfig
from picostream_pymeasure.streaming.pool import PoolPlan


def held_samples(pre_trigger_s: float) -> int:
    trigger = TriggerConfig("A", 0.0, pre_trigger_s=pre_trigger_s)
    plan = PoolPlan.for_stream(StreamConfig(sample_rate_hz=1e7, trigger=trigger), 100.0)
    return plan.n_blocks * plan.block_samples


def test_samples_before_the_trigger_have_room_of_their_own() -> None:
    assert held_samples(10.0) >= 140_000_000
    assert held_samples(20.0) - held_samples(10.0) >= 99_000_000
