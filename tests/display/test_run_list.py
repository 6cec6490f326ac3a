"""The list of runs: what was really recorded, and what lay in the folder before."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import pytest

from tests.support.displays import QtCore, QtWidgets
from tests.support.experiment_windows import Until, all_ended, rehearse, settings_in, statuses
from tests.support.patience import PATIENCE_S


@pytest.fixture
def window(program_window: Any) -> Any:
    program_window.inputs.duration.setValue(0.05)
    return program_window


def column(window: Any, title: str, row: int = 0) -> str:
    titles = [window.browser.headerItem().text(n) for n in range(window.browser.columnCount())]
    return window.browser.topLevelItem(row).text(titles.index(title))


def look_of(window: Any, title: str) -> Any:
    """How a cell of the first row is drawn."""
    titles = [window.browser.headerItem().text(n) for n in range(window.browser.columnCount())]
    option = QtWidgets.QStyleOptionViewItem()
    option.palette, option.font = window.browser.palette(), window.browser.font()
    index = window.browser.model().index(0, titles.index(title))
    window.browser.itemDelegate().initStyleOption(option, index)
    return option


def test_the_list_tells_what_was_really_recorded(window: Any, until: Until) -> None:
    window.inputs.sample_rate.setValue(1)
    window.inputs.channel_b.setValue(True)
    window.inputs.range_b.setValue(0.5)
    window.inputs.scale_b.setValue("1 nA/mV")
    window.queue_button.click()
    until(lambda: all_ended(window) and column(window, "Length") == "50 ms")
    assert column(window, "Real Rate") == "992.1 kS/s"
    assert column(window, "Inputs") == "A ±20 V, B ±500 nA"
    assert column(window, "Lost") == "0"
    window.browser.topLevelItem(0).setText(window.browser.columnCount() - 1, lost := "≈ 1,234,567")
    needed_px = window.browser.fontMetrics().horizontalAdvance(lost)
    until(lambda: window.browser.columnWidth(window.browser.columnCount() - 1) > needed_px)


def test_a_click_on_a_title_sorts_by_what_is_meant(window: Any, until: Until) -> None:
    for rate_mss, duration_s in ((0.5, 0.05), (10, 0.002), (2, 0.15)):
        window.inputs.sample_rate.setValue(rate_mss)
        window.inputs.duration.setValue(duration_s)
        window.queue_button.click()
    lengths = ["50 ms", "2 ms", "0.15 s"]
    until(lambda: [column(window, "Length", row) for row in range(3)] == lengths)
    until(lambda: all_ended(window))
    names = [window.browser.topLevelItem(row) for row in range(3)]
    for name, item in zip(("DATA_1", "DATA_10", "DATA_9"), names, strict=True):
        item.setText(1, name)
    by_name = ["DATA_1", "DATA_9", "DATA_10"]
    by_length = ["DATA_10", "DATA_1", "DATA_9"]
    by_rate = ["DATA_1", "DATA_9", "DATA_10"]
    for title, expected in (("Length", by_length), ("Real Rate", by_rate), ("Filename", by_name)):
        click_title(window, title)
        assert [column(window, "Filename", row) for row in range(3)] == expected
        click_title(window, title)
        assert [column(window, "Filename", row) for row in range(3)] == expected[::-1]
    assert all(window.browser.itemWidget(item, 2) is item.progressbar for item in names)


def click_title(window: Any, title: str) -> None:
    from qtpy.QtTest import QTest

    header = window.browser.header()
    titles = [window.browser.headerItem().text(n) for n in range(window.browser.columnCount())]
    left_px = header.sectionViewportPosition(titles.index(title))
    QTest.mouseClick(header.viewport(), QtCore.Qt.LeftButton, pos=QtCore.QPoint(left_px + 20, 8))


def test_a_run_that_was_broken_off_is_not_called_finished_when_opened(
    window: Any, until: Until, tmp_path: Path
) -> None:
    window.queue_button.click()
    until(lambda: all_ended(window))
    window.clear_experiments()
    with h5py.File(tmp_path / "data" / "DATA_1.hdf5", "r+") as file:
        file.attrs["ended_by"] = "aborted"
    window.open_run(tmp_path / "data" / "DATA_1.csv")
    until(lambda: statuses(window) == ["Aborted"])
    assert window.browser.topLevelItem(0).progressbar.value() < 100


def test_the_list_is_filled_from_the_folder_after_a_restart(
    window: Any, until: Until, tmp_path: Path
) -> None:
    from picostream_pymeasure.main import make_window

    for _ in range(2):
        window.queue_button.click()
    until(lambda: all_ended(window))
    folder = tmp_path / "data"
    (folder / "table.csv").write_text("a,b\n1,2\n")
    lines = (folder / "DATA_1.csv").read_text().splitlines()
    n_before = next(n for n, line in enumerate(lines, 1) if not line.startswith("#"))
    (folder / "never_begun.csv").write_text("\n".join([*lines[:n_before], ""]))
    window.close()
    again = make_window(simulate=True, settings=settings_in(tmp_path))
    assert again.directory == str(folder)
    again.show()
    until(lambda: statuses(again) == ["Complete", "Complete"])
    assert not again.messages.text
    tab = again.recording_tab
    until(lambda: tab.plotter.hdf5_path == str(folder / "DATA_2.hdf5"))
    assert not tab._overlaid, "only the newest one is shown"
    again.browser.topLevelItem(1).setCheckState(0, QtCore.Qt.Checked)
    until(lambda: list(tab._overlaid) == [str(folder / "DATA_1.hdf5")])
    assert tab.plotter.hdf5_path == str(folder / "DATA_2.hdf5"), "it is still the newest"
    until(lambda: again.inputs.scope_serial.refresh_button.isEnabled())
    again.close()


def test_samples_that_are_missing_are_seen_at_one_glance(
    window: Any, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure.display.painting.program_style import ROLES
    from picostream_pymeasure.display.painting.theme import READABLE, contrast

    rehearse(monkeypatch, "overrun_at=3e4:1000")
    window.queue_button.click()
    until(lambda: all_ended(window) and statuses(window) == ["Incomplete"])
    bar = window.browser.topLevelItem(0).progressbar
    assert 0 < bar.value() < 50, "what is red is what is lost"
    assert bar.text() == f"{bar.value()} % lost"
    assert "are missing" in window.browser.topLevelItem(0).toolTip(3)
    for theme in ("light", "dark"):
        window.recording_tab.plotter.set_theme(theme)
        for title in ("Status", "Lost"):
            look = look_of(window, title)
            ink, ground = (look.palette.color(role).name() for role in (ROLES.Text, ROLES.Base))
            assert look.font.bold()
            assert contrast(ink, ground) >= READABLE
        assert not look_of(window, "Scope").font.bold()
        chunk, text = (
            bar.palette().color(role).name() for role in (ROLES.Highlight, ROLES.HighlightedText)
        )
        assert contrast(chunk, text) >= READABLE
    window.clear_experiments()
    window.open_run(tmp_path / "data" / "DATA_1.csv")
    until(lambda: statuses(window) == ["Incomplete"])
    assert window.browser.topLevelItem(0).progressbar.value() < 100


def test_a_mark_is_put_by_hand(window: Any, until: Until, tmp_path: Path) -> None:
    from qtpy.QtTest import QTest

    controls = window.controls
    assert controls.mark_field.isHidden()
    window.inputs.ends_by.setValue("stop")
    window.queue_button.click()
    recording = tmp_path / "data" / "DATA_1.hdf5"
    until(lambda: controls.mark_field.isVisible() and recording.exists())
    QTest.keyClicks(controls.mark_field, "light on")
    controls.mark_button.click()
    controls.mark_button.click()
    window.stop()
    until(lambda: all_ended(window))
    with h5py.File(recording) as file:
        assert list(file["events"]["label"]) == [b"light on", b"mark"]
    assert controls.mark_field.isHidden()


def test_a_run_that_waits_for_its_trigger_says_so(window: Any, until: Until) -> None:
    inputs, controls = window.inputs, window.controls
    inputs.ends_by.setValue("stop")
    inputs.trigger_enabled.setValue(True)
    inputs.trigger_level.setValue(9.5)
    window.queue_button.click()
    until(lambda: controls.status.text() == "DATA_1.csv is armed: it waits for its trigger.")
    assert statuses(window) == ["Armed"]
    assert controls.mark_button.isVisible()
    assert not controls.mark_button.isEnabled()
    assert not controls.mark_field.isEnabled()
    window.abort()
    until(lambda: all_ended(window))
    inputs.trigger_enabled.setValue(False)
    window.queue_button.click()
    until(controls.mark_button.isVisible)
    assert controls.mark_button.isEnabled()
    until(lambda: controls.status.text().startswith("Recording DATA_2.csv."))
    window.stop()
    until(lambda: all_ended(window))


def test_auto_chooses_the_ranges_of_the_next_run(window: Any) -> None:
    from qtpy.QtTest import QTest

    window.inputs.range_c.setValue(5)
    found = {"A": (-0.3, 0.46), "B": (-19.0, 25.0), "C": (0, 4), "PORT0": (0, 0)}
    window.recording_tab.plotter.auto_found.emit(found)
    assert window.inputs.range_a.value() == 1
    assert window.inputs.range_b.value() == 20
    assert window.inputs.range_c.value() == 5
    assert window.messages.text == "Ranges for the next run: A ±1 V."
    window.inputs.range_c.setValue(10)
    for highest_v in (4.52, 4.56, 4.5):  # 1.1 times as much is about the 5 V of a range
        window.recording_tab.plotter.auto_found.emit({"C": (-1, highest_v)})
        assert window.inputs.range_c.value() == 10
    QTest.keyClicks(window.inputs.range_a, "7")
    window.recording_tab.plotter.auto_found.emit({"A": (-3, 3)})
    assert window.inputs.range_a.value() == 5, "whatever is being typed"


def test_a_run_that_waits_for_its_trigger_is_called_armed(
    window: Any, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure.display.experiment.run_facts import RunFactsReader

    window.inputs.trigger_enabled.setChecked(True)
    window.inputs.trigger_level.setValue(19)
    window.queue_button.click()
    until(lambda: statuses(window) == ["Armed"])
    assert window.browser.topLevelItem(0).progressbar.text() == ""
    assert not look_of(window, "Status").font.bold(), "nothing is wrong with it"
    read, n_early = RunFactsReader.__call__, iter(range(2))

    def read_early(reader: RunFactsReader, path: Path) -> Any:
        """The recording has not ended yet when the run has."""
        facts = read(reader, path)
        is_early = facts and facts.has_ended and next(n_early, None) is not None
        return replace(facts, has_ended=False, status="armed") if is_early else facts

    monkeypatch.setattr(RunFactsReader, "__call__", read_early)
    window.stop()
    until(lambda: all_ended(window))
    until(lambda: look_of(window, "Status").font.bold())


@pytest.mark.parametrize(
    ("button", "status", "end"),
    [("stop_button", "No trigger", "▲ no trigger"), ("abort_button", "Aborted", "▲ aborted")],
)
def test_a_run_that_was_stopped_before_its_trigger_says_so_everywhere(
    window: Any, until: Until, tmp_path: Path, button: str, status: str, end: str
) -> None:
    window.inputs.trigger_enabled.setChecked(True)
    window.inputs.trigger_level.setValue(19)
    window.queue_button.click()
    until(lambda: statuses(window) == ["Armed"])
    getattr(window.controls, button).click()
    until(lambda: all_ended(window) and statuses(window) == [status])
    plotter = window.recording_tab.plotter
    until(lambda: plotter.frame.facts is not None and plotter.frame.facts.is_finished)
    reason = {"No trigger": "Stopped before the trigger came."}.get(status, "aborted by the user")
    assert plotter.status.text().startswith(end)
    assert reason not in plotter.status.text(), "said in the middle"
    assert reason in plotter.screen_parts.empty_state.text()
    until(lambda: reason in window.browser.topLevelItem(0).toolTip(3))
    with h5py.File(tmp_path / "data" / "DATA_1.hdf5") as file:
        assert [file.attrs[name] for name in ("status", "ended_by")] == [b"incomplete", b"aborted"]
    window.clear_experiments()
    window.open_run(tmp_path / "data" / "DATA_1.csv")
    until(lambda: statuses(window) == [status])


def test_an_endless_run_tells_how_long_it_is(window: Any, until: Until) -> None:
    window.inputs.ends_by.setValue("stop")
    window.queue_button.click()
    bar = window.browser.topLevelItem(0).progressbar
    until(lambda: bar.text().endswith("s"))
    until(lambda: re.fullmatch(r"1\.\d s", bar.text()))
    assert column(window, "Length") == bar.text()
    window.stop()
    until(lambda: all_ended(window) and column(window, "Status") == "Stopped")
    length = column(window, "Length")
    assert (bar.value(), bar.text()) == (0, length), "nobody knows what all of it would be"
    assert length.endswith("s")


def test_a_run_that_is_stopped_before_its_first_sample_has_none(
    window: Any, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure.procedures.capture import StreamingCapture

    opened, is_opening = StreamingCapture.open_scope, threading.Event()

    def open_late(procedure: Any) -> Any:
        is_opening.set()
        procedure._stop_requested.wait(PATIENCE_S)
        return opened(procedure)

    monkeypatch.setattr(StreamingCapture, "open_scope", open_late)
    window.queue_button.click()
    until(lambda: is_opening.is_set() and column(window, "Status") == "Running")
    window.stop()
    until(lambda: all_ended(window) and column(window, "Status") == "No data")
    assert window.browser.topLevelItem(0).progressbar.value() == 0


def test_a_run_that_is_stopped_before_its_end_is_not_told_as_all_of_it(
    window: Any, until: Until
) -> None:
    window.inputs.duration.setValue(600)
    window.queue_button.click()
    until(lambda: column(window, "Length"), 10.0)
    window.stop()
    until(lambda: all_ended(window) and column(window, "Status") == "Stopped")
    bar = window.browser.topLevelItem(0).progressbar
    assert (bar.value(), bar.text()) == (0, column(window, "Length"))


def test_the_list_tells_the_length_that_the_picture_shows(window: Any, until: Until) -> None:
    window.run_columns._timer.setInterval(3_600_000)  # only the picture goes on
    window.inputs.ends_by.setValue("stop")
    window.queue_button.click()
    plotter = window.recording_tab.plotter
    until(lambda: plotter.frame.facts and plotter.frame.facts.end_s > 1.5)
    until(lambda: re.fullmatch(r"[1-3]\.\d s", column(window, "Length")))
    before = column(window, "Length")
    until(lambda: column(window, "Length") not in ("", before), 10.0)
    assert column(window, "Length").endswith(" s")
    window.stop()
    until(lambda: all_ended(window))


def test_inputs_of_one_range_have_it_together(window: Any, until: Until) -> None:
    for name in "abcd":
        getattr(window.inputs, f"channel_{name}").setValue(True)
        getattr(window.inputs, f"range_{name}").setValue(5 if name == "d" else 2)
    window.queue_button.click()
    until(lambda: all_ended(window) and column(window, "Length") == "50 ms")
    assert column(window, "Inputs") == "A B C ±2 V, D ±5 V"


def test_a_run_without_a_sample_tells_no_rate_and_no_loss(window: Any, until: Until) -> None:
    window.inputs.sample_rate.setValue(1)
    window.inputs.trigger_enabled.setValue(True)
    window.inputs.trigger_level.setValue(19)
    window.queue_button.click()
    until(lambda: column(window, "Status") == "Armed")
    plotter = window.recording_tab.plotter
    until(lambda: "armed" in plotter.status.text())
    for title in ("Real Rate", "Length", "Lost"):
        assert column(window, title) == "", "nobody knows"
    window.abort()
    until(lambda: column(window, "Status") in ("Aborted", "No trigger"))
    until(lambda: "0 samples" in plotter.status.text() and "armed" not in plotter.status.text())
    for title in ("Real Rate", "Length", "Lost"):
        assert column(window, title) == ""
    for word in ("S/s", "lost"):
        assert word not in plotter.status.text()


@pytest.mark.parametrize(
    ("length_s", "going_on", "ended"),
    [(0.5, "0.50 s", "0.50 s"), (10.98, "11.0 s", "10.98 s"), (75.9, "1:16 min", "1:16 min")],
)
def test_a_run_that_goes_on_is_told_in_tenths_of_seconds(
    length_s: float, going_on: str, ended: str
) -> None:
    from picostream_pymeasure.display.experiment.run_facts import RunFacts

    lengths = [
        RunFacts(1e6, length_s, "A", ("", 0), has_ended=has_ended).length
        for has_ended in (False, True)
    ]
    assert lengths == [going_on, ended]


def test_the_shown_run_keeps_the_colours_of_its_channels(window: Any, until: Until) -> None:
    plotter = window.recording_tab.plotter
    for _ in range(2):
        window.queue_button.click()
    until(lambda: all_ended(window) and len(plotter.comparisons) == 1)
    until(lambda: plotter.frame.traces)
    assert plotter.channel_colours()["A"] == plotter.theme.channels["A"]
    (colour,) = plotter.comparisons.values()
    items = plotter.plot.comparisons._items.values()
    until(lambda: items and all(0 < item._line.opacity() < 1 for item in items))
    assert colour not in plotter.theme.channels.values()
    other, shown = (window.browser.topLevelItem(row) for row in (0, 1))
    until(lambda: shown.font(1).bold() and not other.font(1).bold())
    assert colours_of(shown) == {plotter.theme.channels["A"]}
    assert colours_of(other) == {colour}
    for theme in ("dark", "light"):
        plotter.set_theme(theme)
        assert colours_of(shown) == {plotter.theme.channels["A"]}
    window.tabs.setCurrentIndex(1)
    assert colours_of(shown).isdisjoint(plotter.theme.channels.values()), "there it has its own"


def test_measurements_of_a_picture_that_moves_say_what_they_are_of(
    window: Any, until: Until
) -> None:
    window.inputs.ends_by.setValue("stop")
    window.queue_button.click()
    plotter = window.recording_tab.plotter
    plotter.actions_by_name["measurements"].trigger()
    stretch = plotter.screen_parts.analysis._table.stretch
    until(lambda: stretch.text().startswith("Measured from "))
    until(lambda: " to " in stretch.text() and stretch.text().endswith(", 500.0 ms"))
    window.stop()
    until(lambda: all_ended(window))
    until(lambda: stretch.text().startswith("All that is shown, "))
    plotter.actions_by_name["measurements"].trigger()


def colours_of(item: Any) -> set[str]:
    """Of the swatch of a run."""
    picture = item.icon(0).pixmap(24, 24).toImage()
    return {picture.pixelColor(x, 12).name() for x in range(picture.width())}


@pytest.mark.parametrize(
    ("length_s", "lost", "told"), [(0, 0, ""), (0, 5, "5"), (1, 0, "0"), (1, 5, "5")]
)
def test_of_a_run_without_samples_no_loss_is_told(length_s: float, lost: int, told: str) -> None:
    from picostream_pymeasure.display.experiment.run_facts import RunFacts

    facts = RunFacts(1e6, length_s, "A", (str(lost), lost), has_ended=True)
    assert facts.cells[-1][0] == told
