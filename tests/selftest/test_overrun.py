"""How deep the memory is, and how an overrun is told, on a clock that only the test moves."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.selftest import Finding, Verdict, overrun
from picostream_pymeasure.selftest.overrun import check_overrun
from picostream_pymeasure.simulated import VirtualClock, load_simulated, scopes_from_text

#: What a call and what is done between two of them take at least.
_STEP_S = 0.5e-3


class Rehearsal:
    """The check on a scope that a text describes.

    :param takes_s: what a call for samples takes more, by its number.
    """

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, takes_s: Callable[[int], float] | None = None
    ) -> None:
        self._clock = VirtualClock()
        time = SimpleNamespace(
            monotonic=lambda: self._clock.now_ns * 1e-9,
            sleep=lambda for_s: self._clock.advance(for_s + _STEP_S),
        )
        monkeypatch.setattr(overrun, "time", time)
        if takes_s is not None:
            numbers, once = itertools.count(), overrun._Poller._once

            def slowly(poller: Any) -> None:
                once(poller)
                self._clock.advance(takes_s(next(numbers)))

            monkeypatch.setattr(overrun._Poller, "_once", slowly)

    def finding(self, text: str) -> Finding:
        library = load_simulated(scopes_from_text(text), self._clock)
        with Unit.open(library) as unit:
            return check_overrun(unit, StreamConfig(channels=(ChannelConfig("A"),)))


@pytest.fixture
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> Rehearsal:
    return Rehearsal(monkeypatch)


def test_packets_are_told(rehearsal: Rehearsal) -> None:
    finding = rehearsal.finding("fifo_s=0.4,packet=5ms")
    assert "packets of 312500" in finding.settles[overrun.PORTIONS]


@pytest.mark.parametrize(
    ("habit", "verdict", "told_by"),
    [
        ("overrun_signal=flag", Verdict.GOOD, ["all overflow bits"]),
        ("overrun_signal=stall", Verdict.GOOD, ["BUFFER_STALL"]),
        ("overrun_signal=none", Verdict.NOTE, []),
    ],
)
def test_depth_of_the_memory_and_how_it_tells(
    rehearsal: Rehearsal, habit: str, verdict: Verdict, told_by: list[str]
) -> None:
    finding = rehearsal.finding(f"fifo_s=0.4,{habit}")
    assert finding.verdict is verdict
    assert finding.facts["told_by"] == told_by
    assert finding.facts["pause_s"] == 0.5
    assert finding.facts["depth_samples"] == pytest.approx(0.4 * 62.5e6, rel=0.02)


def test_a_memory_that_is_never_full_is_at_least_as_deep_as_the_longest_pause(
    rehearsal: Rehearsal,
) -> None:
    finding = rehearsal.finding("fifo_s=9")
    assert finding.verdict is Verdict.GOOD
    assert finding.facts["depth_samples_at_least"] == round(4 * 62.5e6)


def test_a_memory_that_is_hardly_deeper_than_the_clock_can_err_has_no_depth(
    rehearsal: Rehearsal,
) -> None:
    finding = rehearsal.finding("fifo_s=0.01")
    assert finding.verdict is Verdict.NOTE
    assert overrun.DEPTH not in finding.settles


def test_what_is_fetched_hardly_faster_than_it_comes_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(overrun, "_PAUSES_S", (0.5,))
    monkeypatch.setattr(overrun, "_DRAIN_S", 1.0)
    finding = Rehearsal(monkeypatch, lambda _: 0.019).finding(
        "fifo_s=9,packet=20ms,packets_a_call=1"
    )
    assert finding.verdict is Verdict.NOTE
    assert "not all fetched within 1.00 s" in finding.text
    assert not {overrun.DEPTH, overrun.TELLING} & set(finding.settles)


def test_a_call_that_takes_long_is_no_overrun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overrun, "_PAUSES_S", (1.0,))
    first = 10 + 2
    slow = Rehearsal(monkeypatch, lambda number: 0.4 if number % first == first - 1 else 0.03)
    assert slow.finding("fifo_s=9").facts["depth_samples_at_least"] == round(62.5e6)


@pytest.mark.parametrize(
    ("lost", "why"),
    [(1000, "by all overflow bits, but no samples are missing"), (12_000_000, "of 0.30 s and 37.")],
)
def test_samples_that_the_pause_did_not_cost_tell_no_depth(
    monkeypatch: pytest.MonkeyPatch, rehearsal: Rehearsal, lost: int, why: str
) -> None:
    monkeypatch.setattr(overrun, "_PAUSES_S", (0.3,))
    finding = rehearsal.finding(f"fifo_s=3,overrun_at=28000000:{lost}")
    assert finding.verdict is Verdict.NOTE
    assert why in finding.text
    assert overrun.DEPTH not in finding.settles


def test_samples_that_never_come_tell_no_depth(rehearsal: Rehearsal) -> None:
    finding = rehearsal.finding("fifo_s=3,packet=2s")
    assert "no samples came before 20 ms without a poll" in finding.text
