"""Auto, marks, density, pictures and the clipboard."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picostream_pymeasure.config import ChannelScale
from tests.support.displays import (
    INTERVAL_S,
    QtCore,
    QtWidgets,
    press,
    recording,
    shown,
    sine,
    trace_pixels,
    wait,
    wait_for_traces,
    wait_for_view,
)

PERIOD_S = 3125 * INTERVAL_S


def test_auto_shows_some_periods_held_at_the_middle(application: Any, tmp_path: Path) -> None:
    counts = {"A": sine(500_000, 3125) // 20, "B": sine(500_000, 3125) + np.int16(7)}
    with shown(recording(tmp_path / "a.hdf5", counts), display_window_seconds=3.0) as display:
        wait_for_traces(display)
        told = []
        display.auto_found.connect(told.append)
        press(display, "A")
        wait(lambda: told)
        assert 3 * PERIOD_S <= display.display_window_seconds <= 10 * PERIOD_S
        edge = display.screen_parts.trigger_bar.edge
        assert edge.channel == "B"
        low_v, high_v = told[0]["B"]
        assert edge.level_v == pytest.approx((low_v + high_v) / 2, abs=0.03 * (high_v - low_v))
        assert display.navigator.is_triggered
        assert display.scales.of("B").span_v == pytest.approx(1.1 * (high_v - low_v), rel=0.01)
        wait(lambda: display.frame.trigger_s is not None)


def test_auto_tells_the_volts_of_an_input_whatever_they_stand_for(
    application: Any, tmp_path: Path
) -> None:
    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        told: list[Any] = []
        display.auto_found.connect(told.append)
        press(display, "A")
        wait(lambda: told)
        display.set_channel_scales({"A": ChannelScale(1000.0, "nA")})
        wait(lambda: display.frame.traces and display.frame.facts.channels["A"].unit == "A")
        press(display, "A")
        wait(lambda: len(told) > 1)
        assert told[1]["A"] == pytest.approx(told[0]["A"], rel=0.01)


def test_auto_that_was_pressed_too_soon_begins_with_the_first_samples(
    application: Any, tmp_path: Path
) -> None:
    path = tmp_path / "a.hdf5"
    with shown(path) as display:
        press(display, "A")
        assert "waits for the first samples" in _said(display)
        recording(path, {"A": sine(500_000, 3125)})
        wait(lambda: display.navigator.is_triggered)


def _said(display: Any) -> str:
    from pymeasure.display.Qt import QtWidgets

    return " ".join(label.text() for label in display.status.findChildren(QtWidgets.QLabel))


def test_auto_says_when_there_is_nothing_to_show(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.analysis.auto import choose
    from picostream_pymeasure.display.analysis.measurement import Measurements

    assert choose({}).channel == ""
    assert choose({"PORT0": Measurements(n_samples=5, is_digital=True)}).channel == ""
    assert choose({"A": Measurements(n_samples=5)}).channel == "", "a gap"
    noise = Measurements(min_v=-1, max_v=3, peak_to_peak_v=4, n_samples=9)
    found = choose({"A": Measurements(peak_to_peak_v=1, n_samples=9), "B": noise})
    assert (found.channel, found.level_v) == ("B", 1)
    assert np.isnan(found.window_s)


def test_auto_waits_for_no_samples_of_what_is_no_recording(
    application: Any, tmp_path: Path
) -> None:
    path = tmp_path / "a.hdf5"
    path.write_text("no recording")
    with shown(path) as display:
        wait(lambda: "is no HDF5 file" in display.frame.message)
        press(display, "A")
        assert display.status.text() == "There is no signal to show."


@pytest.mark.parametrize(
    ("low_v", "high_v", "level_v"),
    [(-1.001, 1.0, 0), (-0.1, 3.42, 1.7), (0.013, 0.0172, 0.0151), (5.0, 5.0, 5.0), (-20, 3, -8)],
)
def test_auto_holds_a_picture_at_a_round_level(low_v: float, high_v: float, level_v: float) -> None:
    from picostream_pymeasure.display.analysis.auto import choose
    from picostream_pymeasure.display.analysis.measurement import Measurements

    seen = Measurements(min_v=low_v, max_v=high_v, peak_to_peak_v=high_v - low_v, n_samples=9)
    assert choose({"A": seen}).level_v == level_v


_JITTER = st.floats(0.99, 1.01)


@given(st.floats(1e-3, 20), st.floats(1, 1e7), st.lists(_JITTER, min_size=5, max_size=5))
def test_auto_changes_nothing_when_it_is_pressed_again(
    height_v: float, frequency_hz: float, jitter: list[float]
) -> None:
    from picostream_pymeasure.display.analysis.auto import choose
    from picostream_pymeasure.display.analysis.measurement import Measurements
    from picostream_pymeasure.display.painting.vertical_scales import VerticalScales

    def seen(height_v: float, frequency_hz: float) -> Measurements:
        return Measurements(
            min_v=-height_v / 2,
            max_v=height_v / 2,
            peak_to_peak_v=height_v,
            frequency_hz=frequency_hz,
            n_samples=9,
        )

    scales = VerticalScales()
    first = choose({name: seen(height_v, frequency_hz) for name in "AB"})
    again = choose(
        {
            "A": seen(height_v * jitter[0], frequency_hz * jitter[1]),
            "B": seen(height_v * jitter[2], frequency_hz * jitter[3]),
        },
        first,
    )
    assert (again.channel, again.level_v) == (first.channel, first.level_v) == ("A", 0)
    assert again.window_s == pytest.approx(first.window_s)
    scales.fit(first.extremes_v)
    fitted = dict(scales.shared)
    scales.fit(again.extremes_v)
    assert scales.shared == fitted
    stronger = choose({"A": seen(height_v, frequency_hz), "B": seen(2 * height_v, 1.0)}, first)
    assert stronger.channel == "B", "what is much stronger is shown nevertheless"


def test_marks_are_listed_and_found(application: Any, tmp_path: Path) -> None:
    marks = [(10_000, "light on"), (40_000, "light off")]
    with shown(recording(tmp_path / "a.hdf5", events=marks)) as display:
        wait_for_traces(display)
        panel = display.screen_parts.analysis.marks
        press(display, "K")
        wait(lambda: panel.rowCount() == 2)
        assert [panel.item(row, 1).text() for row in (0, 1)] == ["light on", "light off"]
        assert panel.item(0, 0).text() == "160.000 µs"
        display.navigator.show(0, 1e-5)
        panel.cellClicked.emit(1, 0)
        view = display.navigator.view
        assert view.begin_s < 40_000 * INTERVAL_S < view.end_s
        panel.setCurrentCell(1, 1)
        panel.setFocus()
        for key in ("Up", "Return"):
            press(panel, key)
        view = display.navigator.view
        assert view.begin_s < 10_000 * INTERVAL_S < view.end_s, "it is chosen with keys as well"


def test_time_per_division_is_typed(application: Any, tmp_path: Path) -> None:
    from qtpy.QtTest import QTest

    with shown(recording(tmp_path / "a.hdf5"), (1200, 500)) as display:
        wait_for_traces(display)
        box = display.screen_parts.tool_bar.time_box
        box.setValue(5e-5)
        assert display.display_window_seconds == pytest.approx(5e-4)
        box.stepBy(1)
        assert box.value() == pytest.approx(1e-4)
        box.stepBy(-2)
        assert box.value() == pytest.approx(2e-5)
        display.navigator.show(0, 8e-4)
        assert box.value() == pytest.approx(8e-5)
        box.setValue(4e-5)
        assert display.navigator.view.window_s == pytest.approx(4e-4)
        display.navigator.show(0, 2.77162e-4)
        assert box.text() == "50 µs", "as the lines that are drawn"
        edit = box.lineEdit()
        widest = edit.fontMetrics().horizontalAdvance("277.2 µs")
        assert widest < edit.width() - 2 * edit.textMargins().left(), "no digit is cut"
        edit.selectAll()
        QTest.keyClicks(box, "12.3456 µs")
        assert display.navigator.view.window_s == pytest.approx(1.23456e-4)
        assert box.text() == "12.3456 µs", "what is typed is not rounded"


def test_values_and_picture_go_to_the_clipboard(application: Any, tmp_path: Path) -> None:
    clipboard = QtWidgets.QApplication.clipboard()
    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        display.navigator.show(0, 100 * INTERVAL_S)
        wait_for_view(display)
        press(display, "Ctrl+Shift+C")
        lines = clipboard.text().splitlines()
        assert lines[0] == "Time (s)\tA (V)"
        assert float(lines[50].split("\t")[0]) == pytest.approx(49 * INTERVAL_S)
        display.navigator.show(0, 8e-4)
        wait_for_view(display)
        press(display, "Ctrl+Shift+C")
        assert clipboard.text().startswith("Time (s)\tA min (V)\tA max (V)\n")
        press(display, "Ctrl+C")
        assert clipboard.pixmap().size() == display.grab().size()


def test_bit_patterns_are_copied_as_what_they_are(application: Any, tmp_path: Path) -> None:
    from tests.support.signals import make_digital

    counts = {"A": sine(1000, 500), "PORT0": (np.arange(1000) % 256).astype(np.int16)}
    with shown(make_digital(recording(tmp_path / "mixed.hdf5", counts), "PORT0")) as display:
        wait_for_traces(display)
        display.navigator.show(0, 100 * INTERVAL_S)
        wait_for_view(display)
        press(display, "Ctrl+Shift+C")
        lines = QtWidgets.QApplication.clipboard().text().splitlines()
        assert lines[0] == "Time (s)\tA (V)\tPORT0 (bit pattern)"
        assert float(lines[51].split("\t")[2]) == 50


def test_the_dialog_of_pictures_proposes_a_kind_that_it_lists_first(
    application: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def choose(*question: Any) -> tuple[str, str]:
        asked.append(question)
        return "", ""

    monkeypatch.setattr(QtWidgets.QFileDialog, "getSaveFileName", choose)
    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        display.actions_by_name["picture"].trigger()
    ((_, _, proposed, kinds),) = asked
    assert Path(proposed).suffix in kinds.split(";;")[0]


@pytest.mark.parametrize("action", ["picture", "export"])
@pytest.mark.parametrize("is_temporary", [True, False])
def test_what_is_to_stay_is_not_offered_a_place_that_goes_with_the_window(
    application: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    is_temporary: bool,
) -> None:
    asked = []
    choose = QtWidgets.QFileDialog
    monkeypatch.setattr(choose, "getSaveFileName", lambda *of: asked.append(of) or ("", ""))
    folder = tmp_path if is_temporary else tmp_path / "elsewhere"
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    path = recording(tmp_path / "unsaved.hdf5")
    with shown(path) as display:
        wait_for_traces(display)
        display.actions_by_name[action].trigger()
    ((_, _, proposed, _),) = asked
    assert Path(proposed).parent == (Path.home() if is_temporary else tmp_path)
    assert Path(proposed).name.startswith("unsaved")


@pytest.mark.parametrize(
    ("suffix", "begin"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")]
)
def test_pictures_in_three_formats(
    application: Any, tmp_path: Path, suffix: str, begin: bytes
) -> None:
    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        path = tmp_path / f"picture.{suffix}"
        display.save_screenshot(path)
        assert path.read_bytes().startswith(begin)
        assert path.stat().st_size > 2000
        display.save_screenshot(tmp_path / "missing" / f"picture.{suffix}")
        assert "cannot be written" in display.status.text()


def test_a_picture_replaces_no_data(application: Any, tmp_path: Path) -> None:
    path, results = recording(tmp_path / "a.hdf5"), tmp_path / "a.csv"
    results.write_text("#Procedure: <mine>\n")
    disguised = path.rename(tmp_path / "recording.png")
    with shown(disguised) as display:
        wait_for_traces(display)
        for target, told in (
            (disguised, "recording.png holds a recording and is not replaced"),
            (results, "ends in .png, .svg, .pdf"),
            (tmp_path / "new.hdf5", "ends in .png, .svg, .pdf"),
            (tmp_path / "new\0.png", "has no zero bytes"),
            (results.rename(tmp_path / "results.svg"), "holds the results of a run"),
        ):
            files = sorted(tmp_path.iterdir())
            before = target.read_bytes() if target.exists() else None
            display.save_screenshot(target)
            assert told in display.status.text()
            assert (target.read_bytes() if target.exists() else None) == before
            assert sorted(tmp_path.iterdir()) == files


@pytest.mark.parametrize(
    ("name", "kind", "whole"),
    [
        ("a", "PDF (*.pdf)", "a.pdf"),
        ("a.b", "SVG (*.svg)", "a.b"),
        ("a.PNG", "SVG (*.svg)", "a.PNG"),
        ("a", "", "a"),
    ],
)
def test_a_picture_without_a_suffix_gets_that_of_its_kind(name: str, kind: str, whole: str) -> None:
    from picostream_pymeasure.display.controls.copying import with_suffix

    assert with_suffix(Path(name), kind) == Path(whole)


def test_a_name_without_a_suffix_replaces_nothing_that_nobody_was_asked_about(
    application: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[tuple[str, str]] = []
    monkeypatch.setattr(QtWidgets.QFileDialog, "getSaveFileName", lambda *_: chosen[-1])
    kinds = {"picture": "SVG (*.svg)", "export": "NumPy (*.npy)"}
    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        for action, kind in kinds.items():
            target = tmp_path / f"b{kind[-5:-1]}"
            target.write_text("another one")
            chosen.append((str(tmp_path / "b"), kind))
            display.actions_by_name[action].trigger()
            assert f"{target.name} exists; choose another name." in display.status.text()
            assert target.read_text() == "another one"
            target.unlink()
            display.actions_by_name[action].trigger()
            wait(target.exists)
            wait(lambda target=target: f"{target}" in display.status.text())
            chosen.append((target.anchor, kind))
            display.actions_by_name[action].trigger()
            assert "is a folder; choose the name of a file" in display.status.text()


def test_the_right_button_offers_what_is_done_most(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.controls.actions import CONTEXT_MENU

    with shown(recording(tmp_path / "a.hdf5")) as display:
        menu = display.actions_by_name.menu(CONTEXT_MENU, display)
        texts = [action.text() for action in menu.actions() if not action.isSeparator()]
        assert "Copy picture" in texts
        assert "Auto" in texts
        menu.deleteLater()


def test_density_draws_what_is_seldom_faint(application: Any, tmp_path: Path) -> None:
    counts = sine(500_000, 500)
    with shown(recording(tmp_path / "a.hdf5", counts)) as display:
        wait_for_traces(display)
        display.navigator.show(0, 8e-3)
        wait_for_view(display)
        assert trace_pixels(display, "A").any(), "a solid envelope"
        press(display, "D")
        QtWidgets.QApplication.processEvents(QtCore.QEventLoop.AllEvents, 50)
        assert not trace_pixels(display, "A").any(), "every column runs over the whole height"


@given(
    st.lists(st.tuples(st.integers(-3, 12), st.integers(-3, 12)), min_size=1, max_size=12),
    st.floats(0, 1, width=32),
)
def test_density_is_painted_as_one_would_by_hand(
    spans: list[tuple[int, int]], decay: float
) -> None:
    from picostream_pymeasure.kernels.column_raster import find_densities, paint_density

    tops, bottoms = (np.array(side, np.int32) for side in zip(*spans, strict=True))
    rows = 10
    glow = np.full((rows, len(spans)), 0.5, np.float32)
    pixels = np.empty(glow.shape, np.uint32)
    bright = np.empty(len(spans), np.float32)
    find_densities(tops, bottoms, bright)
    paint_density(tops, bottoms, bright, np.float32(decay), 0xFFFF8000, glow, pixels)
    row, column = np.mgrid[:rows, : len(spans)]
    inside = (tops[column] <= row) & (row <= bottoms[column])
    expected = np.minimum(0.5 * decay + np.where(inside, bright[column], 0), 1)
    assert np.allclose(glow, expected, atol=1e-6)
    alpha = (pixels >> 24).astype(int)
    assert np.all(np.abs(alpha - 255 * expected) <= 1)
    assert np.all((pixels >> 16 & 255) <= alpha), "premultiplied"
    assert np.all((pixels & 255) == 0)
