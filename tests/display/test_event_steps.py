"""From one event to the next, by keys and by the arrows of the panel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import ChannelScale, EventRule
from picostream_pymeasure.display.analysis import event_step
from picostream_pymeasure.display.analysis.event_request import EventStep
from picostream_pymeasure.reader import PicoStreamReader
from tests.display.test_events_panel import PULSES, keep
from tests.support.displays import (
    INTERVAL_S,
    press,
    recording,
    shown,
    wait,
    wait_for_traces,
    wait_for_view,
)

RULE = EventRule("A", "falling", 20, baseline_s=4e-6)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Fifty pulses of 1 to 200 samples, some of them hardly apart; one begins with it, one ends."""
    generator = np.random.default_rng(2)
    values = generator.normal(0, 100, 100_000).astype(np.int16)
    begins = np.append(generator.integers(1000, 98_000, 50), 99_990)
    for begin in begins:
        values[begin : begin + generator.integers(1, 200)] = -10_000
    return recording(tmp_path / "many.hdf5", values)


@pytest.mark.parametrize("first_samples", [300, 5000, 1 << 22])
@pytest.mark.parametrize("is_forth", [False, True])
def test_each_event_is_found_from_the_one_beside_it(
    many: Path, monkeypatch: pytest.MonkeyPatch, first_samples: int, is_forth: bool
) -> None:
    monkeypatch.setattr(event_step, "_FIRST_SAMPLES", first_samples)
    with PicoStreamReader(many) as reader:
        wanted = reader.find_events(RULE)
    found, at_s = [], -1.0 if is_forth else 1.0
    while True:
        step = event_step.step_event(EventStep(str(many), at_s, is_forth, RULE))
        if not step.duration_s:
            break
        at_s = step.at_s
        found.append((step.at_s, step.duration_s))
    assert len(found) > 30
    assert found[:: 1 if is_forth else -1] == list(
        zip(wanted.start_s.tolist(), wanted.duration_s.tolist(), strict=True)
    )
    assert step.words == f"There is no {'later' if is_forth else 'earlier'} event."
    assert step.at_s == at_s, "and the one before is still the last one"


def test_a_long_search_goes_on_where_it_ended(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_step, "_FIRST_SAMPLES", 300)
    monkeypatch.setattr(event_step, "_MOST_SAMPLES", 300)
    with PicoStreamReader(many) as reader:
        last_s = float(reader.find_events(RULE).start_s[-2])
    found = event_step.step_event(EventStep(str(many), last_s, True, RULE))
    at_s = last_s
    while not found.duration_s:
        assert "; once more looks further." in found.words
        assert found.at_s > at_s
        at_s = found.at_s
        found = event_step.step_event(EventStep(str(many), at_s, True, RULE))
    assert found.at_s == pytest.approx(99_990 * INTERVAL_S)


def test_what_an_event_is_like_is_said_in_the_unit_of_the_channel(many: Path) -> None:
    step = EventStep(str(many), -1.0, True, RULE)
    volts = event_step.step_event(step)
    scaled = event_step.step_event(
        EventStep(str(many), -1.0, True, RULE, (("A", ChannelScale(1e-6, "A")),))
    )
    assert volts.words.endswith("mV.")
    assert "A." in scaled.words
    assert volts.at_s == scaled.at_s


def test_what_cannot_be_searched_is_said(many: Path, tmp_path: Path) -> None:
    for step, words in (
        (EventStep(str(many), 0, True), event_step.NO_RULE),
        (EventStep(str(many), 0, True, EventRule("C")), "C"),
        (EventStep(str(tmp_path / "none.hdf5"), 0, True, RULE), "There is no file"),
    ):
        found = event_step.step_event(step)
        assert words in found.words
        assert not found.duration_s


def seen(display: Any) -> tuple[float, float]:
    """Where the middle of the picture is, and how long it is, in samples."""
    view = display.navigator.view
    return (view.begin_s + view.window_s / 2) / INTERVAL_S, view.window_s / INTERVAL_S


def test_keys_and_arrows_go_from_event_to_event(application: Any, tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(0, 100, 12_000).astype(np.int16)
    for begin in PULSES:
        values[begin : begin + 40] = -10_000
    path = recording(tmp_path / "three.hdf5", values)
    with shown(path, (1000, 700)) as display:
        wait_for_traces(display)
        press(display, "Home")
        wait_for_view(display)
        press(display, ".")
        wait(lambda: event_step.NO_RULE in display.status.text())
        display.screen_parts.events.set_text("A:falling:20sigma")
        press(display, ".")
        wait(lambda: seen(display)[0] == pytest.approx(PULSES[0] + 20, abs=2))
        assert seen(display)[1] == pytest.approx(200, abs=1), "five times its length"
        wait_for_view(display)
        press(display, "-")
        wait_for_view(display)
        press(display, "V")
        back, forth = display.screen_parts.analysis.events.steps.values()
        forth.click()
        wait(lambda: seen(display)[0] == pytest.approx(PULSES[1] + 20, abs=2))
        assert seen(display)[1] == pytest.approx(400, abs=1), "as the user likes it"
        assert "Event at 80.0000 µs: 640 ns" in display.status.text()
        for key, number in ((".", 2), (",", 1), (",", 0)):
            wait_for_view(display)
            press(display, key)
            wait(lambda n=number: seen(display)[0] == pytest.approx(PULSES[n] + 20, abs=2))
        wait_for_view(display)
        back.click()
        wait(lambda: "There is no earlier event." in display.status.text())
        forth.click()
        wait(lambda: seen(display)[0] == pytest.approx(PULSES[1] + 20, abs=2))
        press(display, "Home")
        wait_for_view(display)
        press(display, "PgUp")  # where nothing is
        wait(lambda: display.frame.view == display.navigator.view)
        press(display, ".")
        wait(lambda: seen(display)[0] == pytest.approx(PULSES[0] + 20, abs=2))


def is_centred(display: Any, time_s: float) -> bool:
    view = display.navigator.view
    return bool(view.begin_s < time_s < view.end_s and view.window_s < 0.1)


def test_of_what_was_kept_the_table_tells_them(application: Any, tmp_path: Path) -> None:
    path = keep(tmp_path / "kept.hdf5", {begin: 10 + n for n, begin in enumerate(PULSES)})
    with shown(path) as display:
        wait_for_traces(display)
        press(display, "Home")
        wait_for_view(display)
        for n, begin in enumerate(PULSES):
            press(display, ".")
            wait(lambda begin=begin: is_centred(display, begin * 1e-4))
            assert f": {1 + n / 10:.2f} ms, -" in display.status.text()
            wait_for_view(display)
