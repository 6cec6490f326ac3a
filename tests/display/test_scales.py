"""Quantities in place of volts, and the difference of two channels, in a display."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure import PicoStreamReader
from picostream_pymeasure.config import ChannelScale
from picostream_pymeasure.display.analysis.difference_measurement import measure_difference
from picostream_pymeasure.display.analysis.measurement_columns import COLUMNS, Cell, CellTexts
from picostream_pymeasure.display.painting.vertical_scales import Scale
from picostream_pymeasure.display.reading.differences import with_differing_values
from picostream_pymeasure.quantities import si
from tests.support.displays import (
    INTERVAL_S,
    QtCore,
    QtGui,
    QtWidgets,
    press,
    recording,
    shown,
    sine,
    wait,
    wait_for_traces,
)

N = 50_000
NANOAMPERES = ChannelScale(1000.0, "nA")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    counts = {"A": sine(N, 3125), "B": sine(N, 2500, amplitude=5000)}
    return recording(tmp_path / "a.hdf5", counts)


@pytest.fixture
def display(application: Any, path: Path) -> Iterator[Any]:
    with shown(path, theme="light") as display:
        wait_for_traces(display)
        yield display


def drawn(display: Any, name: str) -> Any:
    values_v = display.frame.traces[name].values_v
    return np.nanmin(values_v), np.nanmax(values_v)


def test_a_scale_is_on_axis_knobs_cursors_and_measurements(display: Any) -> None:
    volts = drawn(display, "A")
    display.set_channel_scales({"A": NANOAMPERES, "B": NANOAMPERES})
    wait(lambda: display.frame.facts.channels["A"].unit == "A")
    assert drawn(display, "A") == pytest.approx(tuple(1e-6 * v for v in volts))
    axis = display.plot.getAxis("left")
    assert "A)" in axis.labelString()
    knob = display.screen_parts.channel_bar.controls["A"].scale_box
    assert "A/div" in knob.itemText(1)
    press(display, "C")
    wait(lambda: "A: " in display.screen_parts.cursors.readout)
    assert "\nΔ 2.200 µA" in display.screen_parts.cursors.readout, "that is no voltage"
    assert "A →" in display.screen_parts.cursors.readout
    press(display, "M")
    table = display.screen_parts.analysis._table.table
    wait(lambda: table.rowCount() and table.item(0, 0) and table.item(0, 0).text().endswith("A"))


def test_a_difference_is_drawn_from_the_samples(display: Any, path: Path, tmp_path: Path) -> None:
    display.set_differences([("A", "B"), ("A", "Z")])
    wait(lambda: "A-B" in display.frame.traces)
    assert list(display.frame.facts.channels) == ["A", "B", "A-B"]
    with PicoStreamReader(path) as reader:
        expected = reader.to_pandas(channels=["A-B"])["A-B_mv"].to_numpy() * 1e-3
    display.commands._actions["all"].trigger()
    wait(lambda: display.frame.n_samples == N)
    assert drawn(display, "A-B") == pytest.approx((expected.min(), expected.max()))
    display.navigator.show(100 * INTERVAL_S, 200 * INTERVAL_S)
    wait(lambda: display.frame.n_samples == 100)
    trace = display.frame.traces["A-B"]
    assert np.allclose(trace.values_v[1:101], expected[100:200])
    press(display, "C")
    wait(lambda: "A−B: " in display.screen_parts.cursors.readout)
    display.commands.export_view(str(tmp_path / "part.csv"))
    wait((tmp_path / "part.csv").exists)
    assert (tmp_path / "part.csv").read_text().startswith("time_s,A_mv,B_mv,A-B_mv\n")


def test_equal_values_have_no_difference_that_rounding_makes() -> None:
    values_v = with_differing_values({"A": (0.3, 1.0), "B": (0.1 + 0.2, 0.25)}, (("A", "B"),))
    assert values_v["A-B"] == (0.0, 0.75)


def test_a_difference_that_is_not_seen_says_why(
    display: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("picostream_pymeasure.display.reading.differences._MOST_SAMPLES", 1000)
    display.set_differences([("A", "B"), ("A", "Z")])
    wait(lambda: display.frame.note == "A−B: shown up to 16 µs, zoom in")
    assert display.frame.note in display.status.text()
    display.navigator.show(100 * INTERVAL_S, 200 * INTERVAL_S)
    wait(lambda: display.frame.n_samples == 100)
    assert not display.frame.note
    pairs = {name: sine(2 * N, 3125) for name in "AB"}
    aggregate = {"downsample_mode": "aggregate", "hardware_downsample_ratio": 16}
    display.set_hdf5_path(str(recording(path.with_name("pairs.hdf5"), pairs, **aggregate)))
    wait(lambda: display.frame.note.startswith("A−B: min and max of two channels"))


def test_quantities_of_two_kinds_have_no_difference(display: Any) -> None:
    display.set_differences([("A", "B")])
    wait(lambda: "A-B" in display.frame.traces)
    display.set_channel_scales({"A": NANOAMPERES})
    wait(lambda: "A-B" not in display.frame.traces)
    assert display.frame.note == "A−B: A less V is no quantity"


def test_another_quantity_has_an_axis_of_its_own(display: Any) -> None:
    plot, scales = display.plot, display.scales
    left, right = plot.getAxis("left"), plot.getAxis("right")
    columns = plot.n_columns
    assert not right.isVisible()
    assert "Input (V)" in left.labelString()
    display.set_channel_scales({"B": NANOAMPERES})
    wait(right.isVisible)
    assert (left.labelText, left.labelUnits) == ("Channel A", "V")
    assert (right.labelText, right.labelUnits) == ("B", "A")
    wait(lambda: plot.n_columns < columns and display.frame.view.window_s)
    (low_v, high_v), (low, high) = plot.getViewBox().viewRange()[1], right.range
    for edge_v, edge in ((low_v, low), (high_v, high)):
        gain, shift_v = scales.mapping("B")
        assert gain * edge + shift_v == pytest.approx(edge_v)
    assert high == pytest.approx(1e-6 * high_v), "1 V of the same range is 1 µA"
    press(display, "C")
    wait(lambda: "B: " in display.screen_parts.cursors.readout)
    scales.stretch(0.5)
    display.screen_parts.apply_scales()
    assert right.range == pytest.approx([low, high]), "each quantity has its own scale"
    click = SimpleNamespace(accept=lambda: None)
    right.mouseClickEvent(click)
    assert (left.labelUnits, right.labelUnits) == ("A", "V")
    cursors = display.screen_parts.cursors
    assert all(low <= level <= high for level in cursors.levels_v), "they came along"
    assert " µA" in cursors.readout.split("\n")[2]
    display.screen_parts.channel_bar.controls["A"].visible_box.setChecked(False)
    assert not right.isVisible(), "nothing in volts is seen"
    display.set_channel_scales({})
    wait(lambda: left.labelUnits == "V" and not right.isVisible())


def test_ticks_of_a_further_axis_leave_the_title_beside_it_alone(display: Any) -> None:
    right = display.plot.getAxis("right")
    display.set_channel_scales({"B": NANOAMPERES})
    wait(right.isVisible)
    picture = QtGui.QPixmap(10, 10)
    painter = QtGui.QPainter(picture)
    _, ticks, texts = right.generateDrawSpecs(painter)
    painter.end()
    assert ticks
    assert all(min(begin.x(), end.x()) >= 0 for _, begin, end in ticks)
    longest_px = max(max(begin.x(), end.x()) for _, begin, end in ticks)
    assert all(rect.left() >= longest_px for rect, *_ in texts), "nor do they cross their numbers"


def test_the_title_of_a_further_axis_is_below_its_numbers(display: Any) -> None:
    right = display.plot.getAxis("right")
    display.set_channel_scales({"B": NANOAMPERES})
    wait(right.isVisible)
    QtWidgets.QApplication.processEvents()
    picture = QtGui.QPixmap(10, 10)
    painter = QtGui.QPainter(picture)
    _, _, texts = right.generateDrawSpecs(painter)
    painter.end()
    margin_px = right.label.document().documentMargin()
    title = right.label.mapRectToParent(right.label.boundingRect())
    assert max(place.bottom() for place, _, _ in texts) <= title.top() + 2 * margin_px
    metrics = QtGui.QFontMetricsF(QtWidgets.QApplication.font())
    numbers_px = max(place.left() + metrics.horizontalAdvance(text) for place, _, text in texts)
    assert numbers_px <= right.size().width()


def test_a_difference_is_measured(display: Any, path: Path) -> None:
    display.set_differences([("A", "B")])
    wait(lambda: "A-B" in display.frame.traces)
    display.commands._actions["all"].trigger()
    press(display, "M")
    table = display.screen_parts.analysis._table.table
    wait(lambda: table.rowCount() == 3 and table.item(2, 7).text() == f"{N:,}")
    with PicoStreamReader(path) as reader:
        values_v = reader.to_pandas(channels=["A-B"])["A-B_mv"].to_numpy() * 1e-3
        found = measure_difference(reader, "A", "B", reader.begin_s, reader.end_s)
        empty = measure_difference(reader, "A", "B", 1.0, 2.0)
    assert (found.min_v, found.max_v) == pytest.approx((values_v.min(), values_v.max()))
    assert found.mean_v == pytest.approx(values_v.mean(), abs=1e-9)
    assert found.rms_v == pytest.approx(np.sqrt(np.mean(values_v**2)))
    assert found.exact
    assert found.extremes_exact
    assert math.isnan(empty.min_v)
    assert empty.n_samples == 0
    assert table.verticalHeaderItem(2).text() == "A−B"
    assert table.item(2, 2).text() == si(found.peak_to_peak_v, "V", 3), "8 bit tell no more"


def test_a_difference_has_a_spectrum_and_a_histogram(display: Any, path: Path) -> None:
    display.set_differences([("A", "B")])
    wait(lambda: "A-B" in display.frame.traces)
    display.commands._actions["all"].trigger()
    wait(lambda: display.frame.n_samples == N)
    display.actions_by_name["spectrum"].trigger()
    panels = display.screen_parts.analysis
    wait(lambda: set(panels._spectrum._spectra) == {"A", "B", "A-B"})
    assert "A−B " in panels._spectrum.summary.text()
    display.actions_by_name["histogram"].trigger()
    wait(lambda: set(panels._histogram._curves) == {"A", "B", "A-B"})
    with PicoStreamReader(path) as reader:
        values_v = reader.to_pandas(channels=["A-B"])["A-B_mv"].to_numpy() * 1e-3
        counts, steps_v = panels._shown.histograms["A-B"], reader.settings("A").count_scale
    assert counts.exact
    assert counts.counts.sum() == N
    edges_v = counts.edges_v
    assert edges_v[0] < values_v.min() < values_v.max() < edges_v[-1]
    assert counts.counts.tolist() == np.histogram(values_v, edges_v)[0].tolist()
    width = (edges_v[1] - edges_v[0]) / steps_v.volts_per_count
    assert width == pytest.approx(round(width)), "a whole number of the converter's steps"


def test_another_unit_leaves_scale_level_and_cursors_where_they_were(display: Any) -> None:
    bar, cursors = display.screen_parts.trigger_bar, display.screen_parts.cursors
    display.display_window_seconds = 6e-5
    display.scales.set_own("A", Scale(0.1, 0.8))
    bar.level_box.setValue(0.05)
    press(display, "T")
    wait(lambda: display.frame.trigger_s is not None)
    press(display, "C")
    display.set_channel_scales({"A": NANOAMPERES})
    wait(lambda: display.frame.facts.channels["A"].unit == "A")
    own = display.scales.own["A"]
    assert (own.centre_v, own.span_v) == pytest.approx((1e-7, 8e-7))
    assert bar.level_box.text() == "50 nA"
    wait(lambda: display.frame.trigger_s is not None)
    begin_s, end_s = display.plot.viewRange()[0]
    assert begin_s < cursors.times_s[0] < cursors.times_s[1] < end_s
    bar.channel_box.setCurrentIndex(1)
    assert bar.level_box.text() == "50 mV", "the same voltage of another channel"
    display.restore_state(display.save_state())
    assert bar.level_box.text() == "50 mV"


def test_statistics_begin_anew_with_another_recording_or_unit(display: Any, tmp_path: Path) -> None:
    table = display.screen_parts.analysis._table

    def counted() -> int:
        rows = {table.table.verticalHeaderItem(n).text(): n for n in range(table.table.rowCount())}
        return int(table.table.item(rows["A n"], 0).text()) if "A n" in rows else 0

    press(display, "M")
    table.statistics.click()
    for number in range(1, 4):
        display.navigator.show(number * 1e-4, (number + 1) * 1e-4)
        wait(lambda number=number: f" from {number}00.000 µs on" in table.stretch.text())
        assert counted() == number
    display.set_channel_scales({"A": NANOAMPERES})
    wait(lambda: table.table.item(0, 0).text().endswith("A"))
    assert counted() == 1
    display.navigator.show(0, 1e-4)
    wait(lambda: counted() > 1)
    other = recording(tmp_path / "other.hdf5", sine(N, 3125, amplitude=100))
    display.set_hdf5_path(str(other))
    wait(lambda: table.table.rowCount() == 6 and counted() == 1)


def test_the_extremes_of_a_long_difference_are_said_to_be_of_a_part(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("picostream_pymeasure.display.analysis.stretches.LIMIT_SAMPLES", 16_000)
    with PicoStreamReader(path) as reader:
        found = measure_difference(reader, "A", "B", reader.begin_s, reader.end_s)
    assert not found.extremes_exact
    written = CellTexts()
    texts = [
        written.write(column, [Cell("A-B", found, column.number_of(found))])[0]
        for column in COLUMNS
    ]
    assert texts[0].startswith("≈ ")
    assert texts[7] == f"{N:,}"


def test_the_dialog_is_typed_into_and_says_what_is_wrong(display: Any) -> None:
    from qtpy.QtTest import QTest

    answers, reds, base = [], [], QtGui.QPalette.ColorRole.Base

    def type_into() -> None:
        dialog = QtWidgets.QApplication.activeModalWidget()
        for wrong in ("nonsense", "1 nA", "-1 nA/mV", "0 bar/V", "1 nA/nA", "/", "1,500 bar/V"):
            dialog.fields["A"].setText(wrong)
            reds.append((dialog.fields["A"].palette().color(base).name(), dialog.problem.text()))
        dialog.fields["A"].clear()
        reds.append((dialog.fields["A"].palette().color(base).name(), dialog.problem.text()))
        QTest.keyClicks(dialog.fields["B"], "5 bar")
        dialog.accept()
        QtWidgets.QApplication.processEvents()
        label = dialog.problem
        has_room = label.height() >= label.heightForWidth(label.width())
        answers.append((dialog.isVisible(), label.text(), has_room))
        QTest.keyClicks(dialog.fields["B"], "/V")
        dialog.difference_box.setCurrentText("B−A")
        QTest.keyClick(dialog.fields["B"], QtCore.Qt.Key_Return)

    QtCore.QTimer.singleShot(0, type_into)
    press(display, "U")
    red = display.theme.error_background
    assert [colour for colour, _ in reds[:-1]] == [red] * 7
    assert all(problem for _, problem in reds[:-1])
    assert reds[-1][0] != red
    assert not reds[-1][1]
    ((was_open, problem, has_room),) = answers
    assert was_open
    assert has_room, "the sentence is not cut"
    assert "1 nA/mV" in problem
    assert display.channel_scales == {"B": ChannelScale(5.0, "bar")}
    assert display.differences == (("B", "A"),)
    state = display.save_state()
    display.set_channel_scales({})
    display.set_differences([])
    display.restore_state(state)
    assert display.channel_scales == {"B": ChannelScale(5.0, "bar")}
    assert display.differences == (("B", "A"),)


def test_the_dialog_opened_again_keeps_what_is_not_changed(display: Any) -> None:
    seen = []

    def accept() -> None:
        dialog = QtWidgets.QApplication.activeModalWidget()
        seen.append(dialog.difference_box.currentText())
        dialog.accept()

    display.set_differences([("B", "A")])
    QtCore.QTimer.singleShot(0, accept)
    press(display, "U")
    assert seen == ["B−A"]
    assert display.differences == (("B", "A"),)


def test_statistics_are_of_stretches_of_one_length(display: Any) -> None:
    press(display, "M")
    panel = display.screen_parts.analysis._table
    panel.statistics.setChecked(True)
    table = panel.table

    def samples() -> list[str]:
        return [table.item(row, 7).text() for row in range(6)] if table.item(5, 7) else []

    wait(samples)
    before = samples()[0]
    display.navigator.show(1e-4, 2e-4)
    wait(lambda: samples()[0] != before)
    now, mean, deviation, least, most, count = samples()
    assert now == mean == least == most
    assert (deviation, count) == ("–", "1")
    display.navigator.show(2e-4, 3e-4)
    wait(lambda: samples()[5] == "2")


def test_knobs_say_the_scale_that_channels_have_together(display: Any) -> None:
    display.set_differences([("A", "B")])
    wait(lambda: "A-B" in display.frame.traces)
    controls = display.screen_parts.channel_bar.controls

    def scales() -> list[str]:
        return [controls[name].scale_box.currentText() for name in ("A", "B", "A-B")]

    display.scales.set_scale("A", Scale.of_divisions(0.2, 0))
    display.screen_parts.apply_scales()
    assert scales() == ["all: 200 mV/div"] * 3
    for name in "AB":
        display.scales.set_own(name, Scale.of_divisions(1.0, 0))
    display.screen_parts.apply_scales()
    assert scales() == ["1 V/div", "1 V/div", "200 mV/div"], "nothing has it together with A-B"
    display.scales.active = "A-B"
    display.screen_parts.apply_scales()
    assert display.plot.getAxis("left").labelText == "A−B"


def test_a_scale_of_any_digits_is_read_whole(application: Any, tmp_path: Path) -> None:
    with shown(recording(tmp_path / "one.hdf5"), theme="light") as display:
        wait_for_traces(display)
        box = display.screen_parts.channel_bar.controls["A"].scale_box
        display.scales.set_scale("A", Scale.of_divisions(0.00025, 0))
        display.screen_parts.apply_scales()
        assert box.currentText() == "250 µV/div"
        option = QtWidgets.QStyleOptionComboBox()
        box.initStyleOption(option)
        field = box.style().subControlRect(
            QtWidgets.QStyle.CC_ComboBox, option, QtWidgets.QStyle.SC_ComboBoxEditField, box
        )
        assert field.width() >= box.fontMetrics().horizontalAdvance(box.currentText())
