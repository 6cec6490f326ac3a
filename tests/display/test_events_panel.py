"""The panel of events, and what it is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import EventRule, KeepConfig
from picostream_pymeasure.display.analysis.event_figures import event_figures
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage import Recorder
from tests.support.displays import QtCore, press, recording, shown, wait, wait_for_traces
from tests.support.kept_memory import RATE_HZ, FedStream, describe
from tests.support.reader_files import noise, write_recording

PULSES = (3000, 5000, 9000)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "kept.hdf5"
    keep = KeepConfig(EventRule("A", "falling", 8, baseline_s=0.05), 1e-3, 1e-3)
    values = np.random.default_rng(1).normal(0, 5, 12_000).astype(np.int16)
    for number, begin in enumerate(PULSES):
        values[begin : begin + 10 + number] = -1000
    stream = FedStream(describe(keep), Recorder(path))
    stream.feed(values[None])
    stream.end()
    return path


def test_figures_of_a_stretch(kept: Path) -> None:
    with PicoStreamReader(kept) as reader:
        whole = event_figures(reader, -1, 99, None)
        part = event_figures(reader, 0.45, 0.95, None)
    assert whole is not None
    assert part is not None
    assert whole.durations_s == pytest.approx([0.001, 0.0011, 0.0012])
    assert whole.rate_hz == pytest.approx(3 / 1.2)
    assert (whole.between_s * RATE_HZ).tolist() == pytest.approx(np.diff(PULSES))
    assert (len(part.durations_s), part.rate_hz) == (2, pytest.approx(4.0))


def test_a_recording_of_everything_has_none(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(10_000))
    with PicoStreamReader(path) as reader:
        assert event_figures(reader, 0, 1, None) is None
        assert event_figures(reader, 0, 1, EventRule("B")) is None, "there is no such channel"


def test_panel_shows_histograms(application: Any, kept: Path) -> None:
    from picostream_pymeasure.display.analysis.events_panel import EventsPanel

    panel = EventsPanel()
    panel.show_events(None, "")
    assert not panel.note.text()
    with PicoStreamReader(kept) as reader:
        panel.show_events(event_figures(reader, 0, 2, None), "#ff0000")
    assert panel.note.text().startswith("3 events, 2.5 a second")
    for plot, number in zip(panel.plots, (3, 3, 2), strict=True):
        assert plot.listDataItems()[0].getData()[1].sum() == number
    panel.close()


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    """All of a stream with three pulses, of 16 ns a sample."""
    values = np.random.default_rng(1).normal(0, 100, 12_000).astype(np.int16)
    for begin in PULSES:
        values[begin : begin + 10] = -10_000
    return recording(tmp_path / "all.hdf5", values)


def test_a_rule_is_typed_counted_and_dragged(application: Any, everything: Path) -> None:
    from qtpy.QtTest import QTest

    with shown(everything, (1000, 700)) as display:
        wait_for_traces(display)
        press(display, "V")
        events, chosen = display.screen_parts.events, []
        events.chosen.connect(chosen.append)
        panel, lines = display.screen_parts.analysis.events, display.plot.event_lines.lines
        QTest.keyClicks(panel.rule_field, "A:sinking")
        QTest.keyClick(panel.rule_field, QtCore.Qt.Key_Return)
        assert "no rule for events" in panel.note.text() or "sinking" in panel.note.text()
        panel.rule_field.clear()
        QTest.keyClicks(panel.rule_field, "A:falling:20sigma")
        QTest.keyClick(panel.rule_field, QtCore.Qt.Key_Return)
        wait(lambda: panel.note.text().startswith("3 events"))
        wait(lambda: lines[0].isVisible())
        assert not lines[1].isVisible()
        level_v = lines[0].value()
        with PicoStreamReader(everything) as reader:
            found = reader.find_events("A:falling:20sigma")
        assert level_v == pytest.approx(found.baseline_v[-1] - 20 * found.sigma_v[-1])
        lower_v = found.baseline_v[-1] - 140 * found.sigma_v[-1]
        lines[0].setValue(lower_v)
        lines[0].sigDragged.emit(lines[0])
        assert chosen[-1] == panel.rule_field.text()
        assert events.rule.threshold == pytest.approx(140, rel=0.01)
        wait(lambda: panel.note.text().startswith("0 events"))
        wait(lambda: lines[0].value() == pytest.approx(lower_v, rel=0.01))
        events.set_text("A:either:50mV")
        wait(lambda: all(line.isVisible() for line in lines))
        display.screen_parts.channel_bar.hide_channels({"A"})
        wait(lambda: not any(line.isVisible() for line in lines))
        events.set_text("")
        wait(lambda: display.frame.event_levels is None)
        wait(lambda: not panel.note.text())


def test_of_a_recording_that_keeps_events_the_last_one_tells_the_level(
    application: Any, kept: Path
) -> None:
    with shown(kept) as display:
        wait_for_traces(display)
        assert "3 events kept" in display.status.text()
        display.screen_parts.events.set_text("A:falling:8sigma")
        display.commands._actions["all"].trigger()
        wait(lambda: display.frame.event_levels is not None)
        with PicoStreamReader(kept) as reader:
            last = reader.captures.events
        (level_v,) = display.frame.event_levels.levels_v
        assert level_v == pytest.approx(last.baseline_v[-1] - 8 * last.sigma_v[-1])


def test_the_rule_of_the_next_run_is_that_of_the_picture(program_window: Any) -> None:
    window = program_window
    events = window.recording_tab.plotter.screen_parts.events
    window.inputs.keep.setText("A:rising:20mV")
    assert (events.rule.direction, events.rule.threshold) == ("rising", 0.02)
    assert window.recording_tab.plotter.screen_parts.analysis.events.rule_field.text() == (
        "A:rising:20mV"
    )
    events.chosen.emit("A:rising:35 mV")
    assert window.inputs.keep.value() == "A:rising:35 mV"
    assert events.rule.threshold == 0.035
