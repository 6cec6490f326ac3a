"""The instrument as a script uses it: with the simulated scope always, with a real one on request.

Nothing is known of what is connected to the inputs, and of the model only that it has A and B.
"""

from __future__ import annotations

import math
import pickle
import threading
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.config import Wave
from picostream_pymeasure.errors import (
    ConfigurationError,
    OutputExistsError,
    SessionStateError,
    StorageError,
)
from picostream_pymeasure.instrument import PicoScope5000A
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.records import Sink
from picostream_pymeasure.storage import describe_file
from picostream_pymeasure.streaming.session import SessionState
from picostream_pymeasure.verification import verify
from tests.support.patience import PATIENCE_S
from tests.support.procedures_runs import wait_until

CIRCLE: dict[str, Any] = {}
CIRCLE["itself"] = CIRCLE

# -- what it says about itself


def test_scope_identifies_itself(scope: PicoScope5000A) -> None:
    assert scope.variant.startswith("5")
    assert scope.serial
    assert scope.driver_version
    assert scope.calibration_date
    assert scope.id.split(",")[1:3] == [f"PicoScope {scope.variant}", scope.serial]
    assert scope.channel_names[:2] == ("A", "B")
    assert scope.power_source in ("mains", "USB", "USB 2", "sufficient")


def test_scope_answers(scope: PicoScope5000A) -> None:
    scope.ping()
    scope.flash_led(1)
    assert scope.check_errors() == []


# -- acquiring


def test_acquire_gives_times_and_voltages(scope: PicoScope5000A) -> None:
    scope.A.range = 5
    scope.B.enabled = True
    scope.sample_rate = 1e6
    capture = scope.acquire(duration=0.02)
    assert list(capture.voltages) == ["A", "B"]
    assert len(capture) == round(0.02 / capture.sample_interval)
    assert capture.sample_interval == scope.actual_sample_interval == pytest.approx(1e-6, rel=0.05)
    assert scope.actual_sample_rate == pytest.approx(1 / capture.sample_interval)
    np.testing.assert_allclose(np.diff(capture.times), capture.sample_interval, rtol=1e-6)
    for voltages in capture.voltages.values():
        assert voltages.dtype == np.float64
        assert voltages.shape == capture.times.shape
    assert np.abs(capture.voltages["A"]).max() <= 5.0
    assert capture.trigger_index is None
    assert set(capture.over_range) == {"A", "B"}
    assert "A, B" in repr(capture)
    again = pickle.loads(pickle.dumps(capture))
    assert again != capture, "arrays are compared one by one, not as a capture"
    np.testing.assert_array_equal(again.voltages["A"], capture.voltages["A"])


def test_capture_becomes_a_table(scope: PicoScope5000A) -> None:
    scope.sample_rate = 1e6
    capture = scope.acquire(samples=1000)
    table = capture.to_pandas()
    assert list(table.columns) == ["A"]
    assert table.index.name == "time (s)"
    np.testing.assert_array_equal(table.index, capture.times)
    np.testing.assert_array_equal(table["A"], capture.voltages["A"])


def test_aggregate_gives_minima_and_maxima(scope: PicoScope5000A) -> None:
    scope.sample_rate = 1e6
    scope.downsample_mode = "aggregate"
    scope.downsample_ratio = 10
    capture = scope.acquire(samples=500)
    assert capture.sample_interval == pytest.approx(10 * scope.actual_sample_interval)
    assert capture.voltages["A"].shape == (500, 2)
    assert (capture.voltages["A"][:, 0] <= capture.voltages["A"][:, 1]).all()
    assert list(capture.to_pandas().columns) == ["A min", "A max"]


@pytest.mark.parametrize("mode", ["average", "decimate"])
def test_other_reductions_give_one_value(scope: PicoScope5000A, mode: str) -> None:
    scope.sample_rate = 1e6
    scope.downsample_mode = mode
    scope.downsample_ratio = 16
    assert scope.acquire(samples=300).voltages["A"].shape == (300,)


@pytest.mark.parametrize("bits", [8, 12, 14, 15, 16])
def test_every_resolution(scope: PicoScope5000A, bits: int) -> None:
    scope.resolution = bits
    scope.sample_rate = 500e3
    capture = scope.acquire(samples=100)
    assert capture.description.max_adc == (127 if bits == 8 else scope.max_adc)
    assert len(capture) == 100


def test_auto_trigger_begins_without_an_edge(scope: PicoScope5000A) -> None:
    scope.sample_rate = 100e3
    scope.trigger.enabled = True
    scope.trigger.level = 19.5
    scope.trigger.auto_trigger = 0.02
    scope.trigger.pre_trigger = 0.001
    capture = scope.acquire(samples=200)
    pre_samples = round(0.001 / capture.sample_interval)
    assert capture.trigger_index == pre_samples
    assert len(capture) == pre_samples + 200


def test_fastest_rate_is_told_before_and_after(scope: PicoScope5000A) -> None:
    assert math.isnan(scope.actual_sample_rate)
    assert math.isnan(scope.actual_sample_interval)
    assert scope.fastest_sample_rate == pytest.approx(62.5e6)
    scope.B.enabled = True
    assert scope.shortest_sample_interval == pytest.approx(32e-9)
    scope.acquire(samples=1000)
    assert 0 < scope.actual_sample_rate <= scope.fastest_sample_rate * 1.001


# -- recording


def test_stream_records_a_file(scope: PicoScope5000A, tmp_path: Path) -> None:
    scope.A.range = 1
    scope.sample_rate = 1e6
    path = tmp_path / "run.hdf5"
    with scope.stream(path, metadata={"sample": "blank"}) as session:
        assert scope.is_streaming
        assert session.path == path
        session.mark("begun", 7)
        marked_at = session.health().received
        wait_until(lambda: session.health().stored > marked_at + 500_000)
        outcome = session.stop()
    assert not scope.is_streaming
    assert outcome.complete
    assert verify(path).exit_code == 0
    with PicoStreamReader(str(path)) as reader:
        assert reader.num_samples == outcome.health.stored
        assert list(reader.events["label"]) == [b"begun"]


def test_stream_without_end_is_stopped(scope: PicoScope5000A, tmp_path: Path) -> None:
    scope.sample_rate = 200e3
    with scope.stream(tmp_path / "run.hdf5") as session:
        pass
    assert session.state is SessionState.STOPPED
    assert verify(tmp_path / "run.hdf5").exit_code == 0


def test_scope_streams_again_and_again(scope: PicoScope5000A, tmp_path: Path) -> None:
    scope.sample_rate = 1e6
    for number in range(3):
        with scope.stream(tmp_path / f"{number}.hdf5", samples=10_000) as session:
            assert session.wait().health.stored == 10_000
        scope.acquire(samples=100)


def test_live_only_files(scope: PicoScope5000A, tmp_path: Path) -> None:
    scope.sample_rate = 1e6
    with scope.stream(tmp_path / "live.hdf5", live_only=0.1, duration=0.3) as session:
        session.wait()
    assert verify(tmp_path / "live.hdf5").exit_code == 0


def test_compressed_files(scope: PicoScope5000A, tmp_path: Path) -> None:
    scope.sample_rate = 1e6
    with scope.stream(tmp_path / "packed.hdf5", compress=True, duration=0.3) as session:
        session.wait()
    assert verify(tmp_path / "packed.hdf5").exit_code == 0
    assert describe_file(tmp_path / "packed.hdf5")["compressed"]


def test_unnamed_recording_gets_the_time(
    scope: PicoScope5000A, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scope.sample_rate = 1e6
    with scope.stream(samples=1000) as session:
        session.wait()
    assert [session.path] == list(tmp_path.glob("picostream_*.hdf5"))


# -- what cannot be while it streams


def change_settings(scope: PicoScope5000A) -> list[tuple[Any, str, Any]]:
    return [
        (scope.A, "enabled", True),
        (scope.A, "range", 1),
        (scope.A, "coupling", "AC"),
        (scope.A, "offset", 0.1),
        (scope.A, "bandwidth", "20 MHz"),
        (scope.PORT0, "enabled", False),
        (scope.PORT0, "logic_level", 1.0),
        (scope, "resolution", 8),
        (scope, "sample_rate", 1e3),
        (scope, "sample_interval", 1e-3),
        (scope, "downsample_mode", "average"),
        (scope, "downsample_ratio", 2),
        (scope, "power_source", "mains"),
        (scope.trigger, "enabled", True),
        (scope.trigger, "source", "B"),
        (scope.trigger, "level", 1),
        (scope.trigger, "direction", "falling"),
        (scope.trigger, "pre_trigger", 1),
        (scope.trigger, "auto_trigger", 1),
        (scope.trigger, "advanced", None),
    ]


def test_settings_cannot_be_changed_while_it_streams(scope: PicoScope5000A, tmp_path: Path) -> None:
    scope.sample_rate = 200e3
    scope.A.offset_limits  # noqa: B018 - known from here on
    with scope.stream(tmp_path / "run.hdf5"):
        for target, name, value in change_settings(scope):
            with pytest.raises(SessionStateError, match="while the scope streams"):
                setattr(target, name, value)
        for action in (scope.ping, scope.flash_led, lambda: scope.acquire(samples=1)):
            with pytest.raises(SessionStateError, match="while the scope streams"):
                action()
        with pytest.raises(SessionStateError, match="while the scope streams"):
            scope.stream(tmp_path / "second.hdf5")
        assert scope.A.range == 20.0
        assert scope.A.offset_limits[1] > 0
        assert scope.power_source
        assert scope.check_errors() == []
        assert scope.A.overload in (True, False)
    scope.A.range = 1
    assert not (tmp_path / "second.hdf5").exists()


def test_session_made_before_another_one_waits_its_turn(
    scope: PicoScope5000A, tmp_path: Path
) -> None:
    scope.sample_rate = 200e3
    first, second = (scope.stream(tmp_path / f"{name}.hdf5") for name in "ab")
    with first:
        with pytest.raises(SessionStateError, match="streams"):
            second.start()
        assert first.state is SessionState.RUNNING
    with second:
        assert scope.is_streaming


# -- the generator


def test_generator_runs_beside_a_stream(scope: PicoScope5000A, tmp_path: Path) -> None:
    scope.sample_rate = 500e3
    generator = scope.generator
    generator.amplitude = 1.0
    generator.start()
    with scope.stream(tmp_path / "run.hdf5"):
        for frequency in (100.0, 1e3, 10e3):
            generator.frequency = frequency
            assert generator.frequency == frequency
        generator.wave = "square"
        generator.sweep(100, 1000, step=100, dwell=0.01, direction="up down")
        generator.off()
        assert not generator.enabled
        generator.trigger_source = "software"
        generator.frequency, generator.shots = 1e3, 5
        generator.start()
        generator.trigger()
    generator.off()


@pytest.mark.parametrize("wave", [wave.value for wave in Wave if wave is not Wave.ARBITRARY])
def test_every_wave(scope: PicoScope5000A, wave: str) -> None:
    scope.generator.wave = wave
    scope.generator.start()
    assert scope.generator.wave == wave
    assert scope.generator.enabled


# -- the end


def test_shutdown_ends_the_stream_and_keeps_what_came(
    scope: PicoScope5000A, tmp_path: Path
) -> None:
    scope.sample_rate = 1e6
    session = scope.stream(tmp_path / "run.hdf5")
    session.start()
    scope.generator.start()
    scope.shutdown()
    assert session.state is SessionState.STOPPED
    assert verify(tmp_path / "run.hdf5").exit_code == 0
    assert scope.isShutdown
    scope.shutdown()
    assert scope.serial
    assert not scope.is_streaming
    for action in (
        lambda: scope.acquire(samples=10),
        scope.ping,
        scope.generator.start,
        session.start,
        lambda: scope.power_source,
    ):
        with pytest.raises(SessionStateError, match=r"closed|streams once"):
            action()


def test_an_error_in_the_block_is_what_the_file_says(scope: PicoScope5000A, tmp_path: Path) -> None:
    scope.sample_rate = 1e6
    with pytest.raises(ZeroDivisionError), scope:  # noqa: PT012
        scope.stream(tmp_path / "run.hdf5").start()
        raise ZeroDivisionError("the caller's")
    assert scope.isShutdown
    with h5py.File(tmp_path / "run.hdf5") as file:
        said = [file.attrs[name] for name in ("status", "ended_by", "reason")]
    assert said == [b"incomplete", b"failed", b"the caller's"]


def test_shutdown_from_another_thread(scope: PicoScope5000A, tmp_path: Path) -> None:
    scope.sample_rate = 1e6
    with scope.stream(tmp_path / "run.hdf5") as session:
        helper = threading.Thread(target=scope.shutdown)
        helper.start()
        session.wait(PATIENCE_S)
        helper.join()
    assert verify(tmp_path / "run.hdf5").exit_code == 0


# -- files that cannot be


def test_file_that_exists_is_kept(scope: PicoScope5000A, tmp_path: Path) -> None:
    path = tmp_path / "run.hdf5"
    path.write_text("precious")
    with pytest.raises(OutputExistsError):
        scope.stream(path)
    assert path.read_text() == "precious"


def test_what_is_no_sink_is_told_what_it_must_be(scope: PicoScope5000A) -> None:
    class NoSink:
        """Has perhaps the methods."""

    for path in (NoSink(), NoSink, Sink):
        with pytest.raises(ConfigurationError, match=r"name of a file, or an object .* from Sink"):
            scope.stream(path, duration=1)


@pytest.mark.parametrize(
    ("path", "options", "error"),
    [
        ("missing/run.hdf5", {}, StorageError),
        ("", {}, ConfigurationError),
        (5, {}, ConfigurationError),
        ("nul\0.hdf5", {}, ConfigurationError),
        ("run.hdf5", {"duration": 1e7}, StorageError),
        ("run.hdf5", {"duration": math.nan}, ConfigurationError),
        ("run.hdf5", {"duration": "1"}, ConfigurationError),
        ("run.hdf5", {"duration": 1, "samples": 1}, ConfigurationError),
        ("run.hdf5", {"samples": 1.5}, ConfigurationError),
        ("run.hdf5", {"samples": 0}, ConfigurationError),
        ("run.hdf5", {"live_only": 0}, ConfigurationError),
        ("run.hdf5", {"live_only": math.nan}, ConfigurationError),
        ("run.hdf5", {"compress": "yes"}, ConfigurationError),
        ("run.hdf5", {"compress": True, "live_only": 1}, ConfigurationError),
        ("run.hdf5", {"compress": True, "keep": "A:falling:5sigma"}, ConfigurationError),
        ("run.hdf5", {"force": "yes"}, ConfigurationError),
        ("run.hdf5", {"metadata": "text"}, ConfigurationError),
        ("run.hdf5", {"metadata": {(1, 2): 3}}, ConfigurationError),
        ("run.hdf5", {"metadata": CIRCLE}, ConfigurationError),
        ("run.hdf5", {"pool": 0}, ConfigurationError),
        ("run.hdf5", {"pool": None}, ConfigurationError),
        ("run.hdf5", {"on_overrun": "panic"}, ConfigurationError),
        ("run.hdf5", {"reserve_bytes": -1}, ConfigurationError),
    ],
)
def test_impossible_recording_is_refused_at_once(
    scope: PicoScope5000A,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: Any,
    options: dict[str, Any],
    error: type[Exception],
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error):
        scope.stream(path, **options)
    assert not list(tmp_path.iterdir())
    assert not scope.is_streaming


@pytest.mark.parametrize(
    "extent",
    [{}, {"duration": 0}, {"samples": 10**15}, {"duration": True}, {"duration": 1, "samples": 1}],
)
def test_impossible_capture_is_refused_at_once(
    scope: PicoScope5000A, extent: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError):
        scope.acquire(**extent)
    assert not scope.is_streaming


def test_acquire_ends_in_time_with_what_there_is(scope: PicoScope5000A) -> None:
    scope.sample_rate = 1e6
    capture = scope.acquire(duration=60, timeout=0.2)
    assert 0 < len(capture) < 60e6
    assert not scope.is_streaming
    asked: list[bool] = []

    def should_stop() -> bool:
        asked.append(True)
        return len(asked) > 10

    assert len(scope.acquire(duration=60, should_stop=should_stop)) < 60e6
    assert len(asked) == 11


def test_acquire_whose_trigger_never_comes_ends_in_time(scope: PicoScope5000A) -> None:
    scope.sample_rate = 1e6
    scope.A.range = 20
    scope.trigger.level, scope.trigger.enabled = 19.9, True
    capture = scope.acquire(duration=1, timeout=0.1)
    assert len(capture) == 0
    assert "before the trigger" in capture.outcome.reason
