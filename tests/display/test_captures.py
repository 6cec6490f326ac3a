"""Captures on the screen: laid over each other, one by one with keys, averaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure import PicoScope5000A, PicoStreamReader
from picostream_pymeasure.config import ChannelScale
from picostream_pymeasure.instrument import PicoScopeAdapter
from picostream_pymeasure.simulated import BlockFault, BlockHabits, SimulatedScope, load_simulated
from tests.support.capturing import FAST

pytest.importorskip("pymeasure.display.Qt", exc_type=ImportError)

from picostream_pymeasure.display.captures import builder, curves
from picostream_pymeasure.display.captures.builder import CapturesBuilder
from picostream_pymeasure.display.captures.density_item import shades
from picostream_pymeasure.display.captures.picture import CapturesPicture, CapturesRequest, Span

Until = Callable[..., None]

N_CAPTURES, N_SAMPLES = 50, 200


def record(path: Path, captures: int = N_CAPTURES, timeout: float = 100, **settings: Any) -> Path:
    unit = SimulatedScope(**{"paced": False, "signals": FAST, **settings})
    with PicoScope5000A(PicoScopeAdapter(library=load_simulated((unit,)))) as scope:
        scope.resolution, scope.A.range, scope.B.enabled = 8, 2, True
        scope.trigger.level, scope.trigger.pre_trigger = 0.25, 40e-9
        scope.trigger.enabled = True
        scope.capture(path, samples=N_SAMPLES, captures=captures, timeout=timeout)
    return path


@pytest.fixture(scope="module")
def pulses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("captures") / "pulses.hdf5")


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    never = (BlockFault("never_triggers", "armed"),)
    path = tmp_path_factory.mktemp("none") / "nothing.hdf5"
    return record(path, timeout=0.1, block_faults=never)


def request(path: Path, number: int | None = None) -> CapturesRequest:
    return CapturesRequest(str(path), 120, 80, number)


def draw(wanted: CapturesRequest) -> CapturesPicture:
    build = CapturesBuilder()
    try:
        return build(wanted)
    finally:
        build.rest()


def test_overlay_and_mean_are_those_of_all(pulses: Path) -> None:
    picture = draw(request(pulses))
    assert (picture.captures, picture.drawn, picture.message) == (N_CAPTURES, N_CAPTURES, "")
    assert picture.times_s[20] == 0  # 40 ns at 500 MS/s
    with PicoStreamReader(pulses) as reader:
        for name, overlay in picture.overlays.items():
            assert overlay.mean_v * 1e3 == pytest.approx(reader.captures.average(name))
            assert overlay.crossings.shape == (120, 80)
            # each capture crosses each column
            assert (overlay.crossings.sum(axis=1) >= N_CAPTURES).all()
            assert overlay.crossings.max() <= N_CAPTURES
        assert picture.span == picture.whole
        # every sample lies in a pixel that is drawn
        overlay, span = picture.overlays["A"], picture.span
        height_v = (span.high_v - span.low_v) / 80
        for capture in reader.captures:
            rows = ((capture.voltages_mv["A"] / 1e3 - span.low_v) / height_v).astype(int)
            places = capture.times_s / 2e-9 + 20
            columns = (places / (N_SAMPLES - 1) * 120).astype(int)
            inside = (columns >= 0) & (columns < 120)
            # the edge of a pixel belongs to both
            near = [overlay.crossings[columns[inside], rows[inside] + step] for step in (-1, 0, 1)]
            assert (np.max(near, axis=0) > 0).all()


def test_a_part_is_drawn_anew(pulses: Path) -> None:
    whole = draw(request(pulses))
    part = Span(-1e-6, 100e-9, -0.1, 0.6)
    seen = draw(replace(request(pulses), span=part))
    assert seen.whole == whole.span
    assert seen.span == replace(part, begin_s=whole.span.begin_s)  # nothing lies before
    crossings = seen.overlays["A"].crossings
    assert crossings.max() <= N_CAPTURES
    with PicoStreamReader(pulses) as reader:
        inside = [
            ((each.times_s > 50e-9) & (each.times_s < 60e-9)).any() for each in reader.captures
        ]
    assert all(inside)
    beyond = draw(replace(request(pulses), span=Span(-50e-9, 50e-9, 5.0, 6.0)))
    assert not beyond.overlays["A"].crossings.any()


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (7, 7), (-1, 49), (1000, 49)])
def test_one_capture(pulses: Path, number: int, shown: int) -> None:
    picture = draw(request(pulses, number))
    assert picture.single is not None
    with PicoStreamReader(pulses) as reader:
        expected = reader.captures[shown]
    assert picture.single.number == shown
    assert np.array_equal(picture.single.times_s, expected.times_s)
    assert picture.single.values_v["B"] * 1e3 == pytest.approx(expected.voltages_mv["B"])


def test_a_difference_is_drawn_as_channels_are(pulses: Path) -> None:
    picture = draw(replace(request(pulses, 7), differences=(("A", "B"), ("B", "A"), ("A", "D"))))
    assert list(picture.overlays) == ["A", "B", "A-B", "B-A"]
    with PicoStreamReader(pulses) as reader:
        differing_v = [
            (each.voltages_mv["A"] - each.voltages_mv["B"]) / 1e3 for each in reader.captures
        ]
    assert picture.overlays["A-B"].mean_v == pytest.approx(np.mean(differing_v, axis=0))
    assert picture.single.values_v["A-B"] == pytest.approx(differing_v[7])
    lowest_v, highest_v = np.min(differing_v), np.max(differing_v)
    assert picture.whole.low_v < lowest_v < highest_v < picture.whole.high_v
    row_v = (picture.span.high_v - picture.span.low_v) / 80
    crossings = picture.overlays["A-B"].crossings
    rows = np.flatnonzero(crossings.any(axis=0))
    expected = (np.array([lowest_v, highest_v]) - picture.span.low_v) / row_v
    assert (rows[0], rows[-1]) == pytest.approx(np.floor(expected), abs=1)
    assert crossings.max() <= N_CAPTURES
    mirrored = picture.overlays["B-A"]
    assert mirrored.mean_v == pytest.approx(-picture.overlays["A-B"].mean_v)


def test_very_many_are_drawn_in_part_and_that_is_said(
    pulses: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "_MOST_SAMPLES", 10 * N_SAMPLES)
    monkeypatch.setattr(curves, "_AT_ONCE_SAMPLES", 7 * N_SAMPLES)
    picture = draw(request(pulses))
    assert (picture.captures, picture.drawn) == (N_CAPTURES, 10)
    with PicoStreamReader(pulses) as reader:
        tenth = np.mean([each.voltages_mv["A"] for each in reader.captures[::5]], axis=0)
    assert picture.overlays["A"].mean_v * 1e3 == pytest.approx(tenth)


def test_captures_of_different_lengths(tmp_path: Path) -> None:
    fault = BlockFault("fewer_samples", "get_values", at_run=2, samples=7, always=True)
    path = record(tmp_path / "a.hdf5", 10, block=BlockHabits(max_segments=4), block_faults=(fault,))
    picture = draw(request(path, 5))
    assert (picture.captures, picture.drawn) == (10, 4)
    assert picture.single is not None
    assert picture.single.times_s.shape == (N_SAMPLES - 7,)


def test_files_without_captures_say_so(nothing: Path, tmp_path: Path) -> None:
    assert draw(request(nothing)).message == "No capture is complete."
    assert "missing" in draw(request(tmp_path / "missing.hdf5")).message


def test_the_rare_is_faint_but_can_be_seen() -> None:
    strength = shades(np.array([[0, 1, 1000, 100_000]], np.int32), "#102030")
    assert strength[0, :, :3].tolist() == [[16, 32, 48]] * 4
    alphas = strength[0, :, 3].tolist()
    assert alphas[0] == 0
    assert 40 < alphas[1] < alphas[2] < alphas[3] == 255


@pytest.fixture
def plotter(application: Any, pulses: Path, until: Until) -> Iterator[Any]:
    from picostream_pymeasure import HDF5LivePlotter

    display = HDF5LivePlotter(str(pulses), theme="light")
    display.resize(500, 350)
    display.show()
    display.start_updates()
    until(lambda: display.captures.view.picture is not None)
    yield display
    display.close()


def test_a_recording_of_captures_shows_them(plotter: Any, until: Until) -> None:
    view = plotter.captures.view
    assert plotter.captures.currentWidget() is view
    until(lambda: view.picture.overlays)
    assert view.bar.text.text() == "50 captures, laid over each other"
    plotter.actions_by_name["captures"].trigger()
    assert plotter.captures.currentWidget() is plotter.screen_parts
    plotter.actions_by_name["captures"].trigger()
    view.bar.timeline_button.click()
    assert plotter.captures.currentWidget() is plotter.screen_parts
    assert not plotter.actions_by_name["captures"].isChecked()


def test_that_captures_are_read_is_said_until_they_are_shown(
    application: Any, pulses: Path, until: Until
) -> None:
    from picostream_pymeasure.display.captures.view import CapturesView

    view = CapturesView()
    view.show_file(str(pulses))
    assert view.bar.text.text() == "Reading the captures …"
    until(lambda: view.bar.text.text() == "50 captures, laid over each other")
    view.close_worker()


def test_captures_are_shown_in_the_units_of_their_channels(plotter: Any, until: Until) -> None:
    view = plotter.captures.view
    until(lambda: view.picture.overlays)
    high_v = view.picture.whole.high_v
    nanoamperes = ChannelScale(1000.0, "nA")
    plotter.set_channel_scales({"A": nanoamperes, "B": nanoamperes})
    until(lambda: view.picture.whole.high_v == pytest.approx(1e-6 * high_v))
    axis = view.plot.getPlotItem().getAxis("left")
    assert axis.labelUnits == "A"
    plotter.set_channel_scales({"A": nanoamperes})
    until(lambda: not axis.labelUnits)


def test_a_difference_comes_and_goes_over_captures(plotter: Any, until: Until) -> None:
    view = plotter.captures.view
    until(lambda: view.picture.overlays)
    plotter.set_differences([("A", "B"), ("A", "D")])
    until(lambda: "A-B" in view.picture.overlays)
    assert view.bar.text.text() == "50 captures, laid over each other"
    colour = plotter.theme.channel_colour("A-B")
    written = plotter.theme.contrast_colour(colour)
    until(lambda: f'color: {written}">A−B' in view.bar.legend.text())
    view.show_last()
    until(lambda: view.picture.single is not None)
    drawn_v = view.picture.single.values_v
    line = view._lines["A-B"]
    assert line.yData == pytest.approx(drawn_v["A"] - drawn_v["B"])
    assert line.opts["pen"].color().name() == colour
    plotter.set_channel_scales({"A": ChannelScale(1000.0, "nA")})
    until(lambda: "A-B" not in view.picture.overlays)
    assert view.bar.text.text().endswith(" · A−B: A less V is no quantity")
    assert "A−B" not in view.bar.legend.text()
    plotter.set_channel_scales({})
    until(lambda: "A-B" in view.picture.overlays)
    plotter.set_differences([])
    until(lambda: "A-B" not in view.picture.overlays)
    assert "A−B" not in view.bar.legend.text()


def test_what_is_copied_and_exported_is_what_is_seen(
    plotter: Any, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pymeasure.display.Qt import QtWidgets

    view, actions = plotter.captures.view, plotter.actions_by_name
    clipboard = QtWidgets.QApplication.clipboard()
    until(lambda: view.picture.overlays and plotter.frame.traces)
    actions["copy_values"].trigger()
    assert view.bar.message.text() == "Show one capture or the mean of all: that is copied."
    view.show_last()
    until(lambda: view.picture.single is not None)
    actions["copy_values"].trigger()
    title, *rows = clipboard.text().splitlines()
    assert title.split("\t")[:2] == ["Time from the trigger (s)", "A (V)"]
    assert len(rows) == len(view.picture.single.times_s)
    assert view.bar.message.text() == f"{len(rows)} rows are in the clipboard."
    written = [float(row.split("\t")[1]) for row in rows]
    assert written == pytest.approx(view.picture.single.values_v["A"], rel=1e-6)
    plotter.navigator.show(0.0, 1e-6)  # nobody sees that
    until(lambda: plotter.frame.view == plotter.navigator.view)
    asked: list[str] = []

    def choose(_: Any, title: str, *rest: Any) -> tuple[str, str]:
        asked.append(title)
        return str(tmp_path / "all.csv"), ""

    monkeypatch.setattr(QtWidgets.QFileDialog, "getSaveFileName", choose)
    actions["export"].trigger()
    until(lambda: view.bar.message.text().startswith("Saved "))
    assert asked == ["Export all captures"]
    n_rows = len((tmp_path / "all.csv").read_text().splitlines()) - 1
    assert n_rows == plotter.frame.facts.recorded


def test_the_right_button_offers_over_captures_what_is_of_use(
    plotter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

    offered: list[list[str]] = []
    monkeypatch.setattr(
        QtWidgets.QMenu,
        "exec_",
        lambda menu, _: offered.append([each.text() for each in menu.actions()]),
    )
    place = QtCore.QPoint(50, 50)
    for shown in (True, False):
        plotter.actions_by_name["captures"].setChecked(shown)
        plotter.contextMenuEvent(QtGui.QContextMenuEvent(QtGui.QContextMenuEvent.Mouse, place))
    assert "Follow" not in offered[0]
    assert "Copy values" in offered[0]
    assert "Follow" in offered[1]


def test_keys_go_from_capture_to_capture(plotter: Any, until: Until) -> None:
    from pymeasure.display.Qt import QtCore
    from pyqtgraph.Qt import QtTest

    view = plotter.captures.view

    def press(name: str, number: int | None) -> None:
        QtTest.QTest.keyClick(view, getattr(QtCore.Qt, f"Key_{name}"))

        def is_shown() -> bool:
            single = view.picture.single
            shown = None if single is None else single.number
            return shown == number and view.picture.request.number == number

        until(is_shown)

    for name, number in [
        *(("Right", 0), ("Right", 1), ("Right", 2), ("Left", 1), ("End", 49), ("Right", 49)),
        *(("PageUp", 0), ("Left", 0), ("PageDown", 49), ("Home", 0), ("Down", None)),
    ]:
        press(name, number)
    assert view.bar.text.text() == "50 captures, averaged"
    press("Up", 0)
    assert view.bar.text.text().startswith("Capture 1 of 50")


def test_what_was_zoomed_is_drawn_anew_until_y(plotter: Any, until: Until) -> None:
    from pymeasure.display.Qt import QtCore
    from pyqtgraph.Qt import QtTest

    view = plotter.captures.view
    until(lambda: view.picture.span is not None)
    box = view.plot.getPlotItem().vb
    box.setRange(xRange=(0.0, 50e-9), yRange=(0.0, 0.5), padding=0)
    box.sigRangeChangedManually.emit(box.state["mouseEnabled"])
    until(lambda: view.picture.span.begin_s == 0.0)
    assert view.picture.span.high_v == 0.5
    QtTest.QTest.keyClick(view, QtCore.Qt.Key_Y)
    until(lambda: view.picture.span == view.picture.whole)
    assert box.viewRange()[0] == pytest.approx(
        [view.picture.whole.begin_s, view.picture.whole.end_s]
    )


def test_keys_do_nothing_unseen_to_the_time_behind_captures(plotter: Any, until: Until) -> None:
    from pyqtgraph.Qt import QtTest

    until(lambda: plotter.captures.view.picture is not None)
    actions, analysis = plotter.actions_by_name, plotter.screen_parts.analysis
    before = plotter.navigator.view
    for key in "MFHTCD1+":
        QtTest.QTest.keyClicks(plotter.captures.view, key)
    assert all(dock.isHidden() for dock in analysis.docks.values())
    assert not actions["cursors"].isChecked()
    assert not actions["density"].isChecked()
    assert not plotter.screen_parts.channel_bar.hidden
    assert plotter.navigator.view == before
    actions["captures"].setChecked(False)
    QtTest.QTest.keyClicks(plotter, "M")
    assert not analysis.docks["measurements"].isHidden()


def test_keys_belong_to_what_is_shown(plotter: Any, until: Until) -> None:
    from pymeasure.display.Qt import QtCore, QtGui

    view = plotter.captures.view
    override = QtGui.QKeyEvent(
        QtCore.QEvent.ShortcutOverride, QtCore.Qt.Key_Left, QtCore.Qt.NoModifier
    )
    override.ignore()
    assert view.event(override)
    assert override.isAccepted()
    assert plotter.focusProxy() is view
    plotter.actions_by_name["captures"].setChecked(False)
    assert plotter.focusProxy() is None


def test_captures_that_come_later_are_shown_unless_the_user_wants_the_time(
    application: Any, pulses: Path, until: Until
) -> None:
    from pymeasure.display.Qt import QtWidgets

    from picostream_pymeasure.display.captures.page import CapturesPage

    owner, timeline = QtWidgets.QWidget(), QtWidgets.QWidget()
    action = QtWidgets.QAction(owner)
    action.setCheckable(True)
    page = CapturesPage(owner, timeline, action)

    def grown_to(n_captures: int) -> Any:
        facts = SimpleNamespace(n_captures=n_captures, is_finished=False)
        page.meet(SimpleNamespace(path=str(pulses), facts=facts), {"A": "#ff0000"})  # type: ignore[arg-type]
        return page.currentWidget()

    assert grown_to(0) is timeline
    assert grown_to(5) is page.view
    until(lambda: page.view.picture is not None)
    action.setChecked(False)
    assert grown_to(9) is timeline
    page.view.close_worker()


def test_other_recordings_have_no_captures_to_show(
    application: Any, nothing: Path, until: Until
) -> None:
    from picostream_pymeasure import HDF5LivePlotter

    display = HDF5LivePlotter(str(nothing))
    display.show()
    display.start_updates()
    until(lambda: display.frame is not None and display.frame.facts is not None)
    assert display.captures.currentWidget() is display.screen_parts
    assert not display.actions_by_name["captures"].isVisible()
    display.close()


def test_a_file_in_place_of_captures_is_shown_as_what_it_is(
    application: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pymeasure.display.Qt import QtWidgets

    from picostream_pymeasure.display.captures.page import CapturesPage

    owner, timeline = QtWidgets.QWidget(), QtWidgets.QWidget()
    action = QtWidgets.QAction(owner)
    action.setCheckable(True)
    page = CapturesPage(owner, timeline, action)
    drawn: list[str] = []
    monkeypatch.setattr(page.view, "show_file", drawn.append)

    def meet(n_captures: int | None, recording: int = 1) -> Any:
        facts = None
        if n_captures is not None:
            facts = SimpleNamespace(n_captures=n_captures, is_finished=True, recording=recording)
        page.meet(SimpleNamespace(path="shown.hdf5", facts=facts), {})  # type: ignore[arg-type]
        return page.currentWidget()

    assert meet(50) is page.view
    assert meet(0) is timeline, "a stream has taken its place"
    assert not action.isVisible()
    assert meet(50) is page.view
    assert meet(None) is timeline, "it is cut off, which is told there"
    assert meet(50) is page.view
    drawn.clear()
    meet(50, recording=2)
    assert drawn, "as many other captures"
    drawn.clear()
    meet(50, recording=2)
    assert not drawn
    action.setChecked(False)
    assert meet(60, recording=3) is timeline, "the user has chosen it"
