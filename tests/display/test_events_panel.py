"""The panel of events, and what it is made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import EventRule, KeepConfig
from picostream_pymeasure.display.analysis.event_figures import find_event_figures
from picostream_pymeasure.display.painting.theme import THEMES
from picostream_pymeasure.display.reading import frame_builder
from picostream_pymeasure.reader import PicoStreamReader, rule_text
from picostream_pymeasure.reader.timeline import Timeline
from picostream_pymeasure.records import CAPTURE_DTYPE
from picostream_pymeasure.storage import Recorder
from tests.support.displays import (
    QtCore,
    QtGui,
    pixels,
    press,
    recording,
    shown,
    wait,
    wait_for_traces,
    wait_for_view,
)
from tests.support.kept_memory import RATE_HZ, FedStream, describe
from tests.support.reader_files import noise, write_recording

PULSES = (3000, 5000, 9000)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return keep(tmp_path / "kept.hdf5", {begin: 10 + n for n, begin in enumerate(PULSES)})


def keep(path: Path, pulses: dict[int, int]) -> Path:
    """A recording of which only pulses were kept: lengths by first samples."""
    config = KeepConfig(EventRule("A", "falling", 8, baseline_s=0.05), 1e-3, 1e-3)
    values = np.random.default_rng(1).normal(0, 5, 12_000).astype(np.int16)
    for begin, length in pulses.items():
        values[begin : begin + length] = -1000
    stream = FedStream(describe(config), Recorder(path))
    stream.feed(values[None])
    stream.end()
    return path


def test_figures_of_a_stretch(kept: Path) -> None:
    with PicoStreamReader(kept) as reader:
        whole = find_event_figures(reader, -1, 99, None)
        part = find_event_figures(reader, 0.45, 0.95, None)
    assert whole is not None
    assert part is not None
    assert whole.durations_s == pytest.approx([0.001, 0.0011, 0.0012])
    assert whole.rate_hz == pytest.approx(3 / 1.2)
    assert (whole.between_s * RATE_HZ).tolist() == pytest.approx(np.diff(PULSES))
    assert (len(part.durations_s), part.rate_hz) == (2, pytest.approx(4.0))


def test_a_recording_of_everything_has_none(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(10_000))
    with PicoStreamReader(path) as reader:
        assert find_event_figures(reader, 0, 1, None) is None
        assert find_event_figures(reader, 0, 1, EventRule("B")) is None, "there is no such channel"


def test_panel_shows_histograms(application: Any, kept: Path) -> None:
    from picostream_pymeasure.display.analysis.events_panel import EventsPanel

    panel = EventsPanel()
    panel.show_events(None, "")
    assert not panel.note.text()
    with PicoStreamReader(kept) as reader:
        panel.show_events(find_event_figures(reader, 0, 2, None), "#ff0000")
    assert panel.note.text().startswith("3 events, 2.5 a second")
    panel.show()
    assert len(panel.plots) == 3
    for plot, number in zip(panel.plots, (3, 3, 2), strict=True):
        assert plot.listDataItems()[0].getData()[1].sum() == number
    panel.close()


def is_red(field: Any) -> bool:
    red, green, blue, _ = field.palette().color(field.palette().Base).getRgb()
    return bool(red > max(green, blue))


def test_what_is_cut_is_told(application: Any, kept: Path) -> None:
    from picostream_pymeasure.display.analysis.events_panel import EventsPanel

    panel = EventsPanel()
    with PicoStreamReader(kept) as reader:
        figures = find_event_figures(reader, 0, 2, None)
    assert figures is not None
    panel.show_events(replace(figures, cut=2), "#ff0000")
    assert "2 cut: longer than their greatest width, or lasting at the end" in panel.note.text()
    panel.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_strip_marks_what_was_kept(application: Any, kept: Path, theme: str) -> None:
    with shown(kept, theme=theme) as display:
        wait_for_traces(display)
        wait(lambda: len(display.frame.overview.kept_s))
        strip, box = display.screen_parts.strip, display.screen_parts.strip.getViewBox()
        assert "were kept" in strip.toolTip()
        corner = strip.mapFromScene(box.mapToScene(QtCore.QPointF(0, box.height())))
        lowest = pixels(strip)[corner.y() - 2, corner.x() : corner.x() + round(box.width())]
        colour = np.uint32(QtGui.QColor(THEMES[theme].event).rgb())
        marked = np.flatnonzero(lowest == colour) / lowest.size * 12_000
    assert marked.size >= 3
    for begin, width in zip(PULSES, (10, 11, 12), strict=True):
        near = np.abs(marked - (begin + width / 2)) < 12_000 / lowest.size + 20
        assert near.any()
        marked = marked[~near]
    assert not marked.size


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_tells_what_was_not_kept(application: Any, kept: Path, theme: str) -> None:
    with shown(kept, theme=theme) as display:
        wait_for_traces(display)
        display.navigator.show_all()
        wait_for_view(display)
        item = display.plot._kept
        assert len(display.frame.kept_s) >= 3
        before = pixels(display.plot)
        text = np.uint32(QtGui.QColor(THEMES[theme].muted).rgb())
        colour = display.channel_colours()["A"]
        item.setVisible(False)
        unmarked = pixels(display.plot)
        assert (unmarked != before).mean() > 0.02, "it is hatched"
        drawn, clear = (_is_near(each, colour).any(axis=0).sum() for each in (unmarked, before))
        assert drawn > 500
        assert 3 <= clear < 100, "and it fades"
        assert (before == text).sum() > (pixels(display.plot) == text).sum(), "it is said"


def _is_near(image: np.ndarray, colour: str) -> np.ndarray:
    """Pixels of a colour, but for what the edges of thin lines are blended with."""
    wanted = np.uint32(QtGui.QColor(colour).rgb()).reshape(1).view(np.uint8).astype(int)
    parts = np.ascontiguousarray(image).view(np.uint8).reshape(*image.shape, 4).astype(int)
    return (np.abs(parts - wanted) < 24).all(axis=-1)


@pytest.mark.parametrize("width_px", [560, 583, 617, 661])
def test_breaks_between_kept_events_do_not_depend_on_the_width(
    application: Any, tmp_path: Path, width_px: int
) -> None:
    begins = 1000 + np.cumsum(np.random.default_rng(3).integers(30, 58, 200))
    begins[80:] += 500  # about 20 pixels; all others are narrower than two
    path = keep(tmp_path / "near.hdf5", dict.fromkeys(begins[begins < 11_000].tolist(), 3))
    with shown(path, (width_px, 400)) as display:
        wait_for_traces(display)
        display.navigator.show(0, 1.2)
        wait_for_view(display)
        display.plot.showGrid(False, False)
        display.plot.time_axis.setStyle(tickLength=0)
        assert display.frame.facts.n_kept == 200
        box = display.plot.getViewBox()
        corner = display.plot.mapFromScene(box.mapToScene(QtCore.QPointF(0, box.height())))
        row = pixels(display.plot)[corner.y() - 2, corner.x() : corner.x() + round(box.width())]
    is_kept = row == np.uint32(QtGui.QColor(THEMES["light"].event).rgb())
    assert np.count_nonzero(np.diff(is_kept.astype(int)) == 1) == 2, "bars"


def test_a_hundred_thousand_kept_segments_are_as_many_bars_as_columns_at_most() -> None:
    stream = Timeline(1e-6, np.empty(0, np.int64), np.zeros(1, np.int64))
    rows = np.zeros(100_000, CAPTURE_DTYPE)
    rows["stream_sample"], rows["samples"] = 100 * np.arange(100_000) + 3, 4
    rows["stream_sample"][50_000:] += 5_000_000
    source = SimpleNamespace(stream_timeline=stream, captures=rows)
    kept_s = frame_builder._kept_stretches(source, 0, 15, 1000)
    assert kept_s == pytest.approx(np.array([[0, 5.01], [9.99, 15]]), abs=0.02)
    close_s = frame_builder._kept_stretches(source, 0, 1e-3, 100)
    assert (close_s * 1e6).round().tolist() == [[n, n + 4] for n in range(3, 1000, 100)]
    between_s = frame_builder._kept_stretches(source, 6, 7, 100)
    assert not len(between_s), "what was kept elsewhere is not kept here"


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
        assert "sinking" in panel.note.text()
        assert is_red(panel.rule_field)
        narrow_px = panel.minimumSizeHint().width()
        panel.rule_field.setText("A:sinking" * 20)
        panel.take_rule()
        assert panel.minimumSizeHint().width() == narrow_px, "a window does not grow for it"
        assert panel.note.toolTip() == panel.note.text()
        panel.rule_field.clear()
        QTest.keyClicks(panel.rule_field, "A:falling:20sigma")
        QTest.keyClick(panel.rule_field, QtCore.Qt.Key_Return)
        wait(lambda: panel.note.text().startswith("3 events"))
        assert not is_red(panel.rule_field)
        panel.rule_field.clear()
        QTest.keyClicks(panel.rule_field, "-20 mV")
        QTest.keyClick(panel.rule_field, QtCore.Qt.Key_Return)
        assert events.rule == EventRule("A", "falling", -0.02, in_sigma=False)
        assert panel.rule_field.text() == chosen[-1] == "A:falling:-20 mV"
        panel.rule_field.clear()
        QTest.keyClicks(panel.rule_field, "20sigma")
        QTest.keyClick(panel.rule_field, QtCore.Qt.Key_Return)
        assert chosen[-1] == "A:falling:20sigma"
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


def test_a_rule_is_typed_behind_the_key_that_opens_the_panel(
    application: Any, everything: Path
) -> None:
    from qtpy.QtTest import QTest

    with shown(everything, (1000, 700)) as display:
        wait_for_traces(display)
        panel = display.screen_parts.analysis.events
        press(display, "V")
        wait(panel.rule_field.hasFocus)
        for text, is_left in (("A:falling:much", False), ("A:falling:20sigma", True)):
            panel.rule_field.clear()
            QTest.keyClicks(application.focusWidget(), text)
            QTest.keyClick(application.focusWidget(), QtCore.Qt.Key_Return)
            assert panel.rule_field.text() == text
            assert display.hasFocus() is is_left
        wait(lambda: panel.note.text().startswith("3 events"))


def test_of_a_recording_that_keeps_events_the_last_one_tells_the_level(
    application: Any, kept: Path
) -> None:
    with shown(kept) as display:
        wait_for_traces(display)
        with PicoStreamReader(kept) as reader:
            held = reader.num_samples
        assert f"kept {held:,} of " in display.status.text()
        assert "samples (3 events), " in display.status.text()
        assert " kept samples, " in display.status.text()
        display.screen_parts.events.set_text("A:falling:8sigma")
        display.commands._actions["all"].trigger()
        wait(lambda: display.frame.event_levels is not None)
        with PicoStreamReader(kept) as reader:
            last = reader.captures.events
        (level_v,) = display.frame.event_levels.levels_v
        assert level_v == pytest.approx(last.baseline_v[-1] - 8 * last.sigma_v[-1])


def test_the_rule_of_the_next_run_is_that_of_the_picture(program_window: Any) -> None:
    from qtpy.QtTest import QTest

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
    keep = window.inputs.keep
    for typed, whole in (("-20 mV", "A:rising:-20 mV"), ("6sigma", "A:rising:6sigma")):
        keep.selectAll()
        QTest.keyClicks(keep, typed)
        assert not is_red(keep)
        assert keep.text() == typed
        assert rule_text(window.make_procedure().keep_config().rule) == whole, "also while typed"
        QTest.keyClick(keep, QtCore.Qt.Key_Return)
        assert keep.text() == keep.value() == whole
    window.inputs.keep.setText("A:up")
    assert is_red(window.inputs.keep)
    assert "'A:up'" in window.inputs.keep.toolTip() or "up" in window.inputs.keep.toolTip()
    window.inputs.keep.setText("")
    assert not is_red(window.inputs.keep)


def test_a_level_alone_is_one_for_the_first_channel_that_is_recorded(program_window: Any) -> None:
    inputs = program_window.inputs
    inputs.channel_a.setValue(False)
    inputs.channel_c.setValue(True)
    assert inputs.keep.value() == ""
    inputs.keep.setText("-20 mV")
    assert inputs.keep.value() == "C:falling:-20 mV"


def test_a_single_event_is_a_bin_around_its_value(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.analysis.events_panel import EventsPanel

    path = keep(tmp_path / "one.hdf5", {3000: 10})
    panel = EventsPanel()
    panel.show()
    with PicoStreamReader(path) as reader:
        panel.show_events(find_event_figures(reader, 0, 2, None), "#ff0000")
    durations, amplitudes, _ = (plot.listDataItems()[0].getData() for plot in panel.plots)
    assert durations[0] == pytest.approx([0.5e-3, 1.5e-3])
    assert (amplitudes[0] < 0).all()
    assert (np.diff(amplitudes[0]) > 0).all()
    panel.close()
