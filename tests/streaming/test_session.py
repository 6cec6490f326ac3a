"""The session of a stream: its states, its marks, and Ctrl+C in a script."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import StreamConfig, TriggerConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import (
    ConfigurationError,
    DriverError,
    SessionStateError,
)
from picostream_pymeasure.records import (
    Block,
    Event,
    Health,
    Outcome,
    StreamDescription,
)
from picostream_pymeasure.simulated import SimulatedScope, SimulatedSignal
from picostream_pymeasure.storage import Recorder, open_recording
from picostream_pymeasure.streaming.session import SessionState, StreamSession
from picostream_pymeasure.verification import verify
from tests.support.forgetting_sink import ForgettingSink
from tests.support.keeping_sink import RATE_HZ, KeepingSink, channels, run
from tests.support.patience import PATIENCE_S
from tests.support.procedures_runs import wait_until


def interrupt_main_thread() -> None:
    """Ctrl+C, at a moment that a test chooses."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


needs_ctrl_c = pytest.mark.skipif(
    not hasattr(signal, "pthread_kill"), reason="this system cannot send Ctrl+C to a thread"
)


def test_session_streams_once(simulated: Callable[..., Any], sink: KeepingSink) -> None:
    with Unit.open(simulated()) as unit:
        session = StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ, samples=10), sink)
        with pytest.raises(SessionStateError):
            session.stop()
        with pytest.raises(SessionStateError, match=r"with a with statement or start\(\)\."):
            session.mark("too early")
        session.start()
        session.wait(np.float32(PATIENCE_S))
        with pytest.raises(SessionStateError, match="once"):
            session.start()
        with pytest.raises(SessionStateError, match=r"can be marked\.$"):
            session.mark("too late")
    assert session.stop() is session.outcome


class MarkSink(ForgettingSink):
    """Keeps marks, and how it ended."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add_event(self, event: Event) -> None:
        self.events.append(event)

    def close(self, outcome: Outcome) -> None:
        self.outcome = outcome


@pytest.mark.parametrize("rate_hz", [1e4, 1e6, 62.5e6])
@pytest.mark.parametrize("is_armed", [False, True])
def test_marks_lie_at_the_sample_of_their_time(
    simulated: Callable[..., Any], tell: Callable[..., None], rate_hz: float, is_armed: bool
) -> None:
    library = simulated(signals={"A": SimulatedSignal("square", frequency_hz=2.0, noise_v=0.0)})
    trigger = TriggerConfig("A", level_v=0.5, pre_trigger_s=0.3) if is_armed else None
    config = StreamConfig(channels=channels("A"), sample_rate_hz=rate_hz, trigger=trigger)
    sink, taken = MarkSink(), []
    with Unit.open(library) as unit, StreamSession(unit, config, sink) as session:
        while session.health().received < 0.8 * rate_hz:
            before = library.simulation.digitised(unit.handle)
            session.mark("by the scope's own clock", len(taken))
            taken.append((before, library.simulation.digitised(unit.handle)))
            time.sleep(0.05)
    margin = sink.outcome.mark_accuracy_s * rate_hz
    assert len(sink.events) >= 5
    farthest = 0.0
    for event in sink.events:
        before, after = taken[int(event.value)]
        index = event.sample_index + sink.outcome.first_stream_sample
        farthest = max(farthest, before - index, index - after)
        # and its time is that of its sample, by the zero of the file
        assert abs(event.time_s * rate_hz - event.sample_index) <= margin + 1
    happened = f"marks at {rate_hz:g} S/s, {'armed' if is_armed else 'not armed'}"
    said = f"right to {sink.outcome.mark_accuracy_s * 1e3:.1f} ms"
    tell(happened, said, f"off by {farthest / rate_hz * 1e3:.1f} ms at most")
    assert farthest <= margin


def test_marks_by_the_thousand_and_one_of_10_kb_cost_no_sample(
    simulated: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "marked.hdf5"
    config = StreamConfig(sample_rate_hz=1e6)
    with (
        Unit.open(simulated()) as unit,
        StreamSession(unit, config, Recorder(path)) as session,
    ):
        for number in range(5000):
            session.mark("step", number)
        session.mark("x" * 10_000, -1)
        while session.health().stored < 200_000:
            time.sleep(0.01)
    assert verify(path).exit_code == 0
    with open_recording(path) as recording:
        events = recording.events
    assert [event["value"] for event in events] == [*range(5000), -1]
    assert len(events[-1]["label"]) > 0


@pytest.mark.parametrize("call", ["wait", "stop"])
def test_a_sink_that_waits_for_its_own_stream_is_told_so(
    simulated: Callable[..., Any], call: str
) -> None:
    class Impatient(KeepingSink):
        def write(self, block: Block) -> None:
            getattr(session, call)()

    with Unit.open(simulated()) as unit:
        session = StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), Impatient())
        session.start()
        with pytest.raises(SessionStateError, match="request_stop"):
            session.wait(PATIENCE_S)


def test_a_sink_that_opens_to_something_else_is_told_what_it_may(
    simulated: Callable[..., Any],
) -> None:
    class Wrong(KeepingSink):
        def open(self, description: StreamDescription) -> Any:
            return self

    with Unit.open(simulated()) as unit:
        session = StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), Wrong())
        with pytest.raises(ConfigurationError, match=r"Wrong\.open returned .* or the NativeSink"):
            session.start()


def test_an_end_that_is_asked_for_before_the_start_leaves_the_scope_free(
    simulated: Callable[..., Any],
) -> None:
    config = StreamConfig(sample_rate_hz=RATE_HZ, samples=1000)
    with Unit.open(simulated()) as unit:
        stopped = StreamSession(unit, config, KeepingSink())
        stopped.request_stop()
        stopped.start()
        assert stopped.wait(PATIENCE_S).ended_by == "stopped"
        next_one = StreamSession(unit, config, KeepingSink())
        next_one.start()
        assert next_one.wait(PATIENCE_S).ended_by == "target"


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
            session.wait(PATIENCE_S)
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


@pytest.mark.parametrize("is_armed", [False, True])
def test_mark_behind_the_end_is_told(
    simulated: Callable[..., Any], caplog: pytest.LogCaptureFixture, is_armed: bool
) -> None:
    trigger = TriggerConfig("A", level_v=0.0) if is_armed else None
    config = StreamConfig(sample_rate_hz=RATE_HZ, samples=1000, trigger=trigger)
    sink = MarkSink()
    with Unit.open(simulated()) as unit, StreamSession(unit, config, sink) as session:
        wait_until(lambda: session.is_over)
        session.mark("late")
    assert sink.events == []
    assert left_out(caplog) == [("WARNING", "late")]


def test_several_marks_without_samples_are_told_once(
    simulated: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    config = StreamConfig(
        sample_rate_hz=RATE_HZ, samples=1000, trigger=TriggerConfig("A", level_v=15.0)
    )
    caplog.set_level("INFO", logger="picostream_pymeasure")
    with (
        Unit.open(simulated()) as unit,
        StreamSession(unit, config, MarkSink()) as session,
    ):
        for _ in range(6):
            session.mark("source")
    told = [one.message for one in caplog.records if "left out" in one.message]
    assert told == ["6 marks 'source' lie outside the recording; they are left out."]


@pytest.mark.parametrize("does_come", [False, True])
def test_mark_before_the_trigger_is_told_to_those_who_ask(
    simulated: Callable[..., Any], caplog: pytest.LogCaptureFixture, does_come: bool
) -> None:
    slow = SimulatedSignal("square", frequency_hz=1.0, noise_v=0.0)
    config = StreamConfig(
        channels=channels("A"),
        sample_rate_hz=RATE_HZ,
        samples=1000,
        trigger=TriggerConfig("A", level_v=0.5 if does_come else 5.0),
    )
    sink = MarkSink()
    caplog.set_level("INFO", logger="picostream_pymeasure")
    with (
        Unit.open(simulated(signals={"A": slow})) as unit,
        StreamSession(unit, config, sink) as session,
    ):
        session.mark("early")
        if does_come:
            session.wait(PATIENCE_S)
    assert sink.events == []
    assert left_out(caplog) == [("INFO", "early")]


def left_out(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Level and name of the marks that the log calls left out."""
    told = [record for record in caplog.records if "left out" in record.message]
    return [(record.levelname, str(record.args[0])) for record in told if record.args]


@pytest.mark.parametrize("wrong", ["x", "5", None, float("nan"), [1.0]])
def test_a_time_that_is_none_is_refused_and_the_stream_goes_on(
    simulated: Callable[..., Any], sink: KeepingSink, wrong: Any
) -> None:
    with (
        Unit.open(simulated()) as unit,
        StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), sink) as session,
    ):
        for call in (session.stop,) if wrong is None else (session.wait, session.stop):
            with pytest.raises(ConfigurationError, match="timeout_s must be a number of seconds"):
                call(wrong)
        session.mark("still running")
        assert session.stop(PATIENCE_S).ended_by == "stopped"


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
            session.wait(PATIENCE_S)
        assert not session.is_over
        sink.may_go_on.set()
        outcome = session.stop(30)
    assert sink.outcome is outcome
    assert sink.stored == outcome.health.received
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, sink.stored))


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        ("unit", "Unit"),
        ("config", "StreamConfig"),
        ("sink", "Sink"),
        ("metadata", "Mapping or None"),
    ],
)
def test_a_session_is_not_made_of_another_kind(
    simulated: Callable[..., Any], sink: KeepingSink, argument: str, kind: str
) -> None:
    with Unit.open(simulated()) as unit:
        arguments = {"unit": unit, "config": StreamConfig(), "sink": sink}
        with pytest.raises(ConfigurationError, match=f"{argument} must be a {kind}, not"):
            StreamSession(**{**arguments, argument: "x"})


@pytest.mark.parametrize(
    ("ending", "says"),
    [
        (("x",), "ended by one of target, stopped"),
        (([],), "ended by one of target, stopped"),
        ((None,), "ended by one of target, stopped"),
        (("stopped", 5), "reason must be a text"),
    ],
)
def test_an_ending_that_there_is_not_is_refused(
    simulated: Callable[..., Any], sink: KeepingSink, ending: tuple[Any, ...], says: str
) -> None:
    with Unit.open(simulated()) as unit:
        session = StreamSession(unit, StreamConfig(), sink)
        with pytest.raises(ConfigurationError, match=says):
            session.request_stop(*ending)
