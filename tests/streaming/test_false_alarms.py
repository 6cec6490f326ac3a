"""No loss is told where none was: rates, clocks, packets and busy machines, drawn at random."""

from __future__ import annotations

import random
from typing import Any

import pytest

from picostream_pymeasure.simulated import Habits
from tests.support.virtual_stream import run_virtually

#: Seconds of a stream, and what keeps it in memory.
RATES: dict[float, tuple[float, dict[str, Any]]] = {
    10: (60, {}),
    1e3: (60, {}),
    1e4: (60, {}),
    1e5: (30, {}),
    1e6: (10, {}),
    62.5e6: (2.5, {"kept_s": 0.1}),
    125e6: (2.0, {"kept_s": 0.1, "bits": 8}),
}
_SHORT = range(4)


def _draw(rate_hz: float, seed: int) -> dict[str, Any]:
    """Clocks that differ by up to 100 ppm and drift, the host's perhaps corrected by 500 ppm; a
    machine whose cores are so busy that up to 30 % of the polls are late.
    """
    draw = random.Random(f"{rate_hz} {seed}")
    habits = Habits(
        packet=draw.choice(["25ms", "25ms", "100us"]),
        clock_ppm=draw.uniform(-100, 100) + draw.choice([0, 500, -500]),
        clock_drift_ppm_h=draw.uniform(-10, 10),
        call_s=draw.choice([0, 0, 0.005, 0.03]),
        quiet_calls=draw.choice([0, 0, 2]),
        wrap=draw.choice(["early", "later", "same_call"]),
    )
    late_of_1000 = draw.choice([0, 10, 50, 100, 300])
    latest_s = draw.choice([0.05, 0.2, 0.5])
    return {"habits": habits, "late_of_1000": late_of_1000, "latest_s": latest_s}


def _require_none(rate_hz: float, seed: int) -> None:
    seconds, kept = RATES[rate_hz]
    drawn = _draw(rate_hz, seed)
    told = run_virtually(seconds, rate_hz, fifo_s=60.0, late_seed=seed, **drawn, **kept)
    assert (told.rows, told.true_lost) == ([], 0), drawn


@pytest.mark.parametrize("rate_hz", RATES)
def test_there_is_no_false_alarm(rate_hz: float) -> None:
    for seed in _SHORT:
        _require_none(rate_hz, seed)


#: Polls and returns that are late may look like a rate that is too low, up to the last moment.
HARD: dict[float, dict[str, Any]] = {
    1e5: {
        "late_of_1000": 100,
        "late_seed": 132,
        "habits": Habits(packet="25ms", call_s=0.03, wrap="later"),
    },
    1e6: {
        "late_of_1000": 300,
        "late_seed": 100,
        "habits": Habits(packet="25ms", clock_ppm=563, wrap="early"),
    },
    62.5e6: {
        "late_of_1000": 100,
        "late_seed": 104,
        "habits": Habits(packet="25ms", clock_ppm=-506, call_s=0.005, wrap="early"),
    },
}


@pytest.mark.parametrize("rate_hz", HARD)
def test_what_comes_late_at_the_end_is_no_loss(rate_hz: float) -> None:
    seconds, kept = RATES[rate_hz]
    told = run_virtually(seconds, rate_hz, fifo_s=60.0, **HARD[rate_hz], **kept)
    assert (told.rows, told.true_lost) == ([], 0)


@pytest.mark.long
@pytest.mark.parametrize("rate_hz", RATES)
def test_there_is_no_false_alarm_in_two_hundred_streams(rate_hz: float) -> None:
    for seed in range(200):
        _require_none(rate_hz, seed)
