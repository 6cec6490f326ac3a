"""What fails while a scope streams: the scope, the sink, the start."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from numpy.typing import NDArray

from picostream_pymeasure.config import DigitalPortConfig, DownsampleMode, StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import (
    DeviceLostError,
    DriverError,
    PowerSourceError,
    StreamError,
    StreamStalledError,
)
from picostream_pymeasure.simulated import Fault, SimulatedScope
from picostream_pymeasure.streaming import preparation
from picostream_pymeasure.streaming.session import SessionState, StreamSession
from tests.support.keeping_sink import RATE_HZ, KeepingSink, channels, record, run
from tests.support.patience import PATIENCE_S


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


@pytest.mark.parametrize("name", ["PORT0", "B"])
@pytest.mark.parametrize("ratio", [1, 4])
def test_an_input_that_the_driver_never_writes_is_told(
    simulated: Callable[..., Any],
    sink: KeepingSink,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    ratio: int,
) -> None:
    kept, register = [], Unit.register_buffers

    def elsewhere(unit: Unit, config: Any, mode: Any, buffers: NDArray[Any]) -> None:
        kept.append(buffers.copy())
        register(unit, config, mode, kept[-1] if config.name == name else buffers)

    monkeypatch.setattr(Unit, "register_buffers", elsewhere)
    with pytest.raises(StreamError, match=f"wrote none of {name}"):
        record(
            simulated(variant="5444DMSO"),
            sink,
            channels=channels("AB"),
            digital_ports=(DigitalPortConfig("PORT0"),),
            downsample_mode=DownsampleMode.NONE if ratio == 1 else DownsampleMode.AGGREGATE,
            downsample_ratio=ratio,
            samples=500_000,
        )


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
            thread.join(PATIENCE_S)
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
        session.wait(PATIENCE_S)
    assert sink.stored == 1000
