"""Streams of the simulated scope through real threads into a sink that keeps everything."""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.config import (
    ChannelConfig,
    DownsampleMode,
    StreamConfig,
    TriggerConfig,
)
from picostream_pymeasure.driver.simulated import Fault, SimulatedScope, SimulatedSignal
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import (
    ConfigurationError,
    DeviceLostError,
    DriverError,
    OverrunError,
    PowerSourceError,
    SessionStateError,
    StreamStalledError,
)
from picostream_pymeasure.kernels.signal import expected_values
from picostream_pymeasure.records import (
    Block,
    Event,
    Gap,
    Health,
    Outcome,
    StreamDescription,
)
from picostream_pymeasure.streaming import preparation
from picostream_pymeasure.streaming.session import SessionState, StreamSession

RATE_HZ = 5e6


class KeepingSink:
    """Keeps what it is given; may be held up or made to fail."""

    def __init__(self) -> None:
        self.description: StreamDescription | None = None
        self.blocks: list[NDArray[np.int16]] = []
        self.gaps: list[Gap] = []
        self.events: list[Event] = []
        self.outcome: Outcome | None = None
        self.stored = 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.fail_in: dict[str, Exception] = {}

    def _perhaps_fail(self, where: str) -> None:
        if where in self.fail_in:
            raise self.fail_in[where]

    def open(self, description: StreamDescription) -> None:
        self._perhaps_fail("open")
        self.description = description

    def write(self, block: Block) -> None:
        self.may_go_on.wait()
        self._perhaps_fail("write")
        assert self.description is not None
        assert block.first_sample == self.stored
        self.stored += block.count
        self.blocks.append(block.rows[:, : block.count * self.description.values_per_sample].copy())

    def add_gap(self, gap: Gap) -> None:
        self.gaps.append(gap)

    def add_event(self, event: Event) -> None:
        self.events.append(event)

    def update(self, health: Health) -> None:
        self._perhaps_fail("update")

    def close(self, outcome: Outcome) -> None:
        self._perhaps_fail("close")
        assert self.outcome is None, "closed twice"
        self.outcome = outcome

    def row(self, number: int) -> NDArray[np.int16]:
        return np.concatenate([block[number] for block in self.blocks])

    def expected(self, channel: str, first: int, count: int) -> NDArray[np.int16]:
        assert self.outcome is not None
        assert self.outcome.simulation is not None
        return expected_values(self.outcome.simulation, channel, first, count)


def record(library: Any, sink: KeepingSink, **settings: Any) -> Outcome:
    settings.setdefault("sample_rate_hz", RATE_HZ)
    with Unit.open(library) as unit:
        return run(StreamSession(unit, StreamConfig(**settings), sink))


def interrupt_main_thread() -> None:
    """Ctrl+C, at a moment that a test chooses."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


needs_ctrl_c = pytest.mark.skipif(
    not hasattr(signal, "pthread_kill"), reason="this system cannot send Ctrl+C to a thread"
)


def run(session: StreamSession) -> Outcome:
    session.start()
    return session.wait(30)


def channels(names: str) -> tuple[ChannelConfig, ...]:
    return tuple(ChannelConfig(name, 5.0) for name in names)


@pytest.fixture
def sink() -> KeepingSink:
    return KeepingSink()


# -- what arrives


@pytest.mark.parametrize("names", ["A", "D", "BC", "ABCD"])
def test_every_sample_of_every_channel_arrives_in_order(
    simulated: Callable[..., Any], sink: KeepingSink, names: str
) -> None:
    outcome = record(simulated(), sink, channels=channels(names), samples=700_001)
    assert outcome.complete
    assert outcome.health.stored == 700_001
    assert outcome.health.gaps == 0
    for row, name in enumerate(names):
        np.testing.assert_array_equal(sink.row(row), sink.expected(name, 0, 700_001))


@pytest.mark.parametrize("mode", [mode for mode in DownsampleMode if mode.value != "none"])
@pytest.mark.parametrize("ratio", [1, 7, 64])
def test_downsampled_samples_arrive(
    simulated: Callable[..., Any], sink: KeepingSink, mode: DownsampleMode, ratio: int
) -> None:
    record(simulated(), sink, downsample_mode=mode, downsample_ratio=ratio, samples=30_000)
    assert sink.stored == 30_000
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, 30_000))


@pytest.mark.parametrize("samples", [1, 63, 64, 65, 4096])
def test_stream_ends_at_exactly_the_sample_asked_for(
    simulated: Callable[..., Any], sink: KeepingSink, samples: int
) -> None:
    record(simulated(), sink, sample_rate_hz=20e3, samples=samples)
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, samples))


def test_stop_keeps_every_sample_that_was_fetched(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    with Unit.open(simulated()) as unit:
        with StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), sink) as session:
            while session.health().received < 1_000_000:
                time.sleep(0.001)
        health = session.health()
    assert session.state is SessionState.STOPPED
    assert health.stored == health.received == sink.stored
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, sink.stored))
    assert sink.outcome is not None
    assert sink.outcome.complete


def test_over_range_is_counted_for_its_channel_alone(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    library = simulated(
        faults=(Fault("over_range", at_sample=10_000, samples=50_000, channel="B"),)
    )
    outcome = record(library, sink, channels=channels("AB"), samples=200_000)
    assert outcome.health.over_range["A"] == 0
    assert outcome.health.over_range["B"] > 0


# -- trigger


def test_recording_begins_before_the_trigger(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    wave = SimulatedSignal("square", amplitude_v=1.0, frequency_hz=5.0, noise_v=0.0)
    trigger = TriggerConfig("A", level_v=0.5, pre_trigger_s=0.05)
    outcome = record(
        simulated(signals={"A": wave}),
        sink,
        channels=channels("A"),
        trigger=trigger,
        samples=100_000,
    )
    assert sink.description is not None
    before = round(0.05e9 / sink.description.stored_interval_ns)
    assert outcome.trigger_sample == before
    assert sink.stored == before + 100_000
    threshold = 0.5 / 5.0 * sink.description.max_adc
    assert (sink.row(0)[:before] < threshold).all()
    assert sink.row(0)[before] >= threshold
    first = outcome.first_stream_sample
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", first, sink.stored))


def test_trigger_that_never_comes_records_nothing(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    trigger = TriggerConfig("A", level_v=4.5)
    config = StreamConfig(channels=channels("A"), sample_rate_hz=RATE_HZ, trigger=trigger)
    with Unit.open(simulated()) as unit, StreamSession(unit, config, sink) as session:
        while session.health().received < 3_000_000:
            time.sleep(0.001)
        assert session.is_waiting_for_trigger
    assert sink.stored == 0
    assert sink.outcome is not None
    assert sink.outcome.trigger_sample is None


def test_auto_trigger_goes_on_without_an_edge(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    trigger = TriggerConfig("A", level_v=4.5, auto_trigger_ms=50)
    record(simulated(), sink, channels=channels("A"), trigger=trigger, samples=10_000)
    assert sink.stored == 10_000


def test_trigger_level_outside_the_input_is_refused(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    with pytest.raises(ConfigurationError, match="-5 V to 5 V"):
        record(simulated(), sink, channels=channels("A"), trigger=TriggerConfig("A", 6.0))


# -- lost samples


def after_gap(sink: KeepingSink, missing: int) -> None:
    """The samples on both sides of the only gap are those of the scope."""
    (gap,) = sink.gaps
    index, total = gap.sample_index, sink.stored
    np.testing.assert_array_equal(sink.row(0)[:index], sink.expected("A", 0, index))
    later = sink.expected("A", index + missing, total - index)
    np.testing.assert_array_equal(sink.row(0)[index:], later)


def test_full_pool_leaves_a_gap_of_known_length(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    sink.may_go_on.clear()
    config = StreamConfig(sample_rate_hz=62.5e6, pool_s=0.1)
    with Unit.open(simulated()) as unit, StreamSession(unit, config, sink) as session:
        while session.health().lost < 1_000_000:
            time.sleep(0.001)
        sink.may_go_on.set()
        received = session.health().received
        while session.health().received < received + 20_000_000:
            time.sleep(0.001)
    (gap,) = sink.gaps
    assert gap.cause == "pool full"
    assert gap.missing == gap.estimated_missing > 1_000_000
    assert session.health().lost == gap.missing
    after_gap(sink, gap.missing)


def test_loss_that_the_driver_does_not_report_shows_by_the_clock(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    library = simulated(
        fifo_s=0.05,
        overrun_signal="none",
        faults=(Fault("hang", at_sample=500_000, duration_s=0.6),),
    )
    outcome = record(library, sink, samples=12_000_000)
    (gap,) = sink.gaps
    assert (gap.missing, gap.cause) == (-1, "not reported by the driver")
    assert 500_000 <= gap.sample_index < 1_500_000
    assert sink.description is not None
    lost_s = gap.estimated_missing * sink.description.stored_interval_ns / 1e9
    assert 0.4 < lost_s < 0.9, "0.6 s of hanging less 0.05 s of FIFO"
    assert outcome.health.lost == gap.estimated_missing


@pytest.mark.parametrize("signal", ["flag", "stall"])
def test_driver_overrun_leaves_a_gap_of_estimated_length(
    simulated: Callable[..., Any], sink: KeepingSink, signal: str
) -> None:
    library = simulated(
        fifo_s=0.05,
        overrun_signal=signal,
        faults=(Fault("hang", at_sample=500_000, duration_s=0.3),),
    )
    outcome = record(library, sink, samples=3_000_000)
    (gap,) = sink.gaps
    assert (gap.sample_index, gap.missing, gap.cause) == (500_000, -1, "driver overrun")
    assert outcome.health.lost == gap.estimated_missing
    assert sink.description is not None
    lost_s = gap.estimated_missing * sink.description.stored_interval_ns / 1e9
    assert 0.15 < lost_s < 0.6, "0.3 s of hanging less 0.05 s of FIFO"


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
    outcome = record(simulated(faults=(fault,)), sink, samples=2_000_000)
    assert outcome.complete
    assert sink.stored == 2_000_000
    (gap,) = sink.gaps
    assert (gap.sample_index, gap.missing) == (500_000, -1)
    assert gap.estimated_missing > 0


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


def test_held_gil_costs_no_sample(simulated: Callable[..., Any], sink: KeepingSink) -> None:
    library = simulated(fifo_s=0.1)
    config = StreamConfig(sample_rate_hz=20e6, samples=20_000_000)
    hold = ctypes.PyDLL(None).usleep
    with Unit.open(library) as unit:
        session = StreamSession(unit, config, sink)
        session.start()
        hold(700_000)
        outcome = session.wait(30)
    assert outcome.health.gaps == 0
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, 20_000_000))


# -- failures


def test_unplugged_scope_fails_the_session_and_keeps_what_came(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    library = simulated(faults=(Fault("unplug", at_sample=300_000),))
    with pytest.raises(DeviceLostError, match="check its USB cable"):
        record(library, sink, samples=5_000_000)
    assert sink.stored == 300_000
    assert sink.outcome is not None
    assert not sink.outcome.complete
    assert "NOT_RESPONDING" in sink.outcome.reason


def test_driver_that_delivers_nothing_any_more_is_noticed(
    simulated: Callable[..., Any], sink: KeepingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "_STALL_S", 0.3)
    library = simulated(faults=(Fault("stall", at_sample=300_000),))
    with pytest.raises(StreamStalledError):
        record(library, sink, samples=5_000_000)
    assert sink.stored == 300_000


def test_driver_call_that_does_not_return_is_noticed(
    simulated: Callable[..., Any], sink: KeepingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "_STALL_S", 0.3)
    library = simulated(faults=(Fault("hang", at_sample=300_000, duration_s=2.0),))
    unit = Unit.open(library)
    handle = unit.handle
    session = StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), sink)
    with pytest.raises(StreamStalledError, match="does not return"):
        run(session)
    assert sink.stored == 300_000
    assert sink.outcome is not None
    assert not sink.outcome.complete
    assert unit.handle == 0, "a driver that hangs is not called again"
    for thread in threading.enumerate():
        if thread.name == "picostream-producer":
            thread.join(10)
    library.ps5000aCloseUnit(handle)


def test_power_change_that_costs_a_channel_ends_the_stream(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    library = simulated(faults=(Fault("power_change", at_sample=300_000),))
    with pytest.raises(PowerSourceError, match="Channel C"):
        record(library, sink, channels=channels("AC"), samples=5_000_000)
    assert sink.stored == 300_000


@pytest.mark.parametrize("where", ["open", "write", "update", "close"])
def test_failing_sink_fails_the_session_and_stops_the_scope(
    simulated: Callable[..., Any], sink: KeepingSink, where: str
) -> None:
    failure = OSError("no luck")
    sink.fail_in[where] = failure
    library = simulated()
    with Unit.open(library) as unit:
        config = StreamConfig(sample_rate_hz=RATE_HZ, samples=4_000_000)
        session = StreamSession(unit, config, sink)
        with pytest.raises(OSError, match="no luck"):
            run(session)
        assert session.state is SessionState.FAILED
        assert session.error is failure
        run(StreamSession(unit, config, KeepingSink()))


def test_body_of_with_keeps_its_own_exception(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    with (
        Unit.open(simulated()) as unit,
        pytest.raises(KeyError),
        StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), sink),
    ):
        raise KeyError("mine")
    assert sink.outcome is not None


def test_start_that_fails_leaves_a_usable_scope(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    with Unit.open(simulated(SimulatedScope(max_rate_hz=1e6))) as unit:
        with pytest.raises(DriverError, match="lower rate"):
            StreamSession(unit, StreamConfig(sample_rate_hz=5e6), sink).start()
        assert sink.description is None
        session = StreamSession(unit, StreamConfig(sample_rate_hz=1e6, samples=1000), sink)
        session.start()
        session.wait(10)
    assert sink.stored == 1000


def test_fastest_rate_is_what_the_scope_takes(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    record(simulated(variant="5242B", power="usb2"), sink, sample_rate_hz=0.0, samples=1000)
    assert sink.description is not None
    assert sink.description.sample_interval_ns == 64.0


# -- the session itself


def test_session_streams_once(simulated: Callable[..., Any], sink: KeepingSink) -> None:
    with Unit.open(simulated()) as unit:
        session = StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ, samples=10), sink)
        with pytest.raises(SessionStateError):
            session.stop()
        session.start()
        session.wait(10)
        with pytest.raises(SessionStateError, match="once"):
            session.start()
        with pytest.raises(SessionStateError, match="running"):
            session.mark("too late")
    assert session.stop() is session.outcome


def test_marks_lie_at_the_newest_sample(simulated: Callable[..., Any], sink: KeepingSink) -> None:
    with Unit.open(simulated()) as unit:
        config = StreamConfig(sample_rate_hz=RATE_HZ)
        with StreamSession(unit, config, sink) as session:
            while session.health().received < 100_000:
                time.sleep(0.001)
            before = session.health().received
            session.mark("step", 1.5)
            after = session.health().received
    (event,) = sink.events
    assert (event.label, event.value) == ("step", 1.5)
    assert before <= event.sample_index <= after


def test_several_streams_in_a_row_on_one_scope(simulated: Callable[..., Any]) -> None:
    with Unit.open(simulated()) as unit:
        for bits, names in ((8, "A"), (16, "B"), (12, "ABCD"), (15, "AD")):
            sink = KeepingSink()
            config = StreamConfig(
                channels=channels(names),
                resolution_bits=bits,
                sample_rate_hz=RATE_HZ,
                samples=50_000,
            )
            run(StreamSession(unit, config, sink))
            for row, name in enumerate(names):
                np.testing.assert_array_equal(sink.row(row), sink.expected(name, 0, 50_000))


def test_two_scopes_at_once(simulated: Callable[..., Any]) -> None:
    library = simulated(SimulatedScope(serial="ONE/1"), SimulatedScope("5242D", "TWO/2", seed=5))
    sinks = KeepingSink(), KeepingSink()
    config = StreamConfig(sample_rate_hz=RATE_HZ, samples=1_000_000)
    with Unit.open(library, "ONE/1") as one, Unit.open(library, "TWO/2") as two:
        sessions = [
            StreamSession(unit, config, sink) for unit, sink in zip((one, two), sinks, strict=True)
        ]
        for session in sessions:
            session.start()
        for session in sessions:
            session.wait(30)
    for sink in sinks:
        np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, 1_000_000))


@pytest.mark.parametrize(
    "mark", [(5, 1.0), (None, 1.0), ("\ud800", 1.0), ("x", "y"), ("x", None), ("x", 10**400)]
)
def test_impossible_mark_is_refused_and_the_stream_goes_on(
    simulated: Callable[..., Any], sink: KeepingSink, mark: tuple[Any, Any]
) -> None:
    with (
        Unit.open(simulated()) as unit,
        StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), sink) as session,
    ):
        with pytest.raises(ConfigurationError, match="text and a number"):
            session.mark(*mark)
        session.mark("numpy", np.float32(0.5))  # type: ignore[arg-type]
    assert [event.value for event in sink.events] == [0.5]


def test_session_that_never_ran_says_so(simulated: Callable[..., Any], sink: KeepingSink) -> None:
    with Unit.open(simulated(SimulatedScope(max_rate_hz=1e6))) as unit:
        session = StreamSession(unit, StreamConfig(sample_rate_hz=5e6), sink)
        for _ in range(2):
            assert session.health() == Health()
            assert not session.is_over
            for call in (session.wait, session.stop):
                with pytest.raises(SessionStateError, match="not been started"):
                    call()
            if session.state is SessionState.IDLE:
                with pytest.raises(DriverError):
                    session.start()
        assert session.state is SessionState.FAILED


# -- Ctrl+C in a script


@needs_ctrl_c
def test_interrupted_start_is_undone(simulated: Callable[..., Any]) -> None:
    class Interrupting(KeepingSink):
        def open(self, description: StreamDescription) -> None:
            interrupt_main_thread()
            super().open(description)

    sink = Interrupting()
    with Unit.open(simulated()) as unit:
        config = StreamConfig(sample_rate_hz=RATE_HZ)
        session = StreamSession(unit, config, sink)
        with pytest.raises(KeyboardInterrupt):
            session.start()
        assert session.state is SessionState.FAILED
        assert sink.outcome is not None, "the sink was left open"
        run(StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ, samples=10), KeepingSink()))


@needs_ctrl_c
def test_interrupted_wait_loses_no_sample(simulated: Callable[..., Any]) -> None:
    is_waited_for = threading.Event()

    class Interrupting(KeepingSink):
        def write(self, block: Block) -> None:
            is_waited_for.wait()
            if not self.blocks:
                interrupt_main_thread()
            super().write(block)

    sink = Interrupting()
    sink.may_go_on.clear()
    with Unit.open(simulated()) as unit:
        session = StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), sink)
        session.start()
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it comes when it comes
            is_waited_for.set()
            session.wait(30)
        assert not session.is_over
        sink.may_go_on.set()
        outcome = session.stop(30)
    assert sink.outcome is outcome
    assert sink.stored == outcome.health.received
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, sink.stored))
