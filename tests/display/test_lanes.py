"""Digital inputs as lanes: every pulse is seen, each lane has its name."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from picostream_pymeasure.kernels.bits import bits_in_columns
from tests.support.displays import (
    INTERVAL_S,
    QtCore,
    QtGui,
    QtWidgets,
    pixels,
    press,
    recording,
    shown,
    sine,
    trace_pixels,
    wait,
)
from tests.support.reader_files import write_recording
from tests.support.signals import make_digital


def port_recording(path: Path, values: NDArray[np.int64]) -> Path:
    counts = {"A": sine(values.size, 500), "PORT0": values.astype(np.int16)}
    return make_digital(recording(path, counts), "PORT0")


def test_ports_of_compared_recordings_are_not_drawn_as_voltages(
    application: Any, tmp_path: Path
) -> None:
    from picostream_pymeasure.display.reading.frame_builder import FrameBuilder
    from picostream_pymeasure.display.reading.frame_request import FrameRequest
    from picostream_pymeasure.display.reading.view_range import ViewRange

    values = np.arange(5000) % 256
    shown_one, other = (port_recording(tmp_path / name, values) for name in ("a.hdf5", "b.hdf5"))
    builder = FrameBuilder()
    frame = builder(FrameRequest(str(shown_one), ViewRange(), 100, comparisons=(str(other),)))
    builder.rest()
    assert list(frame.lanes) == ["PORT0"]
    assert list(frame.comparisons[0].traces) == ["A"]


@given(
    st.lists(st.integers(0, 255), min_size=1, max_size=30),
    st.lists(st.integers(0, 30), max_size=12),
)
def test_columns_hold_the_bits_of_their_samples(values: list[int], cuts: list[int]) -> None:
    size = len(values)
    starts = np.array(sorted(min(cut, size) for cut in [*cuts, 0, size]), np.int64)
    ones, zeros = (np.zeros(starts.size - 1, np.uint8) for _ in range(2))
    bits_in_columns(np.array(values, np.int16), starts, ones, zeros)
    for column, (begin, end) in enumerate(itertools.pairwise(starts.tolist())):
        held = values[begin:end] or values[max(begin - 1, 0) : begin]
        assert ones[column] == np.bitwise_or.reduce(held or [0])
        assert zeros[column] == np.bitwise_or.reduce([255 - value for value in held] or [0])


def test_a_pulse_of_one_sample_is_read_at_any_place(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.reading.lane_reader import read_lanes
    from picostream_pymeasure.reader import Source

    values = np.zeros(3_000_000, np.int64)
    pulses = [7, 1_048_575, 1_048_576, 2_999_999]  # at the borders of what is read at once
    values[pulses] = [1, 2, 4, 128]
    source = Source(port_recording(tmp_path / "a.hdf5", values))
    try:
        lanes = read_lanes(source, 0.0, 3_000_000 * INTERVAL_S, 1000)["PORT0"]
        found = {int(column): int(lanes.ones[column]) for column in np.flatnonzero(lanes.ones)}
        assert found == {0: 1, 349: 6, 999: 128}
        assert (lanes.zeros == 255).all()
        close = read_lanes(source, 0.0, 20 * INTERVAL_S, 200)["PORT0"]
        assert np.flatnonzero(close.ones).tolist() == list(range(70, 80)), "held for its sample"
        assert (close.ones | close.zeros).all(), "up to the next sample, which is not shown"
        end_s = 3_000_000 * INTERVAL_S
        beyond = read_lanes(source, end_s - 5 * INTERVAL_S, end_s + 5 * INTERVAL_S, 100)["PORT0"]
        assert not beyond.zeros[51:].any()
        assert not read_lanes(source, 1.0, 2.0, 100)["PORT0"].zeros.any(), "beyond the end"
    finally:
        source.close()


@pytest.mark.parametrize("end", [1000, 700])  # behind the gap, and within it
def test_in_a_gap_a_lane_has_no_level(application: Any, tmp_path: Path, end: int) -> None:
    from picostream_pymeasure.display.reading.lane_reader import read_lanes
    from picostream_pymeasure.reader import Source

    counts = {"A": sine(1000, 500), "PORT0": np.full(1000, 255, np.int16)}
    path = make_digital(write_recording(tmp_path / "a.hdf5", counts, gaps=[(500, 300)]), "PORT0")
    source = Source(path)
    try:
        lanes = read_lanes(source, 400 * INTERVAL_S, end * INTERVAL_S, end - 400)["PORT0"]
    finally:
        source.close()
    is_there = (lanes.ones | lanes.zeros) > 0
    assert is_there[:99].all()
    assert not is_there[101 : min(end, 799) - 400].any()
    assert is_there[401:].all()


def test_a_pulse_of_one_sample_is_seen_in_a_recording_of_any_length(
    application: Any, tmp_path: Path
) -> None:
    from picostream_pymeasure.display.reading.lane_reader import read_lanes
    from picostream_pymeasure.reader import Source

    n_columns = 100
    values = np.full(5_000_000, 0b0111_0000, np.int64)
    up, down = 1_234_567, 4_444_444
    values[up] |= 1
    values[down] &= ~0b0100_0000
    source = Source(port_recording(tmp_path / "a.hdf5", values))
    try:
        lanes = read_lanes(source, 0.0, values.size * 1.1 * INTERVAL_S, n_columns)["PORT0"]
        width = values.size * 1.1 / n_columns
        filled = int(values.size // width)
        assert np.flatnonzero(lanes.ones & 1).tolist() == [int(up // width)]
        assert np.flatnonzero(lanes.zeros & 0b0100_0000).tolist() == [int(down // width)]
        assert (lanes.ones[:filled] & 0b0111_0000 == 0b0111_0000).all()
        assert not lanes.ones[filled + 1 :].any()
        assert not lanes.zeros[filled + 1 :].any()
    finally:
        source.close()


def test_an_edge_of_a_digital_input_is_found(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.reading.edge import Edge
    from picostream_pymeasure.display.reading.trigger_search import find_last_edge
    from picostream_pymeasure.reader import Source

    values = np.arange(300_000) % 2 * 0b1000_0000  # another input is never still
    values[[1000, 2000, 2001]] |= 0b10
    source = Source(port_recording(tmp_path / "a.hdf5", values))
    end_s = values.size * INTERVAL_S
    try:
        for rising, sample in ((True, 2000), (False, 2002)):
            edge = Edge("PORT0", level_v=5.0, rising=rising, bit=1)
            found_s = find_last_edge(source, edge, 0.0, end_s)
            assert found_s == pytest.approx((sample - 0.5) * INTERVAL_S)
        assert find_last_edge(source, Edge("PORT0", bit=1), 0.0, 1990 * INTERVAL_S) == (
            pytest.approx((1000 - 0.5) * INTERVAL_S)
        )
        assert find_last_edge(source, Edge("PORT0", bit=2), 0.0, end_s) is None
    finally:
        source.close()


def test_a_picture_is_held_at_an_edge_of_a_digital_input(application: Any, tmp_path: Path) -> None:
    values = np.zeros(50_000, np.int64)
    values[30_000:] = 0b1000
    with shown(port_recording(tmp_path / "a.hdf5", values)) as display:
        display.display_window_seconds = 1e-5
        wait(lambda: display.frame is not None and display.frame.lanes)
        bar = display.screen_parts.trigger_bar
        names = [bar.channel_box.itemText(index) for index in range(bar.channel_box.count())]
        assert names == ["A", *(f"D{bit}" for bit in range(8))]
        display.actions_by_name["trigger"].setChecked(True)
        bar.channel_box.setCurrentText("D3")
        wait(lambda: display.frame.trigger_s == pytest.approx((30_000 - 0.5) * INTERVAL_S))
        assert not any(part.isVisible() for part in bar._level_actions), "it has no level here"
        bar.channel_box.setCurrentText("A")
        assert all(part.isVisible() for part in bar._level_actions)


def test_lanes_and_traces_have_rooms_of_their_own(application: Any, tmp_path: Path) -> None:
    path = port_recording(tmp_path / "a.hdf5", np.arange(50_000) // 100 % 256)
    with shown(path, (1000, 700)) as display:
        wait(lambda: display.frame is not None and display.frame.lanes)
        press(display, "Y")
        QtWidgets.QApplication.processEvents()
        height = display.plot.getViewBox().height()
        axis = display.plot.getAxis("left")
        share = 1 - axis.lane_share
        top_px = np.flatnonzero(trace_pixels(display, "PORT0").any(axis=1)).min()
        assert 0 <= top_px - share * height < 12, "the space above a lane"
        rows = np.flatnonzero(trace_pixels(display, "A").any(axis=1))
        assert 0.8 * share * height < rows.max() < share * height
        title = axis.label.mapRectToParent(axis.label.boundingRect())
        assert abs(title.center().y() - share * height / 2) < 3, "beside what is counted"
        cursors = display.screen_parts.cursors
        press(display, "C")
        assert cursors.levels_v[0] > display.plot.floor_v()
        line = min(cursors._levels, key=lambda line: line.value())
        line.setValue(2 * display.plot.floor_v())
        line.sigDragged.emit(line)
        assert cursors.levels_v[0] == display.plot.floor_v(), "there are lanes below"
        press(display, "Down")
        assert cursors.levels_v[0] == display.plot.floor_v()
        press(display, "C")
        before = display.scales.view
        display.plot._take_mouse()
        assert display.scales.view.centre_v == pytest.approx(before.centre_v, abs=1e-9)
        assert display.scales.view.span_v == pytest.approx(before.span_v)
        display.screen_parts.channel_bar.hide_channels({"PORT0"})
        wait(lambda: trace_pixels(display, "A")[round(share * height) + 20 :].any())


def test_lanes_grow_with_the_plot(application: Any) -> None:
    import pyqtgraph

    from picostream_pymeasure.display.painting.lanes_item import LanesItem

    item = LanesItem(pyqtgraph.AxisItem("left"))
    item.show_lanes({"PORT0": None}, 0.0)
    heights_px = [item.share(plot_px) * plot_px / 8 for plot_px in (100, 200, 400, 640, 2000)]
    assert heights_px == pytest.approx([0, 8, 17, 24, 30])


def test_lanes_are_drawn_from_arrays(application: Any) -> None:
    from picostream_pymeasure.display.painting.lanes_item import picture
    from picostream_pymeasure.display.reading.frame import Lanes

    ones, zeros = np.zeros(20, np.uint8), np.full(20, 255, np.uint8)
    ones[5:10], zeros[5:10] = 1, 254  # D0 is high for five columns
    ones[15] |= 128  # D7 has a pulse in one
    image = picture(Lanes(0.0, 1.0, ones, zeros), 18, 0xFF112233)

    def rows(column: int, lane: int) -> list[int]:
        begin = (7 - lane) * 18
        return [row for row in range(18) if image.pixel(column, begin + row) == 0xFF112233]

    assert rows(2, 0) == [16], "low"
    assert rows(7, 0) == [6], "high"
    assert rows(5, 0) == list(range(6, 17)), "an edge"
    assert rows(15, 7) == list(range(6, 17)), "a pulse"
    assert rows(15, 6) == [16]


def test_the_lanes_of_a_port_are_shown_with_their_names(application: Any, tmp_path: Path) -> None:
    path = port_recording(tmp_path / "a.hdf5", np.arange(50_000) // 100 % 256)
    with shown(path, (1000, 700)) as display:
        wait(lambda: display.frame is not None and display.frame.lanes)
        colour = np.uint32(QtGui.QColor(display.channel_colours()["PORT0"]).rgb())
        QtWidgets.QApplication.processEvents()
        before = (pixels(display.plot) == colour).sum()
        assert before > 8 * 300, "eight lanes"
        display.set_lane_names("PORT0", ["clock", "", "reset"])
        assert display.lane_names["PORT0"][:4] == ["clock", "D1", "reset", "D3"]
        state = display.save_state()
        display.lane_names.clear()
        display.restore_state(state)
        assert display.lane_names["PORT0"][0] == "clock"
        control = display.screen_parts.channel_bar.controls["PORT0"]
        assert "Count the bit pattern of PORT0" in control.active_button.toolTip()
        control.active_button.click()
        assert "PORT0 (bit pattern)" in display.plot.getAxis("left").labelString()
        display.screen_parts.channel_bar.controls["A"].active_button.click()
        control.visible_box.setChecked(False)
        wait(lambda: not (pixels(display.plot) == colour).any())


@pytest.mark.parametrize(
    ("text", "names", "told"),
    [
        (" clock ,, reset", ["clock", "D1", "reset", "D3"], ""),
        ("", ["D0", "D1", "D2", "D3"], ""),
        (",,,,,,,,,,,,", ["D0", "D1", "D2", "D3"], "PORT0 has 8 lanes"),
        ("<b>&amp;, " + 300 * "x", ["<b>&amp;", 300 * "x", "D2", "D3"], ""),
    ],
)
def test_names_of_lanes_are_typed(
    application: Any, tmp_path: Path, text: str, names: list[str], told: str
) -> None:
    def type_into() -> None:
        dialog = QtWidgets.QApplication.activeModalWidget()
        dialog.setTextValue(text)
        dialog.accept()

    path = port_recording(tmp_path / "a.hdf5", np.arange(50_000) // 100 % 256)
    with shown(path, (1000, 700)) as display:
        wait(lambda: display.frame is not None and display.frame.lanes)
        QtCore.QTimer.singleShot(0, type_into)
        press(display, "N")
        assert display.lane_names["PORT0"][:4] == names
        assert len(display.lane_names["PORT0"]) == 8
        assert told in display.status.text()
        display.grab()


@pytest.mark.parametrize(
    ("direction", "expected"), [("above", "HIGH"), ("falling", "FALLING"), ("rising", "RISING")]
)
def test_a_digital_input_can_be_the_trigger(
    program_window: Any, direction: str, expected: str
) -> None:
    inputs = program_window.inputs
    inputs.trigger_enabled.setValue(True)
    assert not inputs.trigger_level.isHidden()
    inputs.port_0.setValue(True)
    inputs.trigger_source.setValue("D3")
    inputs.trigger_direction.setValue(direction)
    assert inputs.trigger_level.isHidden(), "the port has a logic level"
    (watched,) = inputs.get_procedure().stream_config().trigger.inputs
    assert (watched.source, watched.direction.name) == ("D3", expected)


def test_a_lane_with_more_edges_than_pixels_is_hatched(application: Any) -> None:
    from picostream_pymeasure.display.painting.lanes_item import picture
    from picostream_pymeasure.display.reading.frame import Lanes

    ones, zeros = np.full(30, 1, np.uint8), np.full(30, 254, np.uint8)
    zeros[10:20] = 255  # D0 changes within each of ten columns
    image = picture(Lanes(0.0, 1.0, ones, zeros), 18, 0xFF112233)
    inside = [
        [image.pixel(column, 7 * 18 + row) == 0xFF112233 for row in range(8, 15)]
        for column in range(30)
    ]
    assert not any(any(rows) for rows in inside[:10] + inside[20:]), "still"
    assert all(all(rows) for rows in (inside[10], inside[19])), "where it begins and ends"
    assert all(any(rows) and not all(rows) for rows in inside[11:19])
    sharp = picture(Lanes(0.0, 1.0, ones, zeros), 18, 0xFF112233, 2)
    assert sharp.height() == 2 * image.height()


def test_about_one_edge_a_pixel_is_hatched_throughout(application: Any) -> None:
    from picostream_pymeasure.display.painting.lanes_item import picture
    from picostream_pymeasure.display.reading.frame import Lanes

    n_columns = 60
    levels = np.arange(n_columns) * 11 // 10 % 2  # in every tenth column none
    has_edge = np.arange(n_columns) % 10 != 0
    ones = np.where(has_edge | (levels == 1), 1, 0).astype(np.uint8)
    zeros = np.where(has_edge | (levels == 0), 255, 254).astype(np.uint8)
    image = picture(Lanes(0.0, 1.0, ones, zeros), 18, 0xFF112233)
    inside = [
        sum(image.pixel(column, 7 * 18 + row) == 0xFF112233 for row in range(8, 15))
        for column in range(n_columns)
    ]
    assert all(2 <= n_rows <= 3 for n_rows in inside[4:-4]), "no stripes that beat with the pixels"


def test_a_pause_between_crowded_edges_is_seen(application: Any) -> None:
    from picostream_pymeasure.display.painting.lanes_item import picture
    from picostream_pymeasure.display.reading.frame import Lanes

    ones, zeros = np.full(60, 1, np.uint8), np.full(60, 255, np.uint8)
    ones[28:33] = 0
    image = picture(Lanes(0.0, 1.0, ones, zeros), 18, 0xFF112233)
    rows = [[image.pixel(c, 7 * 18 + row) == 0xFF112233 for row in range(8, 15)] for c in (27, 30)]
    assert any(rows[0])
    assert not any(rows[1])
