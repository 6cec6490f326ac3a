"""What is planned is what is recorded and what the scope is told: one object, made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure import PicoStreamReader
from picostream_pymeasure.config import (
    AdvancedTriggerConfig,
    ChannelScale,
    Direction,
    StreamConfig,
    TriggerInput,
)
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.procedures.capture import StreamingCapture
from picostream_pymeasure.records import StreamDescription
from tests.support.call_log import CallLog, with_named_size
from tests.support.forgetting_sink import ForgettingSink

#: Every parameter of a stream with another value than usual.
UNUSUAL: dict[str, Any] = {
    "resolution": 14,
    "sample_rate": 2,
    "channel_a": False,
    "channel_b": True,
    "range_b": 0.5,
    "coupling_b": "AC",
    "offset_b": 0.25,
    "bandwidth_b": "20 MHz",
    "scale_b": "1 nA/mV",
    "channel_d": True,
    "range_d": 2,
    "coupling_d": "AC",
    "offset_d": -0.5,
    "bandwidth_d": "20 MHz",
    "port_1": True,
    "logic_level_1": 0.75,
    "downsample_mode": "decimate",
    "downsample_ratio": 4,
    "trigger_enabled": True,
    "trigger_source": "D",
    "trigger_level": 0.2,
    "trigger_direction": "falling",
    "pre_trigger": 0.001,
    "auto_trigger": 0.002,
    "ends_by": "samples",
    "sample_count": 1000,
    "pool": 0.5,
    "on_overrun": "stop",
}


class Logged:
    """Lets a procedure use a simulated scope whose calls are written down."""

    log: CallLog

    def open_scope(self) -> PicoScope5000A:
        return PicoScope5000A(PicoScopeAdapter(library=self.log))


def of_the_stream(log: CallLog) -> list[str]:
    """Calls from the first setting on to the end of the stream."""
    calls = [call.replace("(2", "(1") for call in with_named_size(log.take())]  # the handle
    first = next(i for i, call in enumerate(calls) if "CurrentPowerSource" in call)
    return [call for call in calls[first:] if "SigGen" not in call and "CloseUnit" not in call]


class LoggedCapture(Logged, StreamingCapture):
    """A recording of such a scope."""


def run(procedure: StreamingCapture) -> None:
    try:
        procedure.startup()
        procedure.execute()
    finally:
        procedure.shutdown()


@pytest.fixture
def log(simulated: Callable[..., Any]) -> CallLog:
    return CallLog(simulated(variant="5444DMSO"))


def test_unusual_values_are_told_to_the_scope_and_written_into_the_file(
    log: CallLog, tmp_path: Path
) -> None:
    procedure = LoggedCapture(**UNUSUAL)
    procedure.log = log
    procedure.recording_path = str(tmp_path / "run.hdf5")
    usual = StreamingCapture()
    assert all(getattr(usual, name) != value for name, value in UNUSUAL.items())
    config = procedure.stream_config()
    run(procedure)
    calls = of_the_stream(log)
    with PicoScope5000A(PicoScopeAdapter(library=log)) as scope:
        scope.stream(ForgettingSink(), config=config)
        assert (
            scope.stream_config(
                samples=config.samples, pool_s=config.pool_s, on_overrun=config.on_overrun
            )
            == config
        ), "settings read as the config says"
        log.take()
        with scope.stream(ForgettingSink(), config=config) as session:
            session.wait()
        assert of_the_stream(log) == calls
    assert "ps5000aSetBandwidthFilter(1, 3, 1)" in calls
    assert "ps5000aSetDigitalPort(1, 129, 1, 4915)" in calls
    with PicoStreamReader(tmp_path / "run.hdf5") as reader:
        assert reader.channels == ("B", "D", "PORT1")
        assert (reader.settings("D").voltage_range_v, reader.settings("D").analog_offset_v) == (
            2,
            -0.5,
        )
        assert reader.settings("B").scale == ChannelScale(1000, "nA")
        assert reader.num_samples >= 1000


def test_recorder_and_session_get_the_same_object(log: CallLog, tmp_path: Path) -> None:
    planned: list[StreamConfig] = []

    class Watched(LoggedCapture):
        def recorder(self, path: str, config: StreamConfig) -> Any:
            planned.append(config)
            return super().recorder(path, config)

        def note_start(self, description: StreamDescription, path: str) -> None:
            planned.append(description.config)

    procedure = Watched(ends_by="samples", sample_count=100)
    procedure.log = log
    procedure.recording_path = str(tmp_path / "run.hdf5")
    run(procedure)
    assert planned[-1] is planned[-2]


def test_advanced_trigger_of_a_procedure(log: CallLog, tmp_path: Path) -> None:
    window = TriggerInput("A", Direction.ENTER, upper_v=5.0, lower_v=-5.0)

    class Window(LoggedCapture):
        def trigger_config(self) -> AdvancedTriggerConfig:
            return AdvancedTriggerConfig((window,), auto_trigger_s=0.001)

    procedure = Window(ends_by="samples", sample_count=100)
    procedure.log = log
    procedure.recording_path = str(tmp_path / "run.hdf5")
    run(procedure)
    assert "ps5000aSetAutoTriggerMicroSeconds(1, 1000)" in log.take()


def test_configure_that_changes_the_stream_is_refused(log: CallLog, tmp_path: Path) -> None:
    class Changing(LoggedCapture):
        def configure(self, scope: PicoScope5000A) -> None:
            scope.A.range = 1

    procedure = Changing(ends_by="samples", sample_count=100)
    procedure.log = log
    procedure.recording_path = str(tmp_path / "run.hdf5")
    with pytest.raises(ConfigurationError, match="stream_config"):
        run(procedure)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "extent", [{"duration": 1}, {"samples": 1}, {"pool": 1}, {"on_overrun": "stop"}]
)
def test_config_says_itself_how_long(simulated: Callable[..., Any], extent: dict[str, Any]) -> None:
    with (
        PicoScope5000A(PicoScopeAdapter(library=simulated())) as scope,
        pytest.raises(ConfigurationError, match="not both"),
    ):
        scope.stream(ForgettingSink(), config=StreamConfig(), **extent)
