"""Each verdict on a scope that must get it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure import PicoScope5000A
from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.driver.loading import SIMULATED_SCOPES_VARIABLE
from picostream_pymeasure.selftest import Finding, SelfTest, Verdict, rates
from picostream_pymeasure.selftest.cable import check_cable
from picostream_pymeasure.selftest.machine import check_machine
from picostream_pymeasure.selftest.overrun import check_overrun
from picostream_pymeasure.selftest.rates import check_clock, check_rates

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
    ("habit", "verdict", "told_by"),
    [
        ("overrun_signal=flag", Verdict.GOOD, ["all overflow bits"]),
        ("overrun_signal=stall", Verdict.GOOD, ["BUFFER_STALL"]),
        ("overrun_signal=none", Verdict.NOTE, []),
    ],
)
def test_depth_of_the_memory_and_how_it_tells(
    opened: Open, habit: str, verdict: Verdict, told_by: list[str]
) -> None:
    scope = opened(f"fifo_s=0.4,{habit}")
    finding = check_overrun(scope.unit, StreamConfig(channels=(ChannelConfig("A"),)))
    assert finding.verdict is verdict
    assert finding.facts["told_by"] == told_by
    assert finding.facts["pause_s"] >= 0.4 or finding.facts["depth_samples"] > 0


def test_one_cable_proves_that_nothing_is_lost(opened: Open) -> None:
    found = list(check_cable(opened(f"A=generator,{PATIENT}"), 1.0))
    assert [finding.verdict for finding in found] == [Verdict.GOOD, Verdict.GOOD]
    assert found[1].facts["jumps"] == []


@pytest.mark.parametrize("missing", [1, 5000])
def test_a_silent_loss_is_a_jump(opened: Open, missing: int) -> None:
    lossy = f"A=generator,overrun_signal=none,overrun_at=20000000:{missing},{PATIENT}"
    proof = list(check_cable(opened(lossy), 1.0))[-1]
    assert proof.verdict is Verdict.BAD
    ((place, samples),) = proof.facts["jumps"]
    assert samples == pytest.approx(missing, abs=max(1, missing // 1000))
    assert place == pytest.approx(20_000_000, abs=0.15 * 62.5e6)


def test_without_a_cable_it_says_so(opened: Open) -> None:
    (finding,) = check_cable(opened(f"A=dc,{PATIENT}"), 1.0)
    assert finding.verdict is Verdict.BAD
    assert "cable" in finding.text


def test_a_scope_without_arbitrary_waves_skips_the_proof(opened: Open) -> None:
    found = list(check_cable(opened(f"variant=5242A,A=generator,{PATIENT}"), 1.0))
    assert [finding.verdict for finding in found] == [Verdict.GOOD, Verdict.SKIPPED]


def test_the_disk_is_measured_and_left_as_it_was(tmp_path: Path) -> None:
    finding = check_machine(tmp_path)
    assert finding.facts["disk_bytes_per_s"] > 0
    assert list(tmp_path.iterdir()) == []


def test_report(opened: Open, tmp_path: Path) -> None:
    scope = opened(f"variant=5242D,{PATIENT}")
    testing = SelfTest(scope, tmp_path, 1.0)
    assert list(testing.run()) == testing.findings
    testing.write_report(tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    assert scope.serial not in (tmp_path / "report.json").read_text()
    assert len(report["findings"]) == len(testing.findings) - 1
    assert report["result"] == testing.sentence()
