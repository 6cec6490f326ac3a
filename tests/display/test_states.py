"""What a display says of a recording: as it is, and no more certain than it is."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.support.displays import (
    QtCore,
    QtGui,
    QtWidgets,
    pixels,
    press,
    recording,
    shown,
    wait,
    wait_for_traces,
)
from tests.support.lacking_gaps import made
from tests.support.plots import drag


def test_what_a_recording_waits_for_is_told(application: Any, tmp_path: Path) -> None:
    trigger = '{"source": "A", "level_v": 0.5, "direction": "RISING"}'
    path = recording(tmp_path / "a.hdf5", np.empty(0, np.int16), trigger=trigger)
    with h5py.File(path, "r+") as file:
        file.attrs["status"] = "recording"
    with shown(path) as display:
        wait(lambda: display.frame is not None and display.frame.facts is not None)
        assert display.frame.message == "Armed: waiting for the trigger, A rising through 500 mV."
        assert "drop a file" not in display.screen_parts.empty_state.text()
        level = display.plot.trigger_lines.level
        assert level.isVisible()
        assert level.value() == 0.5
        assert level._tag.toPlainText().strip() == "T"
        assert "recording begins" in level.toolTip()
        middle_s = sum(display.plot.viewRange()[0]) / 2
        drag(display.plot, (middle_s, 0.5), (middle_s, 0.2))
        assert display.screen_parts.trigger_bar.level_box.value() == 0, "the scope waits at its own"
        axes = [display.plot.getAxis(side) for side in ("left", "bottom")]
        assert all(axis.is_numbered for axis in axes), "the level is read off the axis"
        assert "newest" not in display.status.text(), "nothing is late before the trigger"
        assert "MS/s of" not in display.status.text()


@pytest.mark.parametrize(
    ("ended_by", "word"),
    [
        ("aborted", "▲ aborted"),
        ("target", "✔ complete"),
        ("finished", "✔ complete"),
        ("stopped", "✔ stopped"),
        ("disk", "▲ failed"),
        ("lost scope", "▲ failed"),
        ("crash", "▲ failed"),
        ("", "✔ complete"),
    ],
)
def test_the_end_is_told_as_it_was(
    application: Any, tmp_path: Path, ended_by: str, word: str
) -> None:
    from picostream_pymeasure.display.experiment.run_facts import RunFactsReader

    path = recording(tmp_path / "a.hdf5", ended_by=ended_by)
    with shown(path) as display:
        wait_for_traces(display)
        assert display.status.text().split(" · ")[0] == word
    read_facts = RunFactsReader()
    found = read_facts(path)
    read_facts.close()
    assert found is not None
    assert found.status == word[2:], "the list of runs has the same word"


def test_a_copy_that_broke_off_is_no_complete_recording(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.experiment.run_facts import RunFactsReader

    path = recording(tmp_path / "a.hdf5", np.zeros(500_000, np.int16))
    copy = tmp_path / "copy.hdf5"
    copy.write_bytes(path.read_bytes()[:600_000])
    with shown(copy, size=(1600, 500)) as display:
        wait(lambda: display.frame is not None and display.frame.facts is not None)
        told = display.status.text()
        assert told.startswith("▲ cut off: ")
        assert "at its end are missing" in told
        assert "as far as its samples are in the file" in told
        assert "complete" not in told
    read_facts = RunFactsReader()
    found = read_facts(copy)
    read_facts.close()
    assert found is not None
    assert found.status == "cut off"


def test_rows_that_a_copy_lacks_are_told(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.experiment.run_facts import RunFactsReader

    path = made(tmp_path / "copy.hdf5", 1, "finished")
    with shown(path, size=(1600, 500)) as display:
        wait_for_traces(display)
        assert "lost ≥ 14 in 2 gaps · 1 of 3 rows of /gaps are not in the" in display.status.text()
    read_facts = RunFactsReader()
    found = read_facts(path)
    assert found is not None
    assert found.cells[-1] == ("≥ 14", 14)


def test_a_run_that_was_broken_off_before_its_first_sample_says_so(
    application: Any, tmp_path: Path
) -> None:
    reason = "The run was aborted by the user."
    ending = {"status": "incomplete", "ended_by": "aborted", "reason": reason}
    path = recording(tmp_path / "a.hdf5", np.empty(0, np.int16), **ending)
    with shown(path) as display:
        wait(lambda: display.frame is not None and display.frame.facts is not None)
        told = display.screen_parts.empty_state.text()
        assert f"The recording holds no samples. {reason}" in told
        assert "a.hdf5" not in told, "elsewhere the run is called by the name of its CSV"
        assert reason not in display.status.text(), "said in the middle"
        assert display.status.text().startswith("▲ aborted")
        assert "shown" not in display.status.text(), "there is nothing"
        assert "over-range" not in display.status.text()


def test_the_axis_of_channels_on_one_scale_has_its_name_before_the_trigger(
    application: Any, tmp_path: Path
) -> None:
    trigger = '{"source": "A", "level_v": 0.5, "direction": "RISING"}'
    path = recording(
        tmp_path / "a.hdf5", {name: np.empty(0, np.int16) for name in "AB"}, trigger=trigger
    )
    with h5py.File(path, "r+") as file:
        file.attrs["status"] = "recording"
    with shown(path) as display:
        wait(lambda: display.frame is not None and display.frame.facts is not None)
        axis = display.plot.getAxis("left")
        assert axis.labelText == "Input", "A and B are on it"
        assert axis.textPen().color().name() == display.theme.foreground
        assert not display.plot.getAxis("right").isVisible()


def test_cursors_wait_for_samples_that_they_could_measure(application: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with shown(path) as display:
        wait(lambda: display.frame is not None and display.frame.is_awaited)
        cursors = display.screen_parts.cursors
        press(display, "C")
        assert cursors.visible
        assert "Cursors appear when" in display.status.text(), "a button that does nothing says why"
        assert not any(line.isVisible() or line.tag.isVisible() for line in cursors._lines)
        assert cursors.label.isHidden()
        press(display, "C")
        assert "Cursors appear" not in display.status.text(), "nobody waits for them"
        press(display, "C")
        assert "Cursors appear" in display.status.text()
        recording(path)
        wait_for_traces(display)
        assert "Cursors appear" not in display.status.text(), "they are there"
        assert all(line.isVisible() and line.tag.isVisible() for line in cursors._lines)
        begin_s, end_s = display.plot.viewRange()[0]
        assert begin_s < cursors.times_s[0] < cursors.times_s[1] < end_s
        assert "Δt" in cursors.label.text()
        display.set_hdf5_path(str(tmp_path / "missing.hdf5"))
        wait(lambda: display.frame.is_awaited)
        assert cursors.label.isHidden()
        assert cursors.visible, "the next recording has them again"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_message_is_read_and_says_where_it_is_cut(application: Any, theme: str) -> None:
    from picostream_pymeasure.display.painting.theme import READABLE, contrast

    with shown("", size=(1000, 500), theme=theme) as display:
        label, message = display.status._message, "The picture is in the clipboard. " * 3
        display.status.say(message)
        wait(lambda: label.seen_text == message)
        colour = label.palette().color(label.foregroundRole())
        assert contrast(colour.name(), display.theme.window) >= READABLE
        assert np.uint32(colour.rgb()) in pixels(label)
        display.resize(300, 500)
        wait(lambda: label.seen_text.endswith("…"))
        assert label.fontMetrics().horizontalAdvance(label.seen_text) <= label.width()
        assert label.toolTip() == message
        display.status.take_back("another")
        assert message in display.status.text(), "it is still valid"


def test_tags_of_levels_are_at_their_lines_and_do_not_cover_each_other(
    application: Any, tmp_path: Path
) -> None:
    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        display.actions_by_name["trigger"].setChecked(True)
        level = display.screen_parts.plot.trigger_lines.level
        wait(level.isVisible)
        slope = display.screen_parts.trigger_bar.slope_box
        for index, arrow in ((1, "↘"), (0, "↗")):
            slope.setCurrentIndex(index)
            assert level._tag.toPlainText().strip() == arrow, (
                "no T, which is a trigger of the scope"
            )
        assert "holds the picture" in level._tag.toolTip()
        press(display, "C")
        cursors, axis = display.screen_parts.cursors, display.plot.getAxis("left")
        box = display.plot.getViewBox()
        lines = [*cursors._levels, level]
        tags = [line.tag for line in cursors._levels] + [level._tag]
        lowest, *_, highest = sorted(axis.tickValues(*axis.range, axis.size().height())[0][1])
        bottom_v, top_v = box.viewRange()[1]
        near_v = (top_v - bottom_v) / 100
        for first_v, second_v in (
            (lowest, highest),
            (lowest, level.value()),
            (level.value() + near_v, level.value() - near_v),
            (bottom_v, top_v),
        ):
            cursors._levels[0].setValue(first_v)
            cursors._levels[1].setValue(second_v)
            for line, tag in zip(lines, tags, strict=True):
                ground = tag.parentItem().rect().adjusted(0, -0.01, 80, 0.01)
                assert ground.contains(tag.place), "nothing is cut"
                at_px = (top_v - line.value()) / (top_v - bottom_v) * box.height()
                half_px = tag.place.height() / 2
                nearest_px = min(max(at_px, half_px), box.height() - half_px)
                assert tag.place.center().y() == pytest.approx(nearest_px, abs=0.1), "at its line"
            assert not any(
                one.intersects(other)
                for one, other in combinations(
                    [tag.parentItem().mapRectToScene(tag.place) for tag in tags], 2
                )
            )


def test_the_strip_marks_gaps_from_top_to_bottom(application: Any, tmp_path: Path) -> None:
    with shown(recording(tmp_path / "a.hdf5", gaps=[(25_000, 3000)])) as display:
        wait(lambda: display.frame.overview is not None)
        strip, box = display.screen_parts.strip, display.screen_parts.strip.getViewBox()
        QtWidgets.QApplication.processEvents()
        corner = strip.mapFromScene(box.mapToScene(QtCore.QPointF(0, 0)))
        place = slice(corner.y(), corner.y() + round(box.height()))
        red = pixels(strip)[place] == np.uint32(QtGui.QColor(display.theme.gap).rgb())
        marked = np.flatnonzero(red.mean(axis=0) > 0.9) - corner.x()
        assert marked / box.width() == pytest.approx(28_000 / 53_000, abs=0.06)


def narrow_until(display: Any, text: str) -> None:
    """How much room a text takes is another in each Qt."""
    while text not in display.status.text():
        assert display.status.width() > 100, display.status.text()
        display.status.setFixedWidth(display.status.width() - 10)
        QtWidgets.QApplication.processEvents()


def test_the_status_line_leaves_out_whole_statements(application: Any, tmp_path: Path) -> None:
    gaps = [(1000, 30)]
    with shown(recording(tmp_path / "a.hdf5", gaps=gaps), (1500, 500)) as display:
        wait_for_traces(display)
        assert "…" not in display.status.text()
        narrow_until(display, "▲ incomplete · 800.5 µs ·")
        assert "…" not in display.status.text(), "what matters less becomes short first"
        narrow_until(display, "…")
        assert "lost 30 in 1 gap" in display.status.text(), "warnings stay"


def test_one_row_tells_all_that_two_rows_would(application: Any, tmp_path: Path) -> None:
    with shown(recording(tmp_path / "a.hdf5"), (1600, 500)) as display:
        wait_for_traces(display)
        whole, status = display.status.text(), display.status
        assert "50,000 samples, 800.0 µs" in whole
        rows = set()
        while not rows >= {1, 2}:
            assert status.width() > 100, "two rows do not come"
            status.setFixedWidth(status.width() - 5)
            QtWidgets.QApplication.processEvents()
            assert status.text() == whole, f"nothing is short at {status.width()} px"
            rows.add(1 + status._shown.isVisible())


def test_estimated_losses_are_said_to_be_estimated(application: Any, tmp_path: Path) -> None:
    path = recording(tmp_path / "a.hdf5", gaps=[(1000, 30)])
    with h5py.File(path, "r+") as file:
        rows = file["gaps"][...]
        rows["missing"] = -1
        file["gaps"][...] = rows
    with shown(path) as display:
        wait_for_traces(display)
        assert "lost ≈ 30 in 1 gap" in display.status.text()
        display.navigator.show(0.0, 1e-3)
        wait(lambda: display.frame.gaps and not display.frame.gaps[0].is_exact)


def test_a_loss_of_unknown_length_is_not_said_to_be_none(application: Any, tmp_path: Path) -> None:
    path = recording(tmp_path / "a.hdf5", gaps=[(1000, 0)])
    with shown(path) as display:
        wait_for_traces(display)
        assert "lost an unknown number in 1 gap" in display.status.text()
        assert display.frame.facts.lost_text == "an unknown number"


@pytest.mark.parametrize(
    ("elapsed_s", "rate_hz", "is_warning"),
    [(11, 0.999e6, False), (11, 0.985e6, True), (1000, 0.9995e6, False), (1000, 0.99e6, True)],
)
def test_a_rate_is_red_only_when_samples_are_late_beyond_doubt(
    application: Any, tmp_path: Path, elapsed_s: float, rate_hz: float, is_warning: bool
) -> None:
    from dataclasses import replace

    from picostream_pymeasure.display.controls.said_of_frame import _rate
    from picostream_pymeasure.display.reading.recording_facts import RecordingState

    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        facts = replace(
            display.frame.facts,
            state=RecordingState.RECORDING,
            end_s=elapsed_s,
            actual_rate_hz=rate_hz,
            interval_s=1e-6,
        )
    said = _rate(facts, RecordingState.RECORDING)
    assert said.is_warning is is_warning
    assert (" of " in said.text) is is_warning, "what the clock cannot tell apart is not told"
    finished = replace(facts, state=RecordingState.COMPLETE)
    assert _rate(finished, RecordingState.COMPLETE).text == "1.000 MS/s", (
        "its end took time as well"
    )


@pytest.mark.parametrize("ended_by", ["aborted", "target"])
def test_nothing_is_followed_that_has_ended(
    application: Any, tmp_path: Path, ended_by: str
) -> None:
    path = recording(tmp_path / "a.hdf5", ended_by=ended_by)
    with shown(tmp_path / "awaited.hdf5") as display:
        wait(lambda: display.frame.is_awaited)
        (button,) = (
            display.screen_parts.tool_bar.widgetForAction(action)
            for action in display.screen_parts.tool_bar.actions()
            if action.text() == "Follow"
        )
        assert (button.isChecked(), button.isEnabled()) == (True, True)
        display.set_hdf5_path(str(path))
        wait_for_traces(display)
        assert (button.isChecked(), button.isEnabled()) == (False, False)
        assert display.navigator.is_following, "the end is shown as before"
        display.navigator.show(0.0, 1e-4)
        press(display, "Space")
        assert not button.isChecked()
        press(display, "End")
        assert display.navigator.is_following
        assert not button.isChecked()
        display.set_hdf5_path(str(tmp_path / "next.hdf5"))
        wait(lambda: display.frame.is_awaited)
        assert (button.isChecked(), button.isEnabled()) == (True, True)


def test_a_wide_window_tells_everything_in_one_row(application: Any, tmp_path: Path) -> None:
    with shown(recording(tmp_path / "a.hdf5"), (1500, 500)) as display:
        wait_for_traces(display)
        row_px = display.status.fontMetrics().height()
        for width_px, n_rows in ((1500, 1), (700, 2), (1500, 1)):
            display.resize(width_px, 500)
            wait(lambda n=n_rows: n * row_px <= display.status.height() < (n + 1) * row_px)
            assert "lost 0" in display.status.text()
            assert "shown" in display.status.text()
