"""``scope.capture`` with every choice of block mode; each sample is computed anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure import PicoScope5000A
from picostream_pymeasure.errors import (
    ConfigurationError,
    DeviceLostError,
    DriverError,
    PowerSourceError,
    SessionStateError,
)
from picostream_pymeasure.simulated import BlockFault, BlockHabits, SimulatedSignal, expected_values
from tests.support.capturing import SLOW, assert_proven, truth
from tests.support.patience import PATIENCE_S

Open = Callable[..., PicoScope5000A]

HABITS = [
    BlockHabits(),
    BlockHabits(rearm_s=1e-3, setup_s=0.01, transfer_bytes_s=50e6),
    BlockHabits(max_segments=7, kept_samples=100),
    BlockHabits(stamp_start=2**32 - 5, stamp_bits=32),
    BlockHabits(stamp_start=2**56 - 1),
    BlockHabits(stamp_start=2**64 - 1, stamp_bits=64),
    BlockHabits(offset_sign=-1, offset_unit="varies", offset_of_auto="not_calculable"),
    BlockHabits(discards="all"),
    BlockHabits(stop_callback="never", run_while_armed="restart", lost_callback=False),
]


@pytest.mark.parametrize("habits", HABITS, ids=str)
@pytest.mark.parametrize("n_captures", [1, 20])
def test_captures_are_those_of_the_scope(
    opened: Open, habits: BlockHabits, n_captures: int
) -> None:
    scope = opened(block=habits)
    scope.B.enabled, scope.trigger.pre_trigger = True, 200e-9
    captures = scope.capture(samples=1000, captures=n_captures, timeout=PATIENCE_S)
    assert (captures.ended_by, len(captures), captures.lost) == ("target", n_captures, 0)
    assert captures.sample_interval_ns == 2
    runs = np.flatnonzero(captures.run_of == captures.run_of[-1])
    assert_proven(scope, captures, int(runs[0]))
    assert captures.trigger_index == 100
    assert (truth(scope)["trigger"] - truth(scope)["first"] == 100).all()
    # between two samples 2 ns apart the sine is nearly straight
    level_v = captures.voltages["A"][:, 99:101]
    assert (level_v[:, 0] < 0.25).all()
    assert (level_v[:, 1] >= 0.25).all()
    crossing = captures.times[:, 99] / (captures.times[:, 99] - captures.times[:, 100])
    at_zero = level_v[:, 0] + crossing * (level_v[:, 1] - level_v[:, 0])
    assert at_zero == pytest.approx(0.25, abs=1e-9)
    triggers = truth(scope)["trigger"][: len(runs)]
    times_s = captures.trigger_times_s[runs]
    assert times_s - times_s[0] == pytest.approx((triggers - triggers[0]) * 2e-9, abs=1e-12)


def test_ten_thousand_captures_are_proven(opened: Open) -> None:
    scope = opened()
    captures = scope.capture(samples=1000, captures=10_000, timeout=PATIENCE_S)
    begins = truth(scope)["first"]
    last = int(begins[-1]) + 1000
    stream = expected_values(scope.unit.simulation(), "A", 0, last)
    windows = np.lib.stride_tricks.sliding_window_view(stream, 1000)[begins]
    assert np.array_equal(captures.counts["A"], windows)
    assert np.diff(captures.trigger_times_s) == pytest.approx(np.diff(begins) * 1e-9)
    assert (captures.dead_times > 0).all()


def test_a_counter_that_counts_something_else_is_not_believed(opened: Open) -> None:
    scope = opened(block=BlockHabits(stamp_ns=1000))
    captures = scope.capture(samples=1000, captures=5)
    assert np.isnan(captures.trigger_times_s[1:]).all()


def test_without_a_trigger_it_captures_at_once(opened: Open) -> None:
    scope = opened()
    scope.trigger.enabled = False
    captures = scope.capture(duration=1e-6, captures=3)
    assert captures.counts["A"].shape == (3, 1000)
    assert_proven(scope, captures)
    assert (captures.offsets_s == 0).all()


def test_an_auto_trigger_has_no_crossing(opened: Open) -> None:
    scope = opened(signals={"A": SimulatedSignal("dc", noise_v=0.0)})
    scope.trigger.auto_trigger = 0.005
    captures = scope.capture(samples=100, captures=2)
    assert (captures.offsets_s == 0).all()
    assert_proven(scope, captures)


def test_digital_ports(opened: Open) -> None:
    scope = opened(variant="5444DMSO")
    scope.PORT0.enabled = True
    captures = scope.capture(samples=500, captures=4)
    assert captures.digital["PORT0"].shape == (4, 500)
    assert captures.digital["PORT0"].dtype == np.uint8
    assert_proven(scope, captures)


def test_over_range_is_told_for_each_capture(opened: Open) -> None:
    scope = opened()
    scope.A.range = 0.5
    captures = scope.capture(samples=1000, captures=3)
    assert captures.over_range["A"].tolist() == [True] * 3


@pytest.mark.parametrize("bits", [8, 12, 14, 15, 16])
def test_fastest_rate_of_each_resolution(opened: Open, bits: int) -> None:
    scope = opened()
    scope.resolution = bits
    captures = scope.capture(samples=1000)
    assert captures.sample_interval_ns == {8: 1, 12: 2, 14: 8, 15: 8, 16: 16}[bits]
    assert_proven(scope, captures)


def test_a_driver_that_is_slower_than_the_table(opened: Open) -> None:
    scope = opened(block=BlockHabits(slow_14_bit=True))
    scope.resolution = 14
    for channel in scope.channels.values():
        channel.enabled = True
    assert scope.capture(samples=100).sample_interval_ns == 16
    scope.sample_rate = 125e6
    with pytest.raises(DriverError, match="use a lower sample rate"):
        scope.capture(samples=100)


# -- ending


def test_timeout_leaves_what_is_complete(opened: Open) -> None:
    scope = opened(paced=True, signals=SLOW)
    captures = scope.capture(samples=1000, captures=5000, timeout=2)
    assert 0 < len(captures) < 5000
    assert captures.ended_by == "timeout"
    assert f"{len(captures)} of 5000" in repr(captures)
    assert len(captures.to_pandas()) == 1000 * len(captures)
    assert_proven(scope, captures)


def test_the_time_is_kept_while_the_memory_of_many_captures_is_handed_over(
    opened: Open, slow_registration: None
) -> None:
    scope = opened()
    begun_s = time.monotonic()
    captures = scope.capture(samples=10, captures=50_000, timeout=1)  # all would take 2.5 s
    assert time.monotonic() - begun_s < 2
    assert captures.ended_by == "timeout"
    assert 0 < len(captures) < 50_000
    last = np.flatnonzero(captures.run_of == captures.run_of[-1])
    assert_proven(scope, captures, int(last[0]))


def test_nothing_complete_is_no_capture(opened: Open) -> None:
    scope = opened(block_faults=(BlockFault("never_triggers", "armed"),))
    captures = scope.capture(samples=1000, captures=10, timeout=0.1)
    assert (len(captures), captures.ended_by, captures.voltages["A"].shape) == (
        0,
        "timeout",
        (0, 1000),
    )


def test_a_capture_whose_progress_closes_the_scope_ends(opened: Open) -> None:
    scope = opened(paced=True, signals=SLOW)
    captures = scope.capture(samples=1000, captures=5000, progress=lambda n: n and scope.shutdown())
    assert 0 < len(captures) < 5000
    assert captures.ended_by == "stopped"
    assert not scope.isShutdown
    assert_proven(scope, captures)


def test_stop_from_another_thread(opened: Open) -> None:
    scope = opened(paced=True, signals=SLOW)
    seen, told = threading.Event(), []

    def progress(n_captures: int) -> None:
        told.append(n_captures)
        if n_captures >= 2:
            seen.set()

    captures = scope.capture(samples=100, captures=5000, should_stop=seen.is_set, progress=progress)
    assert 2 <= len(captures) < 5000
    assert captures.ended_by == "stopped"
    assert told[-1] == len(captures)
    assert_proven(scope, captures)


def test_shutdown_from_another_thread_ends_it(opened: Open) -> None:
    scope = opened(block_faults=(BlockFault("never_triggers", "armed"),))
    armed = threading.Event()
    result = []
    thread = threading.Thread(
        target=lambda: result.append(
            scope.capture(samples=100, captures=5, progress=lambda n_captures: armed.set())
        )
    )
    thread.start()
    armed.wait()
    with pytest.raises(SessionStateError):
        scope.capture(samples=1)
    scope.shutdown()
    thread.join()
    assert [(len(captures), captures.ended_by) for captures in result] == [(0, "stopped")]


def test_the_end_is_never_told(opened: Open) -> None:
    scope = opened(block_faults=(BlockFault("never_ready", "armed"),))
    captures = scope.capture(samples=100, captures=5, timeout=0.2)
    assert (len(captures), captures.ended_by) == (5, "timeout")
    assert_proven(scope, captures)


def test_fewer_samples_than_asked(opened: Open) -> None:
    faults = (BlockFault("fewer_samples", "get_values", samples=10, always=True),)
    scope = opened(block_faults=faults)
    captures = scope.capture(samples=100, captures=3)
    assert captures.counts["A"].shape == (3, 90)
    assert "90 of 100 samples each" in repr(captures)
    assert_proven(scope, captures)


def test_fewer_samples_at_the_first_attempt_alone(opened: Open) -> None:
    scope = opened(block_faults=(BlockFault("fewer_samples", "get_values", samples=10),))
    captures = scope.capture(samples=100, captures=3)
    assert captures.counts["A"].shape == (3, 100)
    assert_proven(scope, captures)


# -- failures


@pytest.mark.parametrize("when", ["run_block", "armed", "get_values"])
def test_unplugged(opened: Open, when: Any) -> None:
    faults = (BlockFault("unplug", when, at_run=2),)
    scope = opened(block=BlockHabits(max_segments=4), block_faults=faults)
    with pytest.raises(DeviceLostError) as caught:
        scope.capture(samples=100, captures=10, timeout=PATIENCE_S)
    kept = caught.value.captures  # type: ignore[attr-defined]
    assert (len(kept), kept.ended_by) == (4, "failed")


@pytest.mark.parametrize(("when", "lost"), [("run_block", 0), ("armed", 4), ("get_values", 4)])
def test_a_power_change_costs_the_captures_of_a_run_at_most(
    opened: Open, when: Any, lost: int, caplog: pytest.LogCaptureFixture
) -> None:
    faults = (BlockFault("power_change", when, at_run=2, power="usb"),)
    scope = opened(block=BlockHabits(max_segments=4), block_faults=faults)
    captures = scope.capture(samples=100, captures=12, timeout=PATIENCE_S)
    assert (len(captures), captures.ended_by, captures.lost) == (12, "target", lost)
    assert ("were lost" in caplog.text) == bool(lost)


def test_a_power_change_that_takes_a_channel_fails(opened: Open) -> None:
    scope = opened(block_faults=(BlockFault("power_change", "run_block", power="usb"),))
    scope.C.enabled = True
    with pytest.raises(PowerSourceError, match="Channel C"):
        scope.capture(samples=100)


def test_a_status_that_nobody_knows(opened: Open) -> None:
    scope = opened(block_faults=(BlockFault("answer", "get_values", status=0x02000001),))
    with pytest.raises(DriverError, match="0x2000001"):
        scope.capture(samples=100)
    scope.trigger.enabled = False
    assert len(scope.capture(samples=100)) == 1


@pytest.mark.parametrize(
    ("settings", "request_", "sentence"),
    [
        ({"sample_rate": 1e9, "resolution": 12}, {"samples": 10}, "up to 500 MS/s"),
        ({"resolution": 8}, {}, "how long"),
        ({"resolution": 8}, {"samples": 2**31 - 1}, "does not fit"),
        ({"resolution": 8}, {"samples": 10, "captures": 0}, "captures"),
        ({"resolution": 8}, {"samples": 10, "timeout": -1}, "timeout"),
        ({"resolution": 8}, {"samples": 10**9, "captures": 10**9}, "memory"),
        ({"B.enabled": True, "sample_rate": 1e9}, {"samples": 10}, "up to 500 MS/s"),
        ({"resolution": 16, "B.enabled": True}, {"samples": 10}, "at most 1 channel"),
        ({"resolution": 16, "D.enabled": True}, {"samples": 10}, "at most 1 channel"),
        ({"trigger.source": "B"}, {"samples": 10}, "trigger watches B"),
        ({"trigger.pre_trigger": 1e-3}, {"samples": 10}, "leave nothing"),
        ({}, {"samples": 10, "duration": 1.0}, "how long a capture is"),
        ({}, {"samples": 1.5}, "samples"),
        ({}, {"duration": float("nan")}, "duration"),
        ({}, {"path": 5, "samples": 10}, "name of a file"),
        ({}, {"path": "a.hdf5", "samples": 10, "captures": 300_000}, "at most 253952 captures"),
    ],
    ids=str,
)
def test_what_cannot_be_is_told_before(
    opened: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, Any],
    request_: dict[str, Any],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    scope = opened()
    for name, value in settings.items():
        part, _, attribute = name.rpartition(".")
        setattr(getattr(scope, part) if part else scope, attribute, value)
    with pytest.raises(ConfigurationError, match=sentence):
        scope.capture(**request_)
    assert not list(tmp_path.iterdir())


def test_channels_that_usb_power_does_not_feed(opened: Open) -> None:
    scope = opened(power="usb")
    with pytest.raises(ConfigurationError, match="Channel C cannot be used because of"):
        scope.C.enabled = True


def test_buffers_are_taken_back(opened: Open) -> None:
    """A stream after captures must not write into their memory."""
    scope = opened()
    captures = scope.capture(samples=1000, captures=50)
    before = captures.counts["A"].copy()
    scope.trigger.enabled = False
    scope.acquire(samples=10_000)
    scope.capture(samples=1000, captures=100)
    assert np.array_equal(captures.counts["A"], before)


def test_as_tables(opened: Open) -> None:
    scope = opened()
    scope.B.enabled = True
    captures = scope.capture(samples=100, captures=3)
    table = captures.to_pandas()
    assert list(table.columns) == ["A", "B"]
    assert table.index.names == ["capture", "time (s)"]
    assert np.array_equal(table.loc[1, "A"], captures.voltages["A"][1])
    data = captures.to_xarray()
    assert data["A"].dims == ("capture", "time")
    assert np.array_equal(data["B"][2], captures.voltages["B"][2])
