"""Panels, looks, comparisons, export and what is remembered."""

from __future__ import annotations

import json
import math
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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
    wait_for_traces,
    wait_for_view,
)

LENGTH_S = 50_000 * INTERVAL_S


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return recording(tmp_path / "data.hdf5")


def measured_samples(display: Any) -> str:
    table = display.screen_parts.analysis._table.table
    last = table.item(0, table.columnCount() - 1)
    return last.text() if last is not None else ""


def test_measurements_are_of_what_is_shown_or_between_the_cursors(
    application: Any, path: Path
) -> None:
    with shown(path) as display:
        wait_for_traces(display)
        press(display, "M")
        wait(lambda: measured_samples(display) == "50,000")
        press(display, "C")
        wait(lambda: measured_samples(display) == "25,000")
        assert display.screen_parts.cursors.visible
        press(display, "C")
        wait(lambda: measured_samples(display) == "50,000")
        display.navigator.show(0.0, 80e-6)
        wait(lambda: measured_samples(display) == "5,000")
        press(display, "M")
        assert display.screen_parts.analysis.docks["measurements"].isHidden()


def test_spectrum_and_histogram_open_with_a_key(application: Any, path: Path) -> None:
    with shown(path) as display:
        wait_for_traces(display)
        press(display, "F")
        press(display, "H")
        analysis = display.screen_parts.analysis
        wait(lambda: analysis._spectrum._spectra)
        assert analysis._spectrum._spectra["A"].peak_hz == pytest.approx(20e3, rel=1e-3)
        wait(lambda: analysis._histogram._curves)
        analysis.docks["spectrum"].close()
        assert not display.actions_by_name["spectrum"].isChecked()


def test_all_say_the_same_length_of_what_is_shown(application: Any, path: Path) -> None:
    with shown(path) as display:
        wait_for_traces(display)
        for key in "FM":
            press(display, key)
        display.navigator.show(LENGTH_S - 300e-6, LENGTH_S + 200e-6)
        docks = display.screen_parts.analysis
        wait(lambda: "shown 300.0 µs" in display.status.text())
        wait(lambda: "All that is shown, 300.0 µs" in docks._table.stretch.text())
        wait(lambda: "All that is shown: 300.0 µs<" in docks._spectrum.summary.text())


def test_a_line_that_comes_and_goes_does_not_flicker(application: Any, path: Path) -> None:
    from picostream_pymeasure.display.analysis.analyse import Analysis

    with shown(path) as display:
        wait_for_traces(display)
        press(display, "F")
        docks = display.screen_parts.analysis
        wait(lambda: docks._shown is not None and docks._shown.spectra)
        docks.worker.done.disconnect()  # other spectra are made up
        made, request = docks._shown.spectra["A"], docks._last

        def told(has_line: bool, is_growing: bool = True) -> bool:
            """Whether a line is told after a spectrum that has one, or none."""
            peak_hz = made.peak_hz if has_line else math.nan
            spectra = {"A": replace(made, peak_hz=peak_hz)}
            docks._show(Analysis(replace(request, is_growing=is_growing), spectra=spectra))
            return "A no clear peak" not in docks._spectrum.summary.text()

        assert told(True)
        assert all(told(bool(number % 2)) for number in range(10))
        assert [told(False) for _ in range(4)] == [True, True, True, False]
        assert not any(told(not number % 4) for number in range(12))
        assert told(True, is_growing=False), "no other one will come"


def test_panels_say_nothing_before_they_know(application: Any, tmp_path: Path) -> None:
    with shown(tmp_path / "awaited.hdf5") as display:
        docks = display.screen_parts.analysis
        press(display, "H")
        hint = docks._histogram.plot._hint
        wait(hint.isVisible)
        docks.worker.done.disconnect()  # what is worked out does not come in time
        recording(tmp_path / "awaited.hdf5")
        wait_for_traces(display)
        wait(lambda: hint.text() == "This is being worked out …")


def test_measurements_that_come_late_say_so(
    application: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shown(path) as display:
        wait_for_traces(display)
        press(display, "M")
        docks = display.screen_parts.analysis
        table = docks._table
        wait(lambda: table.table.rowCount() == 1)
        assert table.age.text() == ""
        docks.worker.done.disconnect()  # what is worked out does not come in time
        monkeypatch.setattr("picostream_pymeasure.display.analysis.docks._LATE_S", 0.0)
        display.navigator.show(0.0, 4e-4)
        wait(lambda: table.age.text().startswith("measured "))
        assert table.age.text().endswith("s ago")
        docks.worker.done.connect(docks._show)
        display.navigator.show(0.0, 6e-4)
        wait(lambda: table.age.text() == "")


def test_cursors_on_a_rolling_picture_stop_it(application: Any, path: Path) -> None:
    with shown(path) as display:
        wait_for_traces(display)
        press(display, "C")
        assert not display.navigator.is_following
        begin_s, _ = display.screen_parts.cursors.times_s
        press(display, "Right")
        assert display.screen_parts.cursors.times_s[0] > begin_s, "a key moves the cursor"


def test_gaps_events_and_over_range_are_marked(application: Any, tmp_path: Path) -> None:
    counts = sine(50_000, 3125)
    counts[30_000:30_050] = 32512
    path = recording(
        tmp_path / "data.hdf5", counts, gaps=[(20_000, 5_000)], events=[(10_000, "light {on}")]
    )
    with shown(path, theme="dark") as display:
        wait_for_traces(display)
        gap, event = display.frame.gaps[0], display.frame.events[0]
        assert (gap.begin_s, gap.end_s) == pytest.approx((20_000 * 16e-9, 25_000 * 16e-9))
        assert event.time_s == pytest.approx(10_000 * 16e-9)
        assert event.label == "light {on}"
        assert "5,000 in 1 gap" in display.status.text()
        (stretch,) = display.frame.over_range["A"]
        assert stretch == pytest.approx((35_000 * 16e-9, 35_050 * 16e-9), abs=2e-6)
        lit = trace_pixels(display, "A").any(axis=0)
        box = display.plot.getViewBox()
        share = (22_500 * INTERVAL_S) / box.viewRange()[0][1]
        middle = round(share * lit.size)
        assert not lit[middle - 5 : middle + 5].any(), "nothing is drawn in the gap"
        warning = np.uint32(QtGui.QColor(display.theme.warning).rgb())
        assert (pixels(display.plot)[:12] == warning).any(), "the over-range bar"


def test_over_range_bars_are_there_whatever_time_is_called_zero(
    application: Any, tmp_path: Path
) -> None:
    counts = sine(50_000, 3125)
    counts[30_000:31_000] = 32512
    with shown(recording(tmp_path / "data.hdf5", counts), theme="dark") as display:
        wait_for_traces(display)
        display.stop_updates()
        plot, frame = display.plot, display.frame
        warning = np.uint32(QtGui.QColor(display.theme.warning).rgb())
        bars = []
        for origin_s in (0.0, 25_000 * INTERVAL_S):
            plot.show_stretch(frame.begin_s, frame.end_s, origin_s)
            plot.show_frame(frame, origin_s)
            bars.append(np.flatnonzero((pixels(plot)[:12] == warning).any(axis=0)))
        assert bars[0].size > 5
        np.testing.assert_array_equal(bars[0], bars[1])


def test_aggregate_recordings_are_envelopes(application: Any, tmp_path: Path) -> None:
    pairs = np.column_stack((sine(3000, 300) - 500, sine(3000, 300) + 500)).ravel()
    path = recording(tmp_path / "data.hdf5", pairs, downsample_mode="aggregate")
    for begin, end in ((0, 3000), (100, 150), (100, 103)):
        with shown(path) as display:
            wait_for_traces(display)
            display.navigator.show(begin * INTERVAL_S, end * INTERVAL_S)
            wait_for_view(display)
            values_v = display.frame.traces["A"].values_v
            heights = (values_v[:, 2] - values_v[:, 1])[~np.isnan(values_v[:, 1])]
            assert heights.size > 700
            assert heights.min() >= 1000 * 2.0 / 32512 * 0.999


def test_themes_can_be_switched(application: Any, path: Path) -> None:
    with shown(path) as display:
        wait_for_traces(display)
        assert pixels(display.plot)[5, -5] == 0xFFFFFFFF
        press(display, "L")
        assert display.theme_name == "dark"
        wait(lambda: pixels(display.plot)[5, -5] != 0xFFFFFFFF)
        with pytest.raises(KeyError):
            display.set_theme("pink")


def shines(display: Any, colour: str) -> int:
    """Pixels of a translucent trace over the white ground."""
    over_white = [round(0.55 * part + 0.45 * 255) for part in QtGui.QColor(colour).getRgb()[:3]]
    found = pixels(display.plot)
    parts = [(found >> shift & 255).astype(int) for shift in (16, 8, 0)]
    distances = [abs(part - wanted) for part, wanted in zip(parts, over_white, strict=True)]
    return int((np.max(distances, axis=0) < 4).sum())


def test_other_recordings_are_shown_beside_it(application: Any, path: Path, tmp_path: Path) -> None:
    other = recording(tmp_path / "other.hdf5", np.full(50_000, 9000, np.int16))
    with shown(path) as display:
        wait_for_traces(display)
        display.add_comparison(str(other), "#ff00ff")
        wait(lambda: shines(display, "#ff00ff") > 600)
        display.add_comparison(str(other), QtGui.QColor("#00ffff"))
        wait(lambda: shines(display, "#00ffff") > 600)
        assert not shines(display, "#ff00ff")
        display.remove_comparison(str(other))
        wait(lambda: not shines(display, "#00ffff"))
        display.remove_comparison("never added")


def test_a_comparison_that_cannot_be_read_hinders_nothing(
    application: Any, path: Path, tmp_path: Path
) -> None:
    with shown(path) as display:
        display.add_comparison(str(tmp_path / "none.hdf5"), "red")
        wait_for_traces(display)
        wait(lambda: display.frame.comparisons and display.frame.comparisons[0].message)
        assert "none.hdf5" in display.status.text()
        with pytest.raises(ValueError, match="no colour"):
            display.add_comparison("x.hdf5", "no such colour")


def test_state_survives_a_restart(application: Any, path: Path) -> None:
    with shown(path) as display:
        wait_for_traces(display)
        display.display_window_seconds = 200e-6
        display.set_channel_colour("A", "#123456")
        for key in ("M", "O", "T", "1", "L", "D"):
            press(display, key)
        display.screen_parts.trigger_bar.set_level(0.5)
        saved = json.loads(json.dumps(display.save_state()))
    with shown(path) as display:
        display.restore_state(saved)
        wait_for_traces(display)
        assert display.display_window_seconds == 200e-6
        assert display.channel_colours()["A"] == "#123456"
        assert display.theme_name == "dark"
        assert display.screen_parts.strip.isHidden()
        assert display.screen_parts.channel_bar.hidden == {"A"}
        assert not display.screen_parts.analysis.docks["measurements"].isHidden()
        assert display.actions_by_name["measurements"].isChecked()
        assert display.actions_by_name["density"].isChecked()
        assert display.navigator.is_triggered
        assert display.screen_parts.trigger_bar.edge.level_v == 0.5
        again = display.save_state()
        assert {**again, "layout": ""} == {**saved, "layout": ""}


@pytest.mark.parametrize(
    "damaged",
    [
        {"window_s": "long"},
        {"edge": {"nonsense": 1}},
        {"theme": "pink"},
        {"colours": {"A": "no colour"}},
        {"own_scales": {"A": [0.0, -1.0]}},
        {"own_scales": 5},
        {"layout": 7, "panels": 8, "hidden": 9, "triggered": None},
    ],
)
def test_damaged_state_is_told(application: Any, path: Path, damaged: dict[str, Any]) -> None:
    with shown(path) as display:
        display.restore_state(damaged)
        assert "cannot be" in display.status.text()
        wait_for_traces(display)


def test_what_is_in_view_can_be_exported(application: Any, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "part.csv"
    with shown(path) as display:
        wait_for_traces(display)
        display.navigator.show(16e-6, 32e-6)
        wait_for_view(display)
        display.commands.export_view(str(target))
        wait(lambda: "Saved" in display.status.text())
        assert np.loadtxt(target, delimiter=",", comments="#", skiprows=1).shape[0] == 1000
        display.commands.export_view(str(tmp_path / "part.xyz"))
        wait(lambda: "does not say the format" in display.status.text())


def test_a_window_that_closes_takes_the_bar_of_its_export_along(
    application: Any, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat = threading.Event()

    def endless(*_: Any, progress: Any, **__: Any) -> None:
        while True:
            progress(1, 100)
            beat.wait(0.01)

    monkeypatch.setattr("picostream_pymeasure.reader.export_recording", endless)
    with shown(path) as display:
        wait_for_traces(display)
        display.commands.export_view(str(tmp_path / "part.csv"))
        (bar,) = display.findChildren(QtWidgets.QProgressDialog)
        wait(bar.isVisible)
        display.close()
        assert not bar.isVisible()


def test_dialogs_open_files_and_export(
    application: Any, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = recording(tmp_path / "other.hdf5", np.zeros(7000, np.int16))
    target = tmp_path / "all.npy"
    dialog = QtWidgets.QFileDialog
    monkeypatch.setattr(dialog, "getOpenFileName", lambda *_: (str(other), ""))
    monkeypatch.setattr(dialog, "getSaveFileName", lambda *_: (str(target), ""))
    with shown(path) as display:
        press(display, "E")
        assert "nothing to export" in display.status.text()
        wait_for_traces(display)
        press(display, "Ctrl+O")
        wait(lambda: "7,000 samples" in display.status.text())
        press(display, "E")
        wait(target.exists)
        wait(lambda: "Saved" in display.status.text())


def test_a_dropped_file_is_shown(application: Any, path: Path, tmp_path: Path) -> None:
    other = shutil.copy(path, tmp_path / "dropped.hdf5")
    with shown(path) as display:
        mime = QtCore.QMimeData()
        mime.setUrls([QtCore.QUrl.fromLocalFile(str(other))])
        action, button = QtCore.Qt.CopyAction, QtCore.Qt.LeftButton
        enter = QtGui.QDragEnterEvent(
            QtCore.QPoint(9, 9), action, mime, button, QtCore.Qt.NoModifier
        )
        QtWidgets.QApplication.sendEvent(display, enter)
        assert enter.isAccepted()
        drop = QtGui.QDropEvent(QtCore.QPointF(9, 9), action, mime, button, QtCore.Qt.NoModifier)
        QtWidgets.QApplication.sendEvent(display, drop)
        assert display.hdf5_path == str(other)


def test_what_is_dropped_and_is_no_file_takes_no_picture_away(application: Any, path: Path) -> None:
    with shown(path) as display:
        wait_for_traces(display)
        action, button = QtCore.Qt.CopyAction, QtCore.Qt.LeftButton
        for urls in ([QtCore.QUrl("https://example.org/data.hdf5")], []):
            mime = QtCore.QMimeData()
            mime.setUrls(urls)
            enter = QtGui.QDragEnterEvent(
                QtCore.QPoint(9, 9), action, mime, button, QtCore.Qt.NoModifier
            )
            enter.ignore()
            QtWidgets.QApplication.sendEvent(display, enter)
            assert not enter.isAccepted()
            at = QtCore.QPointF(9, 9)
            drop = QtGui.QDropEvent(at, action, mime, button, QtCore.Qt.NoModifier)
            QtWidgets.QApplication.sendEvent(display, drop)
            assert display.hdf5_path == str(path)


def test_the_help_dialog_lists_every_key(application: Any, path: Path) -> None:
    from picostream_pymeasure.display.controls.actions import GROUPS

    texts = []

    def read_and_close() -> None:
        dialog = QtWidgets.QApplication.activeModalWidget()
        if dialog is not None:
            texts.append(dialog.findChild(QtWidgets.QLabel).text())
            dialog.reject()

    with shown(path) as display:
        timer = QtCore.QTimer()
        timer.timeout.connect(read_and_close)
        timer.start(5)
        press(display, "F1")
        timer.stop()
        keys = [kind.keys[0] for _, kinds in GROUPS for kind in kinds]
        assert all(key in texts[0] for key in keys)
        assert len(set(keys)) == len(keys), "no key means two things"
        assert display.actions_by_name["screenshot"].shortcut().toString() == "S"
