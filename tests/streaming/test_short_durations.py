"""A duration of which the host's clock says that it is over, and not all samples have come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure import verify
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.simulated import Habits
from picostream_pymeasure.streaming.producer import Producer
from tests.support.made_state import state_of


def producer_of(**fields: Any) -> Producer:
    state = state_of(target=1_000_000, interval_ns=20_000.0, poll_ns=20_000_000, **fields)
    unit: Any = None
    config: Any = None
    producer = Producer(unit, config, state, 100, lambda _error: None)
    producer._note_shortage()
    return producer


@pytest.mark.parametrize(
    ("fields", "is_short"),
    [
        ({"accepted": 262_500}, True),
        ({"accepted": 990_000}, True),
        ({"accepted": 996_500}, False),
        ({"accepted": 1_000_000}, False),
        ({"accepted": 262_500, "lost": 737_500}, False),
        ({"accepted": 262_500, "lost": 700_000, "open_lost": 37_500}, False),
        ({"accepted": 1_000_000, "beyond": 5}, False),
    ],
)
def test_it_is_short_where_more_is_missing_than_clocks_explain(
    fields: dict[str, int], is_short: bool
) -> None:
    assert producer_of(**fields).is_short == is_short


def test_the_reason_says_how_many_samples_have_not_come() -> None:
    assert producer_of(accepted=262_500).reason == (
        "The time asked for was over by the host's clock, and 737,500 of 1,000,000 samples per "
        "channel had not come: the scope or its driver hands them over too slowly."
    )


def test_a_recording_that_is_short_is_not_complete(
    simulated: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "short.hdf5"
    library = simulated(fifo_s=60.0, habits=Habits(quiet_calls=120))
    with PicoScope5000A(PicoScopeAdapter(library=library)) as scope:
        scope.sample_rate = 1e5
        with scope.stream(path, duration=1.0) as session:
            session.wait()
    outcome = session.outcome
    assert outcome is not None
    report = verify(path)
    assert (outcome.ended_by, outcome.health.gaps, report.errors) == ("target", 0, [])
    assert (report.status, report.exit_code) == ("incomplete", 3)
    assert "samples per channel had not come" in outcome.reason
