"""Each verdict on a scope that must get it."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure import PicoScope5000A
from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.driver.loading import SIMULATED_SCOPES_VARIABLE
from picostream_pymeasure.errors import StorageError
from picostream_pymeasure.selftest import Finding, SelfTest, Verdict, blocks, machine, rates
from picostream_pymeasure.selftest.blocks import check_blocks
from picostream_pymeasure.selftest.cable import check_cable, fit_sine
from picostream_pymeasure.selftest.continuity import ContinuitySink
from picostream_pymeasure.selftest.machine import check_machine
from picostream_pymeasure.selftest.overrun import check_overrun
from picostream_pymeasure.selftest.rates import check_clock, check_rates, check_rounding
from picostream_pymeasure.system.memory import FreeMemory

#: Memory for a machine that is busy with other things.
PATIENT = "fifo_s=3"

Open = Callable[[str], Any]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens simulated scopes that a text describes."""
    monkeypatch.setattr(rates, "_SHORT_S", 0.05)
    with contextlib.ExitStack() as stack:

        def open_scope(text: str) -> PicoScope5000A:
            monkeypatch.setenv(SIMULATED_SCOPES_VARIABLE, text)
            return stack.enter_context(PicoScope5000A(simulated=True))

        yield open_scope


def verdicts(findings: Iterator[Finding]) -> dict[str, Verdict]:
    return {finding.check: finding.verdict for finding in findings}


def test_every_set_up_of_a_good_scope_is_good(opened: Open) -> None:
    found = verdicts(check_rates(opened(f"variant=5444D,{PATIENT}")))
    assert len(found) == 4 + 4 + 4 + 2 + 1
    assert set(found.values()) == {Verdict.GOOD}


def test_usb_power_leaves_two_channels(opened: Open) -> None:
    found = verdicts(check_rates(opened(f"variant=5444D,power=usb,{PATIENT}")))
    assert len(found) == 2 + 2 + 2 + 2 + 1


def test_a_scope_that_loses_samples_is_bad(opened: Open) -> None:
    found = list(check_rates(opened(f"variant=5242D,overrun_at=1000:500000,{PATIENT}")))
    assert found[0].verdict is Verdict.BAD
    assert "lost" in found[0].text


def test_a_whole_stream_is_good_against_the_clock(opened: Open) -> None:
    finding = check_clock(opened(PATIENT), 1.0)
    assert finding.verdict is Verdict.GOOD
    assert finding.facts["interval_ns"] == 16


@pytest.mark.parametrize(
    "habit",
    [
        "steady_loss=0.3",
        "interval_ppm=50000,interval_answer=nominal",
        "interval_ppm=-50000,interval_answer=nominal",
    ],
)
def test_a_rate_that_is_not_the_reported_one_is_bad(opened: Open, habit: str) -> None:
    finding = check_clock(opened(f"{PATIENT},overrun_signal=none,{habit}"), 2.0)
    assert finding.verdict is Verdict.BAD
    assert abs(finding.facts["deviation_ppm"]) > 1000


def test_rounding_is_told(opened: Open) -> None:
    finding = check_rounding(opened(PATIENT))
    assert finding.verdict is Verdict.GOOD
    assert finding.facts["interval_ns"] == pytest.approx(96)
    assert list(finding.settles) == [rates.ROUNDING]


def test_what_was_set_before_is_of_no_account(opened: Open) -> None:
    scope = opened(f"variant=5444DMSO,{PATIENT}")
    scope.A.enabled, scope.B.enabled, scope.PORT0.enabled = False, True, True
    scope.trigger.enabled, scope.trigger.source, scope.trigger.auto_trigger = True, "B", 0.001
    scope.downsample_mode, scope.downsample_ratio = "decimate", 10
    assert check_rounding(scope).verdict is Verdict.GOOD
    config = scope.stream_config()
    assert [row.name for row in config.inputs] == ["A"]
    assert (config.trigger, config.downsample_ratio) == (None, 1)


@pytest.mark.parametrize(
    ("fault", "verdicts_"),
    [
        ("fifo_s=3", [Verdict.GOOD, Verdict.GOOD]),
        ("rearm_s=1e-5", [Verdict.GOOD, Verdict.GOOD]),
        ("fewer_samples_at=get_values:1:100*", [Verdict.GOOD, Verdict.BAD]),
        ("unplug_at=armed:1:20", [Verdict.GOOD, Verdict.BAD]),
        ("answer_at=run_block:1:7", [Verdict.GOOD, Verdict.BAD]),
        ("stamp_ns=8", [Verdict.GOOD, Verdict.NOTE]),
    ],
)
def test_memory_and_rearming(opened: Open, fault: str, verdicts_: list[Verdict]) -> None:
    found = list(check_blocks(opened(fault)))
    assert [finding.verdict for finding in found] == verdicts_
    assert found[0].facts["samples_8_bit"] == 2 * found[0].facts["samples_12_bit"] > 1_000_000
    if fault == "rearm_s=1e-5":
        assert found[1].facts["shortest_pause_s"] == pytest.approx(1e-5, rel=0.1)


def test_a_scope_that_goes_is_bad_everywhere(opened: Open) -> None:
    scope = opened("unplug_at=1000")
    config = StreamConfig(channels=(ChannelConfig("A"),))
    assert check_overrun(scope.unit, config).verdict is Verdict.BAD
    assert check_rounding(scope).verdict is Verdict.BAD
    assert check_clock(scope, 1.0).verdict is Verdict.BAD
    assert set(verdicts(check_blocks(scope)).values()) == {Verdict.BAD}
    assert [one.verdict for one in check_cable(scope, 1.0)] == [Verdict.BAD, Verdict.SKIPPED]


def test_one_cable_proves_that_nothing_is_lost(opened: Open) -> None:
    found = list(check_cable(opened(f"A=generator,{PATIENT}"), 1.0))
    assert [finding.verdict for finding in found] == [Verdict.GOOD, Verdict.GOOD]
    assert found[1].facts["jumps"] == []


@pytest.mark.parametrize("variant", ["5242B", "5243B", "5444B", "5244D", "5443DMSO"])
def test_the_tones_are_where_the_generator_of_the_model_puts_them(
    opened: Open, variant: str, caplog: pytest.LogCaptureFixture
) -> None:
    scope = opened(f"variant={variant},A=generator,{PATIENT}")
    proof = list(check_cable(scope, 1.0))[-1]
    assert proof.verdict is Verdict.GOOD
    assert proof.facts["pattern_hz"] == pytest.approx(0.5, rel=0.15)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_driver_that_cuts_phases_off_is_proven_too(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = opened(f"variant=5443B,A=generator,{PATIENT}")

    def cut_off(_handle: int, hz: float, _mode: int, n_samples: int, phase: Any) -> int:
        phase._obj.value = int(hz * 2**32 * n_samples / (200e6 * 32768))
        return 0

    monkeypatch.setattr(scope.unit.library, "ps5000aSigGenFrequencyToPhase", cut_off)
    assert list(check_cable(scope, 1.0))[-1].verdict is Verdict.GOOD


@pytest.mark.parametrize("interval_s", [1e-6, 1.008e-6, 1.0063e-6])
def test_a_sine_is_measured_whatever_part_of_a_period_is_left(interval_s: float) -> None:
    times_s = np.arange(200_000) * interval_s
    volts = 0.2 + 0.8 * np.sin(2 * np.pi * 1000.7 * times_s)
    measured = fit_sine(volts, interval_s, 1000.0)
    assert measured[:2] == pytest.approx((0.8, 0.2), abs=4e-3)
    assert measured[2] == pytest.approx(1000.7, rel=2e-6)


def test_noise_in_which_a_sample_could_be_lost_unseen_is_no_proof(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ContinuitySink, "smallest_jump", lambda _: 5.2)
    _, proof = check_cable(opened(f"A=generator,{PATIENT}"), 1.0)
    assert proof.verdict is Verdict.NOTE
    assert "but a loss of less than about 6 would be within the noise" in proof.text


@pytest.mark.parametrize("missing", [1, 5000])
def test_a_silent_loss_is_a_jump(opened: Open, missing: int) -> None:
    lossy = f"A=generator,overrun_signal=none,overrun_at=20000000:{missing},{PATIENT}"
    proof = list(check_cable(opened(lossy), 1.0))[-1]
    assert proof.verdict is Verdict.BAD
    ((place, samples),) = proof.facts["jumps"]
    assert samples == pytest.approx(missing, abs=max(1, missing // 1000))
    assert place == pytest.approx(20_000_000, abs=0.15 * 62.5e6)


def test_a_loss_that_the_stream_tells_may_be_the_computers(opened: Open) -> None:
    lossy = f"A=generator,overrun_at=20000000:5000,{PATIENT}"
    proof = list(check_cable(opened(lossy), 1.0))[-1]
    assert proof.verdict is Verdict.BAD
    assert "The stream told of losses itself" in proof.text


def test_a_generator_without_the_two_tones_proves_nothing(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = opened(f"A=generator,{PATIENT}")
    monkeypatch.setattr(type(scope.generator), "arbitrary", lambda *_: None)
    sine, proof = check_cable(scope, 1.0)
    assert (sine.verdict, proof.verdict) == (Verdict.GOOD, Verdict.BAD)
    assert "two tones do not arrive" in proof.text


def test_without_a_cable_it_says_so(opened: Open) -> None:
    sine, proof = check_cable(opened(f"A=dc,{PATIENT}"), 1.0)
    assert (sine.verdict, proof.verdict) == (Verdict.BAD, Verdict.SKIPPED)
    assert "cable" in sine.text
    assert "Not proven that nothing is lost" in proof.text


def test_a_scope_without_arbitrary_waves_skips_the_proof(opened: Open) -> None:
    found = list(check_cable(opened(f"variant=5242A,A=generator,{PATIENT}"), 1.0))
    assert [finding.verdict for finding in found] == [Verdict.GOOD, Verdict.SKIPPED]


def test_another_signal_than_the_generators_is_bad(opened: Open) -> None:
    sine, proof = check_cable(opened(f"A=square,{PATIENT}"), 1.0)
    assert (sine.verdict, proof.verdict) == (Verdict.BAD, Verdict.SKIPPED)


@pytest.mark.parametrize(("speed", "free", "verdict", "says"), [
    (1e9, 10**12, Verdict.GOOD, "125 MS/s stored as 16 bit for 1 h 7 min, until it is full"),
    (2e8, 10**12, Verdict.GOOD, "1.7 min only, with a buffer of 33 s, the longest that fits"),
    (5e7, 10**12, Verdict.NOTE, "125 MS/s at 8 bit or 62.5 MS/s at more bits for 1.7 min only"),
    (1e9, 10**6, Verdict.BAD, "Less than 1.00 GB are free"),
])  # fmt: skip
def test_the_disk_is_judged(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    speed: float,
    free: int,
    verdict: Verdict,
    says: str,
) -> None:
    memory = FreeMemory(round(25 / 3 / 0.8 * (1e9)))
    monkeypatch.setattr(machine, "_write_speed", lambda folder, largest: speed)
    monkeypatch.setattr(machine, "free_bytes", lambda folder: free)
    monkeypatch.setattr(machine, "free_memory", lambda: memory)
    finding = machine.check_machine(tmp_path)
    assert finding.verdict is verdict
    assert says in finding.text


def test_the_disk_is_measured_and_left_as_it_was(tmp_path: Path) -> None:
    finding = check_machine(tmp_path)
    assert finding.facts["disk_bytes_per_s"] > 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_files_is_bad(tmp_path: Path) -> None:
    finding = check_machine(tmp_path / "missing")
    assert finding.verdict is Verdict.BAD
    assert "cannot be written to (No such file or directory)" in finding.text


@pytest.mark.parametrize(
    ("described", "verdict", "says"),
    [
        ("variant=5442D", Verdict.GOOD, "On USB power alone only A and B could be used. What it"),
        ("variant=5442D,power=usb", Verdict.NOTE, "Only A and B can be used because of USB power"),
        ("variant=5442D,power=usb2", Verdict.NOTE, "because of a port slower than USB 3.0. What"),
        ("variant=5242D", Verdict.GOOD, "sufficient."),
    ],
)
def test_the_power_is_told_and_what_of_it_was_not_tried(
    opened: Open, tmp_path: Path, described: str, verdict: Verdict, says: str
) -> None:
    finding = next(SelfTest(opened(described), tmp_path).run())
    assert finding.verdict is verdict
    assert says in finding.text
    assert ("is not tried" in finding.text) == ("5442D" in described)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([Verdict.GOOD, Verdict.GOOD], "All 2 checks are good."),
        ([Verdict.GOOD, Verdict.NOTE, Verdict.SKIPPED], "neither good nor bad are: 1 (note); 2 ("),
        ([Verdict.BAD, Verdict.NOTE, Verdict.BAD], "Not as it must be: 0; 2."),
    ],
)
def test_what_is_not_good_is_not_said_to_be(
    tmp_path: Path, found: list[Verdict], says: str
) -> None:
    findings = [Finding(str(number), verdict, "") for number, verdict in enumerate(found)]
    testing = SelfTest(None, tmp_path, findings=findings)  # type: ignore[arg-type]
    assert says in testing.sentence()
    assert testing.is_good is (Verdict.BAD not in found)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_report_without_room_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, opened = tmp_path / "report.json", Path.open
    monkeypatch.setattr(Path, "open", lambda *_, **__: opened(Path("/dev/full"), "wb"))
    testing = SelfTest(None, tmp_path, findings=[Finding("scope", Verdict.NOTE, "")])  # type: ignore[arg-type]
    monkeypatch.setattr(SelfTest, "_who", lambda _: {})
    with pytest.raises(StorageError):
        testing.write_report(target)
    assert not list(tmp_path.iterdir())


def test_report(opened: Open, tmp_path: Path) -> None:
    scope = opened(f"variant=5442D,power=usb,{PATIENT}")
    testing = SelfTest(scope, tmp_path, 1.0)
    assert list(testing.run()) == testing.findings
    testing.write_report(tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    assert scope.serial not in (tmp_path / "report.json").read_text()
    assert len(report["findings"]) == len(testing.findings) - 1
    assert report["result"] == testing.sentence()
    assert testing.findings[0].verdict is Verdict.NOTE, "C and D lack power"
    page = Path(__file__).parents[2] / "docs" / "how_it_works" / "only_hardware_can_tell.md"
    assert {rates.ROUNDING, blocks.MEMORY, blocks.REARMING} <= set(report["settled"])
    assert all(question in page.read_text(encoding="utf-8") for question in report["settled"])
