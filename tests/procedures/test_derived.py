"""What a derived procedure may change, and what it is told when it changes something else."""

from __future__ import annotations

import copy
import logging
import pickle
from pathlib import Path
from typing import Any

import pytest
from pymeasure.experiment import FloatParameter, Parameter

from picostream_pymeasure import verify
from picostream_pymeasure.errors import ConfigurationError, SessionStateError
from picostream_pymeasure.procedures.capture import StreamingCapture
from picostream_pymeasure.procedures.number_parameters import NumberParameter
from picostream_pymeasure.procedures.scripted import run_procedure
from picostream_pymeasure.procedures.streaming import StreamingProcedure
from picostream_pymeasure.procedures.triggered_capture import TriggeredCapture
from picostream_pymeasure.storage import open_recording


@pytest.mark.parametrize(
    ("members", "told"),
    [
        (
            {"sample_rate": FloatParameter("Sample Rate", units="kHz", default=5)},
            "Mine.sample_rate is in MS/s, and must stay so; it cannot be in kHz.",
        ),
        (
            {"duration": FloatParameter("Duration", units="min", default=1)},
            "Mine.duration is in s, and must stay so",
        ),
        ({"sample_rate": "1 MHz"}, "Mine.sample_rate must stay a parameter, not '1 MHz'"),
        ({"range_a": 2}, "NumberChoice('Range A', ..., default=...)"),
        ({"coil": FloatParameter("Range A", units="mT")}, "are both called 'Range A'"),
        ({"scope": FloatParameter("Third")}, "Mine.scope cannot be a parameter"),
        ({"error": FloatParameter("Error")}, "Mine.error cannot be a parameter"),
        ({"mark": FloatParameter("Mark")}, "Mine.mark cannot be a parameter"),
        ({"description": Parameter("Text")}, "Mine.description cannot be a parameter"),
    ],
)
def test_parameters_that_would_be_misread_are_refused(members: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^Mine") as raised:
        type("Mine", (StreamingCapture,), members)
    assert told in str(raised.value)


def test_a_default_can_be_changed() -> None:
    class Mine(StreamingCapture):
        sample_rate = NumberParameter("Sample Rate", units="MS/s", default=2)
        voltage = FloatParameter("Voltage", units="mV", default=3)

    assert Mine().stream_config().sample_rate_hz == 2e6


@pytest.mark.parametrize(
    ("kind", "hook", "told"),
    [
        (StreamingCapture, "stream_config", "stream_config() must return a StreamConfig, not None"),
        (TriggeredCapture, "capture_config", "capture_config() must return a CaptureConfig"),
        (StreamingCapture, "summary", "summary() must return a dict"),
        (StreamingCapture, "open_scope", "open_scope() must return a PicoScope5000A"),
    ],
)
def test_a_hook_that_gives_nothing_is_named(
    tmp_path: Path, kind: Any, hook: str, told: str
) -> None:
    mine = type("Mine", (kind,), {hook: lambda *arguments: None})
    with pytest.raises(ConfigurationError) as raised:
        run_procedure(mine(scope_serial="simulated"), tmp_path / "mine.csv")
    assert told in str(raised.value)


def test_an_execute_of_ones_own_ends_properly_and_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Mine(StreamingProcedure):
        def execute(self) -> None:
            self.stream_for(0.1)

    with caplog.at_level(logging.WARNING):
        run_procedure(Mine(scope_serial="simulated"), tmp_path / "mine.csv")
    assert "Mine has an execute() of its own" in caplog.text
    with open_recording(tmp_path / "mine.hdf5") as recording:
        assert recording.attributes["ended_by"] == "finished"
    assert verify(tmp_path / "mine.hdf5").exit_code == 0


def test_a_second_start_leaves_the_first_one_alone(tmp_path: Path) -> None:
    procedure = StreamingCapture(scope_serial="simulated", ends_by="stop")
    procedure.recording_path = str(tmp_path / "one.hdf5")
    procedure.startup()
    with pytest.raises(SessionStateError, match="records already"):
        procedure.startup()
    procedure.request_stop()
    procedure.execute()
    procedure.shutdown()
    assert verify(tmp_path / "one.hdf5").exit_code == 0


def test_nothing_is_executed_before_the_start() -> None:
    with pytest.raises(SessionStateError, match=r"call startup\(\) before"):
        StreamingCapture().execute()


def pickled(procedure: Any) -> Any:
    return pickle.loads(pickle.dumps(procedure))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_copies_have_the_same_parameters(copied: Any) -> None:
    procedure = StreamingCapture(duration=0.2, range_a=2)
    procedure.recording_path = "there.hdf5"
    other = copied(procedure)
    assert other is not procedure
    assert other.parameter_values() == procedure.parameter_values()
    assert other.recording_path == "there.hdf5"
