"""What goes wrong with scopes, as the user of the instrument meets it; and what must be exact."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.driver import loading
from picostream_pymeasure.errors import (
    ConfigurationError,
    DeviceLostError,
    DeviceNotFoundError,
    OverrunError,
    PowerSourceError,
    SdkNotFoundError,
    SessionStateError,
    StreamStalledError,
)
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.records import STOPPED, Block
from picostream_pymeasure.simulated import Fault, SimulatedScope, SimulatedSignal
from picostream_pymeasure.simulated.kernels.signal import expected_values
from picostream_pymeasure.storage import describe_file, open_recording
from picostream_pymeasure.streaming import preparation, workers
from picostream_pymeasure.system import compiling
from picostream_pymeasure.verification import verify
from tests.support.forgetting_sink import ForgettingSink
from tests.support.patience import PATIENCE_S
from tests.support.procedures_runs import PATIENT_SCOPE

Load = Callable[..., Any]


def opened(library: Any, serial: str | None = None) -> PicoScope5000A:
    return PicoScope5000A(PicoScopeAdapter(serial, library=library))


# -- finding and opening


def test_devices_are_listed_until_they_are_opened() -> None:
    assert PicoScope5000A.list_devices(simulated=True) == ["SIM44/0001", "SIM42/0002"]
    with PicoScope5000A(simulated=True, serial="SIM42/0002") as scope:
        assert scope.variant == "5242D"
        assert scope.list_devices(simulated=True) == ["SIM44/0001"]
        with PicoScope5000A("SIM44/0001", simulated=True):
            assert scope.list_devices(simulated=True) == []
    assert len(PicoScope5000A.list_devices(simulated=True)) == 2


def test_scope_in_use_is_named() -> None:
    with (
        PicoScope5000A(simulated=True, serial="SIM44/0001"),
        pytest.raises(DeviceNotFoundError, match=r"SIM44/0001.*connected: SIM42/0002"),
    ):
        PicoScope5000A(simulated=True, serial="SIM44/0001")


def test_scope_that_is_not_there(simulated: Load) -> None:
    with pytest.raises(DeviceNotFoundError, match="XY/1"):
        opened(simulated(), "XY/1")


def test_scope_that_refuses_leaves_nothing_open(simulated: Load) -> None:
    with pytest.raises(DeviceLostError):
        opened(simulated(faults=(Fault("refuse_open"),)))


def test_missing_sdk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Any:
        raise SdkNotFoundError("The PicoSDK library ps5000a is not installed.")

    monkeypatch.setattr(loading, "_import_wrapper", missing)
    monkeypatch.delitem(sys.modules, "picosdk.ps5000a", raising=False)
    for attempt in (PicoScope5000A.list_devices, PicoScope5000A):
        with pytest.raises(SdkNotFoundError, match="not installed"):
            attempt()


def test_half_made_instrument_can_be_shut_down(simulated: Load) -> None:
    made: list[PicoScope5000A] = []

    class Watched(PicoScope5000A):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            made.append(self)
            super().__init__(*arguments, **options)

    with pytest.raises(ConfigurationError):
        Watched(5)
    made[0].shutdown()
    bare = PicoScope5000A.__new__(PicoScope5000A)
    bare.shutdown()


# -- the samples


def test_voltages_are_those_at_the_input(simulated: Load) -> None:
    signals = {"B": SimulatedSignal("sine", 0.5, offset_v=1.0, frequency_hz=500, noise_v=0.0)}
    with opened(simulated(signals=signals)) as scope:
        scope.A.enabled = False
        scope.B.enabled = True
        scope.B.range = 2
        scope.B.offset = -1
        scope.sample_rate = 1e6
        capture = scope.acquire(samples=20_000)
    simulation = capture.outcome.simulation
    assert simulation is not None
    counts = expected_values(simulation, "B", 0, 20_000)
    np.testing.assert_array_equal(capture.counts["B"], counts)
    wave = 1.0 + 0.5 * np.sin(2 * np.pi * 500 * capture.times)
    np.testing.assert_allclose(capture.voltages["B"], wave, atol=2e-3)


def test_trigger_is_where_the_edge_is(simulated: Load) -> None:
    signals = {"A": SimulatedSignal("sine", 1.0, frequency_hz=100, noise_v=0.0)}
    with opened(simulated(signals=signals)) as scope:
        scope.A.range = 2
        scope.sample_rate = 1e6
        scope.trigger.enabled = True
        scope.trigger.level = 0.5
        scope.trigger.direction = "falling"
        scope.trigger.pre_trigger = 1e-3
        capture = scope.acquire(duration=2e-3)
    at = capture.trigger_index
    assert at == round(1e-3 / capture.sample_interval)
    assert capture.voltages["A"][at - 2] > 0.5 >= capture.voltages["A"][at + 2]
    assert len(capture) == at + round(2e-3 / capture.sample_interval)


def test_over_range_shows_as_overload_of_its_channel(simulated: Load) -> None:
    signals = {"A": SimulatedSignal(amplitude_v=3.0), "B": SimulatedSignal(amplitude_v=0.5)}
    with opened(simulated(signals=signals)) as scope:
        scope.A.range = scope.B.range = 1
        scope.B.enabled = True
        scope.sample_rate = 1e6
        assert not scope.A.overload
        capture = scope.acquire(duration=0.01)
        assert capture.over_range == {"A": True, "B": False}
        assert (scope.A.overload, scope.B.overload) == (True, False)
        assert scope.check_errors() == ["The input was over range on channel A."]


def test_digital_ports_are_captured(simulated: Load, tmp_path: Path) -> None:
    with opened(simulated(variant="5444DMSO")) as scope:
        scope.PORT0.enabled = True
        scope.PORT0.logic_level = 1.0
        scope.sample_rate = 1e6
        assert scope.fastest_sample_rate == pytest.approx(31.25e6)
        capture = scope.acquire(samples=5000)
        assert capture.digital["PORT0"].dtype == np.uint8
        assert list(capture.voltages) == list(capture.over_range) == ["A"]
        assert list(capture.to_pandas().columns) == ["A", "PORT0"]
        simulation = capture.outcome.simulation
        assert simulation is not None
        expected = expected_values(simulation, "PORT0", 0, 5000)
        np.testing.assert_array_equal(capture.counts["PORT0"], expected)


def test_model_without_digital_ports_says_so(simulated: Load) -> None:
    with opened(simulated(variant="5444D")) as scope:
        with pytest.raises(ConfigurationError, match=r"PORT0.*MSO"):
            scope.PORT0.enabled = True
        assert not scope.PORT0.enabled


def test_lost_samples_leave_no_capture_but_a_usable_scope(simulated: Load) -> None:
    with opened(simulated(faults=(Fault("overrun", at_sample=5000, samples=500),))) as scope:
        scope.sample_rate = 1e6
        with pytest.raises(OverrunError, match="try again"):
            scope.acquire(samples=400_000)
        assert scope.check_errors()
        assert not scope.is_streaming


def test_lost_samples_are_an_error_that_is_told(simulated: Load) -> None:
    with opened(simulated(faults=(Fault("overrun", at_sample=5000, samples=500),))) as scope:
        scope.sample_rate = 1e6
        with scope.stream(ForgettingSink(), samples=100_000, pool=0.5) as session:
            session.wait()
        (error,) = scope.check_errors()
        # half a millisecond is less than the host's clock can tell
        lost = r"([1-9]\d* samples per channel were lost in 1 gap\."
        assert re.fullmatch(lost + r"|Samples were lost in 1 gap: few, or unknown\.)", error)


def test_generator_is_seen_by_the_input_it_is_wired_to(simulated: Load) -> None:
    signals = {"A": SimulatedSignal("generator", noise_v=0.0)}
    with opened(simulated(signals=signals)) as scope:
        scope.A.range = 2
        scope.sample_rate = 1e6
        scope.generator.amplitude = 2
        scope.generator.start()
        assert np.ptp(scope.acquire(duration=0.01).voltages["A"]) == pytest.approx(2.0, rel=0.01)
        scope.generator.amplitude = 1
        assert np.ptp(scope.acquire(duration=0.01).voltages["A"]) == pytest.approx(1.0, rel=0.01)
        scope.generator.arbitrary(np.repeat([1.0, -0.5], 500), 1000)
        voltages = scope.acquire(duration=0.01).voltages["A"]
        assert (voltages.max(), voltages.min()) == pytest.approx((1.0, -0.5), abs=0.01)
        scope.generator.off()
        assert np.ptp(scope.acquire(duration=0.01).voltages["A"]) < 0.01


# -- two scopes


def test_two_scopes_stream_at_once(simulated: Load, tmp_path: Path) -> None:
    library = simulated(
        SimulatedScope(serial="LEFT/1", fifo_s=2.0),
        SimulatedScope(serial="RIGHT/2", seed=7, fifo_s=2.0),
    )
    with opened(library, "LEFT/1") as left, opened(library, "RIGHT/2") as right:
        left.sample_rate, right.sample_rate = 1e6, 500e3
        with (
            left.stream(tmp_path / "left.hdf5", duration=0.4) as session,
            right.stream(tmp_path / "right.hdf5", duration=0.4) as other,
        ):
            assert session.wait().complete
            assert other.wait().complete
    for name, serial in (("left", "LEFT/1"), ("right", "RIGHT/2")):
        path = tmp_path / f"{name}.hdf5"
        assert verify(path).exit_code == 0
        assert serial in str(describe_file(path))


# -- power


def test_four_channels_on_usb_power(simulated: Load) -> None:
    with opened(simulated(power="usb")) as scope:
        assert scope.power_source == "USB"
        assert scope.channel_names == ("A", "B")
        with pytest.raises(ConfigurationError, match=r"Channel C.*USB power.*use A, B"):
            scope.C.enabled = True
        assert not scope.C.enabled
        with pytest.raises(PowerSourceError):
            scope.power_source = "mains"
        scope.power_source = "USB"
        scope.sample_rate = 1e6
        assert len(scope.acquire(samples=100)) == 100


def test_supply_that_is_lost_while_it_streams(simulated: Load) -> None:
    with opened(simulated(faults=(Fault("power_change", at_sample=5000, power="usb"),))) as scope:
        for channel in scope.channels.values():
            channel.enabled = True
        scope.sample_rate = 1e6
        with pytest.raises(PowerSourceError, match="Channel C, D"):
            scope.acquire(samples=400_000)
        assert scope.power_source == "USB"
        with pytest.raises(ConfigurationError, match="USB power"):
            scope.acquire(samples=100)
        scope.C.enabled = scope.D.enabled = False
        assert len(scope.acquire(samples=100)) == 100


def test_channel_the_model_does_not_have(simulated: Load) -> None:
    with (
        opened(simulated(variant="5242D")) as scope,
        pytest.raises(ConfigurationError, match=r"Channel D.*model.*use A, B"),
    ):
        scope.D.enabled = True


# -- unplugged


def test_unplugged_while_it_streams(simulated: Load, tmp_path: Path) -> None:
    path = tmp_path / "run.hdf5"
    with opened(simulated(faults=(Fault("unplug", at_sample=100_000),))) as scope:
        scope.sample_rate = 1e6
        with (
            pytest.raises(DeviceLostError, match="USB cable"),
            scope.stream(path, duration=10) as session,
        ):
            session.wait()
        assert "does not answer" in scope.check_errors()[0]
        with pytest.raises(DeviceLostError):
            scope.ping()
        with pytest.raises(DeviceLostError):
            scope.acquire(samples=10)
        assert scope.serial == "SIM44/0001"
        assert not scope.is_streaming
    assert scope.isShutdown
    assert verify(path).exit_code == 3


def test_unplugged_between_two_streams(simulated: Load) -> None:
    with opened(simulated(faults=(Fault("unplug", at_sample=3_000),))) as scope:
        scope.sample_rate = 1e6
        scope.generator.start()
        scope.acquire(samples=1000)
        with pytest.raises(DeviceLostError):
            scope.acquire(samples=1_000_000)
        for use in (
            lambda: setattr(scope.generator, "frequency", 5.0),
            lambda: scope.power_source,
            lambda: scope.flash_led(),
        ):
            with pytest.raises(DeviceLostError):
                use()
        assert scope.generator.frequency == 1000.0


# -- an instrument that is closed


def test_a_sink_that_closes_its_scope_ends_the_stream(simulated: Load) -> None:
    class Closing(ForgettingSink):
        def write(self, block: Block) -> None:
            scope.shutdown()

    with opened(simulated()) as scope:
        scope.sample_rate = 1e6
        with scope.stream(Closing(), duration=60) as session:
            assert session.wait(PATIENCE_S).ended_by == STOPPED
        assert not scope.isShutdown
        scope.acquire(samples=10)
    assert scope.isShutdown


@pytest.mark.parametrize(
    "change",
    [
        lambda scope: setattr(scope, "sample_rate", 1e6),
        lambda scope: setattr(scope, "resolution", 8),
        lambda scope: setattr(scope, "downsample_ratio", 2),
        lambda scope: setattr(scope.A, "range", 2.0),
        lambda scope: setattr(scope.A, "enabled", True),
        lambda scope: setattr(scope.PORT0, "enabled", False),
        lambda scope: setattr(scope.trigger, "level", 0.1),
        lambda scope: setattr(scope.generator, "frequency", 100.0),
        lambda scope: scope.acquire(samples=10),
        lambda scope: scope.stream("data.hdf5"),
    ],
)
def test_settings_of_a_closed_instrument_are_refused(
    simulated: Load, change: Callable[[PicoScope5000A], object]
) -> None:
    scope = opened(simulated())
    scope.shutdown()
    with pytest.raises(SessionStateError, match="is closed; make a new instrument"):
        change(scope)
    assert scope.A.range


# -- a driver that does not return


def test_driver_that_hangs_ends_the_stream_and_closes_the_scope(
    simulated: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "_STALL_S", 0.3)
    library = simulated(faults=(Fault("hang", at_sample=50_000, duration_s=1.5),))
    scope = opened(library)
    handle = scope.unit.handle
    scope.sample_rate = 1e6
    with pytest.raises(StreamStalledError, match="unplug"):
        scope.acquire(samples=10_000_000)
    with pytest.raises(SessionStateError, match="closed"):
        scope.acquire(samples=10)
    scope.shutdown()
    for thread in threading.enumerate():
        if thread.name == "picostream-producer":
            thread.join()
    workers.ABANDONED.clear()
    library.ps5000aCloseUnit(handle)


def test_who_opens_a_scope_is_told_of_compilations(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    monkeypatch.setattr(compiling, "log_once", lambda: told.append(True))
    PicoScope5000A(simulated=True).shutdown()
    assert told


# -- the end of the program


@pytest.mark.parametrize(
    "use", [pytest.param("", marks=pytest.mark.long), "print(len(scope.acquire(samples=100)))"]
)
def test_script_that_forgets_to_close_ends_quietly(tmp_path: Path, use: str) -> None:
    script = tmp_path / "script.py"  # its names live longer than those of a command
    script.write_text(
        "from picostream_pymeasure.instrument import PicoScope5000A\n"
        f"scope = PicoScope5000A(simulated=True)\n{use}\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", script], capture_output=True, text=True, check=False
    )
    told = done.stderr.replace(f"{compiling.SENTENCE} ...\n", "")  # where nothing is compiled yet
    assert (done.returncode, told) == (0, "")
    assert done.stdout.strip() == ("100" if use else "")


@pytest.mark.parametrize(
    "last_line",
    ["", pytest.param("raise SystemExit(3)", marks=pytest.mark.long), "raise KeyboardInterrupt"],
)
def test_stream_that_a_script_leaves_running_is_told_as_such(
    tmp_path: Path, last_line: str
) -> None:
    program = (
        "import sys, time\n"
        "from picostream_pymeasure.instrument import PicoScope5000A\n"
        "scope = PicoScope5000A(simulated=True)\n"
        "scope.sample_rate = 1e6\n"
        "session = scope.stream(sys.argv[1])\n"
        "session.start()\n"
        "while not session.health().stored: time.sleep(0.001)\n"
    )
    path = tmp_path / "left.hdf5"
    subprocess.run(
        [sys.executable, "-c", program + last_line, path],
        env={**os.environ, loading.SIMULATED_SCOPES_VARIABLE: PATIENT_SCOPE},
        timeout=PATIENCE_S,
        check=False,
    )
    report = verify(path)
    assert report.errors == []
    assert report.complete == (last_line != "raise KeyboardInterrupt")
    with open_recording(path) as recording:
        assert recording.attributes["reason"] == "The program ended before the recording did."
