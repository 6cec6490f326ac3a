"""What captures are told with, by tables and without a scope."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.capture import captures as captures_module
from picostream_pymeasure.capture.capturing import Capturing, Watch
from picostream_pymeasure.capture.plan import CapturePlan, _share
from picostream_pymeasure.capture.pulses import measure_pulses
from picostream_pymeasure.capture.run import FetchedRun
from picostream_pymeasure.capture.trigger_facts import RunTriggers, TriggerFacts
from picostream_pymeasure.capture.writing import Writing
from picostream_pymeasure.config import (
    CaptureConfig,
    ChannelConfig,
    TriggerConfig,
    TriggerDirection,
)
from picostream_pymeasure.driver import POWER_STATES, block
from picostream_pymeasure.errors import PowerSourceError

#: 4 samples before the trigger and 6 from it on, one a millisecond.
PLAN = CapturePlan(timebase=1, interval_ns=1e6, before=4, after=6, run_captures=100)


def config_of(names: str = "A", **fields: Any) -> CaptureConfig:
    channels = tuple(ChannelConfig(name, 1.0) for name in names)
    return CaptureConfig(channels=channels, samples=10, captures=100, **fields)


def run_of(counts: Any, overflow: Any = 0, counters: Any = None, end_s: float = 0.0) -> FetchedRun:
    counts = np.array(counts, np.int16)
    n = counts.shape[1]
    infos = np.zeros(n, block.TRIGGER_INFO)
    infos["counter"] = np.arange(n) * 100 if counters is None else counters
    return FetchedRun(
        counts, np.full(n, overflow, np.int16), infos, np.zeros(n), end_s - 1, [(n, end_s)]
    )


def test_inputs_share_the_memory_by_powers_of_two() -> None:
    assert [_share(n) for n in range(1, 7)] == [1, 2, 4, 4, 8, 8]


def test_a_pulse_is_measured_from_the_first_half_of_what_lies_before_it() -> None:
    down = [3276, 3276, 0, 0, -13107, 0, 0, 0, 0, 0]
    up = [0, 0, 9999, 9999, 13107, 0, 0, -3276, 0, 0]
    triggers = RunTriggers(np.zeros(2), np.zeros(2))
    pulses = measure_pulses(config_of(), PLAN, 32767, run_of([[down, up]]), triggers, 0)
    found = pulses.channels["A"]
    assert found.baseline_v.tolist() == pytest.approx([0.1, 0], abs=1e-4)
    assert found.amplitude_v.tolist() == pytest.approx([-0.5, 0.4], abs=1e-4)


def test_the_first_trigger_lies_before_what_was_captured_after_it() -> None:
    facts = TriggerFacts(config_of(), PLAN, 32767)
    facts.of(run_of([[[0] * 10]], end_s=10.0))
    assert facts.seconds_at(10.0) == pytest.approx(0.006)


@pytest.mark.parametrize(
    ("direction", "offset_ms"),
    [
        (TriggerDirection.RISING, 0.0),
        (TriggerDirection.ABOVE, 0.0),
        (TriggerDirection.FALLING, -0.5),
        (TriggerDirection.RISING_OR_FALLING, -0.5),
    ],
)
def test_a_crossing_of_the_other_direction_is_none(
    direction: TriggerDirection, offset_ms: float
) -> None:
    trigger = TriggerConfig("A", level_v=0.0, direction=direction)
    facts = TriggerFacts(config_of(trigger=trigger), PLAN, 32767)
    falling = [1000, 1000, 1000, 1000, -1000, -1000, -1000, -1000, -1000, -1000]
    assert facts.of(run_of([[falling]])).offsets_s.tolist() == pytest.approx([offset_ms * 1e-3])


class ToldSink:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def write(self, block: Any) -> None: ...

    def add_captures(self, run: Any) -> None: ...

    def update(self, health: Any) -> None: ...

    def add_event(self, event: Any) -> None:
        self.events.append(event)


def test_marks_over_range_and_dead_times_of_runs() -> None:
    sink: Any = ToldSink()
    writing = Writing(config_of("AB"), PLAN, 32767, sink, None)
    writing.mark("begin", 1.0, 0)
    writing.mark("behind five", 2.0, 5)  # of which two are written by then
    counts = np.zeros((2, 2, 10), np.int16)
    writing.add(run_of(counts, overflow=0b10, counters=[0, 25], end_s=1.0))
    assert [event.sample_index for event in sink.events] == [0]
    assert writing.health.over_range == {"A": 0, "B": 2}
    writing.add(run_of(np.zeros((2, 4, 10), np.int16), counters=[0, 15, 30, 45], end_s=2.0))
    assert [event.sample_index for event in sink.events] == [0, 50]
    assert writing.dead_time_s == pytest.approx(0.005)
    # from the last trigger of the one run to the first of the other by the host's clock
    assert writing.dead_time_between_runs_s == pytest.approx(1.0 - 0.045 - 0.01)


def test_dead_times_count_from_the_samples_that_came() -> None:
    found = captures_module.Captures(
        config=config_of(), ended_by="target", sample_interval_ns=1e6, max_adc=32767,
        trigger_index=4, counts={"A": np.zeros((2, 8), np.int16)}, offsets_s=np.zeros(2),
        trigger_times_s=np.array([0.0, 0.1]), run_of=np.zeros(2, np.int64),
        overflow=np.zeros(2, np.int16), lost=0, wanted_samples=10,
    )  # fmt: skip
    assert found.dead_times.tolist() == pytest.approx([0.1 - 0.008])


class LosingRun:
    """Loses its captures to the power source so often."""

    captures = 5

    def __init__(self, losses: int) -> None:
        self.losses = losses

    def arm(self, is_enough: Any) -> None: ...

    def collect(self, *_: Any) -> str:
        if self.losses:
            self.losses -= 1
            raise PowerSourceError("changed", status=POWER_STATES[0])
        return "fetched"


def test_captures_that_are_lost_again_and_again_add_up_and_end_it() -> None:
    unit: Any = SimpleNamespace(recover_power=lambda error: None, insist=lambda arm: arm())
    capturing = Capturing(unit, config_of(), PLAN, Watch())
    run: Any = LosingRun(2)
    assert capturing._collect(run, 0) == "fetched"
    assert capturing.lost == 10
    run = LosingRun(3)
    with pytest.raises(PowerSourceError):
        capturing._collect(run, 0)


class FiveAtOnce(Capturing):
    """Makes runs of five captures without a scope."""

    def _armed(self, captures: int, done: int, room: Any) -> Any:
        return None if done >= captures else "armed"

    def _collect(self, run: Any, done: int) -> FetchedRun:
        self._tell(done + 3)  # the scope tells of them while they are made
        return run_of(np.zeros((1, 5, 10)))


def test_captures_of_several_calls_add_up() -> None:
    told: list[int] = []
    unit: Any = None
    room: Any = None
    capturing = FiveAtOnce(unit, config_of(), PLAN, Watch(progress=told.append))
    for before in (0, 10):
        for number, _ in enumerate(capturing.runs(10, room), start=1):
            assert capturing.complete == before + 5 * number
    assert told == [3, 5, 8, 10] * 2  # of each call
