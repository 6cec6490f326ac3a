"""Losses that nobody tells of, while the poll loop gets no processor now and then.

What is late and what is lost look alike for a while, so that a length may be too long at first and
another loss hide in it. On a virtual clock; what is true is computed from the samples.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from picostream_pymeasure.simulated import Fault, Habits
from tests.support.virtual_stream import Told, run_virtually

Tell = Callable[[str, object, object], None]

_ERROR_MS = 5.0
#: Each had a loss outside of all places once: in the length of an earlier one that was too long,
#: before the begin of a steady one that followed several, or behind a first sample that came late.
_SEEDS = (286, 320, 568, 611, 702, 1439, 1450)


def lose_silently(seed: int) -> Told:
    """A stream with some losses, and polls of which up to a fifth are up to 0.5 s late."""
    draw = random.Random(seed)
    seconds, rate_hz = draw.choice([6, 9, 12, 20]), draw.choice([2e4, 1e5])
    late_of_1000, latest_s = draw.choice([20, 100, 100, 200]), draw.choice([0.05, 0.2, 0.5])
    kind = draw.choice(["hang", "overrun", "mixed"])
    faults = [_loss(draw, kind, seconds, rate_hz) for _ in range(draw.randint(1, 14))]
    habits = Habits(
        memory_full=draw.choice(["oldest", "newest"]),
        packet=draw.choice(["100us", "100us", "1ms", "25ms", "all"]),
        nothing_new=draw.choice(["39", "0", "never"]),
        loss_told=draw.choice(["at_once", "at_hole"]),
        call_s=draw.choice([0, 0, 0.02]),
    )
    return run_virtually(
        seconds,
        rate_hz,
        late_of_1000=late_of_1000,
        latest_s=latest_s,
        late_seed=seed + 1,
        fifo_s=draw.choice([0.1, 0.1, 0.3]),
        overrun_signal="none",
        habits=habits,
        faults=tuple(sorted(faults, key=lambda fault: fault.at_s or 0.0)),
    )


def _loss(draw: random.Random, kind: str, seconds: float, rate_hz: float) -> Fault:
    at_s = draw.uniform(0.3, seconds)
    if kind == "overrun" or (kind == "mixed" and draw.random() < 0.5):
        lost_s = draw.choice([0.02, 0.05, 0.1, 0.1, 0.15, 0.3]) * draw.uniform(0.8, 1.2)
        return Fault("overrun", at_s=at_s, samples=int(lost_s * rate_hz))
    return Fault("hang", at_s=at_s, duration_s=draw.uniform(0.12, 0.5))


@pytest.mark.parametrize("seed", [*_SEEDS, *range(40)])
def test_every_loss_that_could_be_seen_lies_in_a_stated_place(tell: Tell, seed: int) -> None:
    told = lose_silently(seed)
    if seed in _SEEDS:
        tell(f"losses of a busy machine, told by nothing ({seed})", told.said, told.true)
    shortest = max(_ERROR_MS, told.unseen_ms()) * 1e6 / told.interval_ns
    outside = [
        (place, missing)
        for place, missing in told.truth
        if missing > shortest and not any(row.earliest <= place <= row.latest for row in told.rows)
    ]
    assert not outside, told.rows
