"""Samples that are lost: each gap has its place, its length and its cause."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import (
    StreamConfig,
)
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import (
    OverrunError,
)
from picostream_pymeasure.simulated import Fault, SimulatedSignal
from picostream_pymeasure.streaming.session import StreamSession
from tests.support.keeping_sink import RATE_HZ, KeepingSink, channels, record
from tests.support.patience import PATIENCE_S
from tests.support.truth import absolute_indices, seams


def after_gap(sink: KeepingSink, missing: int) -> None:
    """The samples on both sides of the only gap are those of the scope."""
    (gap,) = sink.gaps
    index, total = gap.sample_index, sink.stored
    np.testing.assert_array_equal(sink.row(0)[:index], sink.expected("A", 0, index))
    later = sink.expected("A", index + missing, total - index)
    np.testing.assert_array_equal(sink.row(0)[index:], later)


def test_full_pool_leaves_a_gap_of_known_length(
    simulated: Callable[..., Any], sink: KeepingSink, tell: Callable[..., None]
) -> None:
    sink.may_go_on.clear()
    config = StreamConfig(sample_rate_hz=5e6, pool_s=0.5)  # nobody is away for 0.5 s afterwards
    with Unit.open(simulated()) as unit, StreamSession(unit, config, sink) as session:
        while session.health().lost < 1_000_000:
            time.sleep(0.001)
        sink.may_go_on.set()
        received = session.health().received
        while session.health().received < received + 4_000_000:
            time.sleep(0.001)
    (gap,) = sink.gaps
    assert gap.cause == "pool full"
    assert gap.missing == gap.estimated_missing > 1_000_000
    assert session.health().lost == gap.missing
    after_gap(sink, gap.missing)
    tell("a full pool", f"{session.health().lost} in 1 gap", f"{gap.missing}, by the samples")


def test_loss_that_the_driver_does_not_report_shows_by_the_clock(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    library = simulated(
        fifo_s=0.25,
        overrun_signal="none",
        faults=(Fault("hang", at_sample=500_000, duration_s=0.8),),
    )
    outcome = record(library, sink, samples=12_000_000)
    (gap,) = sink.gaps
    assert (gap.missing, gap.cause) == (-1, "not reported by the driver")
    assert 500_000 <= gap.sample_index < 1_500_000
    assert sink.description is not None
    lost_s = gap.estimated_missing * sink.description.stored_interval_ns / 1e9
    assert 0.4 < lost_s < 0.9, "0.8 s of hanging less 0.25 s of FIFO"
    assert outcome.health.lost == gap.estimated_missing


@pytest.mark.parametrize("signal", ["flag", "stall"])
def test_driver_overrun_leaves_a_gap_of_estimated_length(
    simulated: Callable[..., Any], sink: KeepingSink, signal: str
) -> None:
    library = simulated(
        fifo_s=0.3,
        overrun_signal=signal,
        faults=(Fault("hang", at_sample=500_000, duration_s=0.6),),
    )
    outcome = record(library, sink, samples=3_000_000)
    (gap,) = sink.gaps
    assert (gap.sample_index, gap.missing, gap.cause) == (500_000, -1, "driver overrun")
    assert outcome.health.lost == gap.estimated_missing
    assert sink.description is not None
    lost_s = gap.estimated_missing * sink.description.stored_interval_ns / 1e9
    assert 0.2 < lost_s < 0.9, "0.6 s of hanging less 0.3 s of FIFO"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("streaming_failed", at_sample=500_000),
        Fault("buffer_stall", at_sample=500_000),
        Fault("power_change", at_sample=500_000),
    ],
    ids=lambda fault: fault.kind,
)
def test_stream_that_the_driver_gave_up_is_started_anew(
    simulated: Callable[..., Any], sink: KeepingSink, fault: Fault
) -> None:
    library = simulated(faults=(fault,), signals={"A": SimulatedSignal("index")})
    outcome = record(library, sink, channels=channels("A"), samples=2_000_000)
    assert outcome.complete
    assert sink.stored == 2_000_000
    (gap,) = sink.gaps
    assert (gap.sample_index, gap.missing) == (500_000, -1)
    true_missing = seams(absolute_indices(sink.row(0)))[0].missing
    assert gap.estimated_missing == pytest.approx(true_missing, abs=0.03 * RATE_HZ)


def test_two_gaps_are_two_gaps(simulated: Callable[..., Any], sink: KeepingSink) -> None:
    faults = (
        Fault("overrun", at_sample=400_000, samples=1000),
        Fault("overrun", at_sample=900_000, samples=1000),
    )
    record(simulated(faults=faults), sink, samples=1_500_000)
    assert [gap.sample_index for gap in sink.gaps] == [400_000, 899_000]


def test_overrun_can_end_the_stream(simulated: Callable[..., Any], sink: KeepingSink) -> None:
    library = simulated(faults=(Fault("overrun", at_sample=500_000, samples=1000),))
    with pytest.raises(OverrunError):
        record(library, sink, on_overrun="stop", samples=5_000_000)
    assert sink.outcome is not None
    assert not sink.outcome.complete
    assert [gap.sample_index for gap in sink.gaps] == [500_000]
    np.testing.assert_array_equal(sink.row(0)[:500_000], sink.expected("A", 0, 500_000))


def test_a_machine_that_slept_lost_what_came_meanwhile(
    simulated: Callable[..., Any], sink: KeepingSink, tell: Callable[..., None]
) -> None:
    """The clock that goes on in sleep runs ahead of the other by 5 s."""
    with Unit.open(simulated()) as unit:
        session = StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), sink)
        with session:
            while session.health().received < 0.3 * RATE_HZ:
                time.sleep(0.01)
            session._state["sleep_base_ns"] -= 5_000_000_000
            while session.health().lost == 0:
                time.sleep(0.01)
    (gap,) = sink.gaps
    assert sink.description is not None
    lost_s = gap.estimated_missing * sink.description.stored_interval_ns / 1e9
    tell("the machine slept 5 s", f"{lost_s:.3f} s lost in 1 gap", "5 s")
    assert lost_s == pytest.approx(5.0, abs=0.03)
    assert gap.earliest <= sink.stored
    assert [pair.slept_ns > 4_900_000_000 for pair in sink.pairs[:: len(sink.pairs) - 1]] == [
        False,
        True,
    ]


def test_a_clock_that_jumps_back_costs_nothing(
    simulated: Callable[..., Any], sink: KeepingSink, tell: Callable[..., None]
) -> None:
    with (
        Unit.open(simulated()) as unit,
        StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), sink) as session,
    ):
        for received_s in (0.3, 0.8):
            while session.health().received < received_s * RATE_HZ:
                time.sleep(0.01)
            session._state["sleep_base_ns"] += 500_000_000
    tell("the clock jumps back by 0.5 s, twice", f"{len(sink.gaps)} gaps", "0")
    assert sink.gaps == []
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, sink.stored))


class Started:
    """A library whose start, once the driver has done it, is told; native code may call it.

    :param code: of the last Python that belongs to the call.
    """

    def __init__(self, library: Any) -> None:
        self._library = library
        function = library.ps5000aRunStreaming
        kind = ctypes.CFUNCTYPE(ctypes.c_uint32, *function.argtypes)
        real = kind(ctypes.cast(function, ctypes.c_void_p).value)

        def run(*arguments: Any) -> int:
            status = real(*arguments)
            self.is_running = True
            return int(status)

        self.is_running = False
        self.code = run.__code__
        self.ps5000aRunStreaming = kind(run)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)


def test_gil_held_in_the_moment_of_the_start_costs_no_sample(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    """The interpreter is taken in the first Python that runs after the start, whatever that is."""
    library, hold = Started(simulated(fifo_s=0.3)), ctypes.PyDLL(None).usleep
    taken: list[str] = []

    def take(frame: FrameType, event: str, _argument: Any) -> None:
        if library.is_running and not taken and frame.f_code is not library.code:
            taken.append(f"{event} {frame.f_code.co_name}")
            hold(450_000)

    before = sys.getprofile()
    sys.setprofile(take)
    try:
        outcome = record(library, sink, sample_rate_hz=20e6, samples=10_000_000)
    finally:
        sys.setprofile(before)
    assert taken
    assert outcome.health.gaps == 0, taken
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, 10_000_000))


@pytest.mark.parametrize("held_s", [0.7, pytest.param(1.8, id="beyond the end")])
def test_held_gil_costs_no_sample(
    simulated: Callable[..., Any], sink: KeepingSink, held_s: float
) -> None:
    library = simulated(fifo_s=0.5)
    config = StreamConfig(sample_rate_hz=20e6, samples=20_000_000)
    hold = ctypes.PyDLL(None).usleep
    with Unit.open(library) as unit:
        session = StreamSession(unit, config, sink)
        session.start()
        hold(round(held_s * 1e6))
        outcome = session.wait(PATIENCE_S)
    assert outcome.health.gaps == 0
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, 20_000_000))
