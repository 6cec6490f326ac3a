"""Triggered captures as procedures: a row a capture, the samples beside the CSV, how it ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure import PicoStreamReader, host, verify
from picostream_pymeasure.config import (
    BANDWIDTHS,
    CaptureConfig,
    ChannelConfig,
    Coupling,
    DigitalPortConfig,
    TriggerConfig,
    TriggerDirection,
)
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.procedures.capture_sweep import CaptureSweep
from picostream_pymeasure.procedures.scope_keeper import wait_for_all
from picostream_pymeasure.procedures.triggered_capture import TriggeredCapture
from picostream_pymeasure.simulated import BlockFault, BlockHabits, SimulatedScope, load_simulated
from tests.support.capturing import FAST
from tests.support.patience import PATIENCE_S
from tests.support.procedures_runs import run, running, wait_until

#: What makes 20 captures of a sine of 1 V and 1 MHz.
PULSES: dict[str, Any] = {
    "scope_serial": "simulated",
    "resolution": 8,
    "sample_rate": 500,
    "range_a": 2,
    "trigger_level": 0.25,
    "pre_trigger": 100e-9,
    "captures": 20,
    "capture_samples": 500,
    "timeout": PATIENCE_S,
}


class Fast:
    """Lets a procedure use a simulated scope that needs no real time."""

    simulated: Mapping[str, Any] = MappingProxyType({})

    def open_scope(self) -> PicoScope5000A:
        settings = {"paced": False, "signals": FAST, **self.simulated}
        return PicoScope5000A(
            PicoScopeAdapter(library=load_simulated((SimulatedScope(**settings),)))
        )


class FastCapture(Fast, TriggeredCapture):
    """Captures of such a scope."""


class FastSweep(Fast, CaptureSweep):
    """The same, with a source that is stepped."""


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    assert wait_for_all(PATIENCE_S)


def status_of(path: Path) -> tuple[str, str]:
    """What a recording says of its end: status and who ended it."""
    with h5py.File(path) as file:
        return tuple(  # type: ignore[return-value]
            np.asarray(file.attrs[name]).astype(str).item() for name in ("status", "ended_by")
        )


def test_every_parameter_is_taken() -> None:
    procedure = TriggeredCapture(
        resolution=14,
        sample_rate=31.25,
        channel_a=False,
        channel_b=True,
        range_b=0.5,
        coupling_b="AC",
        offset_b=0.25,
        bandwidth_b="20 MHz",
        port_1=True,
        logic_level_1=0.75,
        trigger_source="B",
        trigger_level=0.2,
        trigger_direction="falling",
        pre_trigger="10 us",
        auto_trigger=0.002,
        length_by="duration",
        capture_duration="1 ms",
        captures="2k",
    )
    assert procedure.capture_config() == CaptureConfig(
        channels=(ChannelConfig("B", 0.5, Coupling.AC, 0.25, BANDWIDTHS["20 MHz"]),),
        digital_ports=(DigitalPortConfig("PORT1", 0.75),),
        resolution_bits=14,
        sample_rate_hz=31.25e6,
        trigger=TriggerConfig("B", 0.2, TriggerDirection.FALLING, 10e-6, 0.002),
        duration_s=1e-3,
        captures=2000,
    )
    procedure.trigger_enabled = False
    assert procedure.capture_config().trigger is None


@pytest.mark.parametrize("max_segments", [0, 7])
def test_a_row_a_capture(tmp_path: Path, max_segments: int) -> None:
    procedure = FastCapture(**PULSES, channel_b=True)
    procedure.simulated = {"block": BlockHabits(max_segments=max_segments)}
    table = run(procedure, tmp_path / "run.csv").data
    assert procedure.status == host.FINISHED, procedure.error
    assert list(table.columns) == FastCapture.DATA_COLUMNS
    assert table["Capture (count)"].tolist() == list(range(20))
    path = tmp_path / "run.hdf5"
    assert verify(path).exit_code == 0
    assert status_of(path) == ("complete", "target")
    with PicoStreamReader(path) as reader:
        captures = list(reader.captures)
        np.testing.assert_allclose(table["Trigger Time (s)"], reader.captures.trigger_times_s)
    for row, capture in zip(table.to_dict("records"), captures, strict=True):
        volts = capture.voltages_mv["A"] / 1e3
        baseline_v = volts[:25].mean()  # half of what lies before the trigger
        assert row["A Baseline (V)"] == pytest.approx(baseline_v)
        assert row["A Minimum (V)"] == pytest.approx(volts.min())
        assert row["A Maximum (V)"] == pytest.approx(volts.max())
        assert row["A Mean (V)"] == pytest.approx(volts.mean())
        farthest_v = max(volts - baseline_v, key=abs)
        assert row["A Amplitude (V)"] == pytest.approx(farthest_v)
        assert row["A Area (V*s)"] == pytest.approx((volts - baseline_v).sum() * 2e-9)
        assert row["B Mean (V)"] == pytest.approx(capture.voltages_mv["B"].mean() / 1e3)
    assert table["C Mean (V)"].isna().all()
    assert (table["Over-Range (count)"] == 0).all()


def test_a_source_is_stepped(tmp_path: Path) -> None:
    procedure = FastSweep(**PULSES, channel_b=True, range_b=5, n_values=3, last_value=2)
    procedure.simulated = {"signals": {"A": FAST["A"]}}
    table = run(procedure, tmp_path / "run.csv").data
    assert procedure.status == host.FINISHED, procedure.error
    assert table["Source Value"].tolist() == [0] * 20 + [1] * 20 + [2] * 20
    means_v = table.groupby("Source Value")["B Mean (V)"].mean()
    np.testing.assert_allclose(means_v, [0, 1, 2], atol=0.1)
    assert verify(tmp_path / "run.hdf5").exit_code == 0
    with PicoStreamReader(tmp_path / "run.hdf5") as reader:
        assert len(reader.captures) == 60
        assert reader.events["value"].tolist() == [0, 1, 2]
        assert reader.events["sample_index"].tolist() == [0, 10_000, 20_000]
        assert (np.diff(reader.captures.trigger_times_s) > 0).all()


NEVER = {"block_faults": (BlockFault("never_triggers", "armed"),)}


def test_a_timeout_keeps_what_came(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    procedure = FastCapture(**{**PULSES, "timeout": 0.2})
    procedure.simulated = {
        "block": BlockHabits(max_segments=8),
        "block_faults": (BlockFault("never_triggers", "armed", at_run=2),),
    }
    table = run(procedure, tmp_path / "run.csv").data
    assert procedure.status == host.FINISHED
    assert len(table) == 8
    assert "8 of 20 captures were recorded. The time was over." in caplog.text
    assert status_of(tmp_path / "run.hdf5") == ("complete", "stopped")


@pytest.mark.parametrize(
    ("action", "status", "stored"),
    [("stop", host.FINISHED, "stopped"), ("abort", host.ABORTED, "aborted")],
)
def test_stop_and_abort(tmp_path: Path, action: str, status: int, stored: str) -> None:
    procedure = FastCapture(**{**PULSES, "timeout": 0})
    procedure.simulated = NEVER
    with running(procedure, tmp_path / "run.csv") as worker:
        wait_until((tmp_path / "run.hdf5").exists)
        (procedure.request_stop if action == "stop" else worker.stop)()
    assert procedure.status == status
    assert status_of(tmp_path / "run.hdf5")[1] == stored


def test_an_unplugged_scope_fails_the_run_and_keeps_captures(tmp_path: Path) -> None:
    procedure = FastCapture(**PULSES)
    procedure.simulated = {
        "block": BlockHabits(max_segments=8),
        "block_faults": (BlockFault("unplug", "armed", at_run=2),),
    }
    table = run(procedure, tmp_path / "run.csv").data
    assert procedure.status == host.FAILED
    assert len(table) == 8
    assert status_of(tmp_path / "run.hdf5")[1] == "lost scope"
    with PicoStreamReader(tmp_path / "run.hdf5") as reader:
        assert len(reader.captures) == 8


def test_a_mark_lies_at_the_next_capture(tmp_path: Path) -> None:
    class Marked(FastCapture):
        def run(self, session: Any) -> None:
            self.capture()
            self.mark("between", 1.5)
            with pytest.raises(ConfigurationError, match="a text and a number"):
                self.mark(5)  # type: ignore[arg-type]
            self.capture()
            self.mark("after the last one")

    procedure = Marked(**PULSES)
    run(procedure, tmp_path / "run.csv")
    with PicoStreamReader(tmp_path / "run.hdf5") as reader:
        assert reader.events["sample_index"].tolist() == [20 * 500]
        assert reader.events["label"].tolist() == [b"between"]


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"sample_rate": 1000, "channel_b": True}, "up to 500 MS/s"),
        ({"resolution": 16, "channel_b": True, "sample_rate": 0}, "At 16 bit at most 1"),
        ({"trigger_source": "B"}, "trigger watches B"),
        ({"pre_trigger": 1e-6}, "leave nothing"),
        ({"captures": 0}, "Captures cannot be 0"),
        ({"captures": 300_000}, "at most 253952 captures"),
        ({"captures": 250_000, "capture_samples": 2**31 - 1}, "disk"),
    ],
)
def test_what_cannot_be_is_told_before(
    tmp_path: Path, parameters: dict[str, Any], sentence: str
) -> None:
    made: list[FastCapture] = []

    def check() -> None:
        made.append(FastCapture(**{**PULSES, **parameters}))  # after 0.16 some are refused here
        made[0].recording_path = str(tmp_path / "run.hdf5")
        made[0].check()

    with pytest.raises((ConfigurationError, OSError), match=sentence):
        check()
    for procedure in made:
        assert dict(procedure.get_estimates())["Can record"].startswith("no")


def test_estimates_and_the_rate_that_will_be() -> None:
    procedure = FastCapture(**{**PULSES, "sample_rate": 400})
    procedure.settle()
    assert procedure.sample_rate == 500
    estimates = dict(procedure.get_estimates(3))
    assert estimates["Duration"] == "3 × 20 × 1.000 µs"
    assert estimates["Can record"] == "yes"


def test_it_does_not_hang_on_a_scope_that_does_not_open(tmp_path: Path) -> None:
    let_go = threading.Event()

    class Hanging(FastCapture):
        def open_scope(self) -> PicoScope5000A:
            let_go.wait(PATIENCE_S)
            return super().open_scope()

    procedure = Hanging(**PULSES)
    with running(procedure, tmp_path / "run.csv") as worker:
        wait_until(lambda: procedure.status == host.RUNNING)
        worker.stop()
        wait_until(lambda: procedure.status == host.ABORTED)
        let_go.set()
