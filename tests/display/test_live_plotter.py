"""HDF5LivePlotter as PicoStream's programs use it, on files of every kind."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.display.reading.frame import OPENING
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.storage import Recorder, compress
from picostream_pymeasure.streaming.session import StreamSession
from picostream_pymeasure.system import compiling
from tests.support.displays import (
    QtCore,
    QtWidgets,
    pixels,
    press,
    recording,
    shown,
    sine,
    wait,
    wait_for_traces,
)
from tests.support.reader_files import write_picostream

CONFIG = StreamConfig(
    channels=(ChannelConfig("A", 2.0), ChannelConfig("C", 5.0)), sample_rate_hz=1e6
)


def record(library: Any, path: Path, samples: int) -> None:
    with Unit.open(library) as unit:
        session = StreamSession(unit, replace(CONFIG, samples=samples), Recorder(path, force=True))
        session.start()
        session.wait()


def message(display: Any) -> str:
    return display.screen_parts.empty_state.message


def test_seed_constructor_and_defaults(application: Any) -> None:
    from picostream_pymeasure import HDF5LivePlotter

    display = HDF5LivePlotter()
    assert display.hdf5_path == "/tmp/data.hdf5"
    assert display.update_interval_ms == 50
    assert display.display_window_seconds == 0.5
    assert display.decimation_factor == 150
    assert display.max_display_points == 4000


def test_waits_for_a_file_and_shows_it_when_it_comes(
    application: Any, simulated: Callable[..., Any], tmp_path: Path
) -> None:
    with shown(tmp_path / "data.hdf5") as display:
        wait(lambda: f"Waiting for {tmp_path}" in message(display))
        assert "picostream" in display.screen_parts.empty_state.text(), "what to do next"
        record(simulated(), tmp_path / "data.hdf5", 800_000)
        wait(lambda: "800,000 samples" in display.status.text())
        assert not message(display)
        assert np.nanmax(display.frame.traces["A"].values_v) == pytest.approx(1.0, abs=0.05)


def test_follows_a_recording_while_it_grows(
    application: Any, simulated: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "data.hdf5"
    with Unit.open(simulated()) as unit, shown(path, display_window_seconds=0.2) as display:
        session = StreamSession(unit, CONFIG, Recorder(path))
        with session:
            wait(lambda: display.frame.end_s > 0.4)
            assert "recording" in display.status.text()
            assert display.frame.end_s - display.frame.begin_s == pytest.approx(0.2)
        wait(lambda: "✔ stopped" in display.status.text())
        assert display.frame.facts.recorded == session.outcome.health.stored
    assert session.health().gaps == 0


def test_follows_a_live_only_file_over_its_wraps(
    application: Any, simulated: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "live.hdf5"
    with Unit.open(simulated()) as unit, shown(path, display_window_seconds=0.1) as display:
        with StreamSession(unit, CONFIG, Recorder(path, live_only_s=0.3)):
            wait(lambda: display.frame.facts and display.frame.facts.begin_s > 0.3)
            wait(lambda: display.frame.end_s > 1.0)
        wait(lambda: "✔ stopped" in display.status.text())


def test_a_file_left_by_a_crash_is_shown_and_told(application: Any, tmp_path: Path) -> None:
    path = recording(tmp_path / "crashed.hdf5", chunk=1000)
    with h5py.File(path, "r+") as file:
        file.attrs["status"] = "recording"
        row = file["health"][()]
        row["updated_unix_s"] = 1.7e9
        file["health"][...] = row
    with shown(path) as display:
        wait_for_traces(display)
        assert "not closed" in display.status.text()


def test_a_copy_that_was_written_anew_is_shown_as_the_original(
    application: Any, tmp_path: Path
) -> None:
    original = recording(tmp_path / "original.hdf5", chunk=1000)
    with shown(compress(original).path) as display:
        wait_for_traces(display)
        assert "complete · 50,000 samples" in display.status.text()
        assert "cut off" not in display.status.text()


def test_shows_files_of_picostream(application: Any, tmp_path: Path) -> None:
    path = write_picostream(tmp_path / "old.hdf5", np.arange(20_000, dtype=np.int16))
    with shown(path) as display:
        wait_for_traces(display)
        assert "20,000 samples" in display.status.text()


def test_survives_a_file_that_is_foreign_replaced_or_deleted(
    application: Any, tmp_path: Path
) -> None:
    path = tmp_path / "data.hdf5"
    path.write_text("no recording")
    with shown(path) as display:
        wait(lambda: "is no HDF5 file" in message(display))
        shutil.move(recording(tmp_path / "first.hdf5"), path)
        wait(lambda: "50,000 samples" in display.status.text())
        other = recording(tmp_path / "second.hdf5", {"B": np.zeros(7000, np.int16)})
        shutil.move(other, path)
        wait(lambda: "7,000 samples" in display.status.text())
        assert list(display.frame.traces) == ["B"]
        path.unlink()
        wait(lambda: "Waiting" in message(display))


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def overwrite(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[600:3000] = bytes(2400)
    path.write_bytes(content)


def without_interval(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file.attrs["sample_interval_ns"]


def with_absurd_interval(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file.attrs["sample_interval_ns"] = float("nan")


def with_impossible_status(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file.attrs["status"]
        file.attrs["status"] = "banana"


def without_status(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file.attrs["status"]


def with_impossible_trigger(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file.attrs["trigger"] = '{"inputs": 5}'


def with_absurd_gap(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file["gaps"][0] = (-5, -5, -5, 2**62, 2**62, 0.0, b"?")


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    "damage",
    [
        cut_off,
        overwrite,
        without_interval,
        with_absurd_interval,
        with_absurd_gap,
        with_impossible_status,
        without_status,
        with_impossible_trigger,
        empty,
    ],
)
def test_a_damaged_file_gives_a_message(
    application: Any, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = recording(tmp_path / "data.hdf5", gaps=[(2000, 3000)])
    damage(path)
    with shown(path) as display:
        wait(lambda: display.frame.message not in ("", OPENING))
        assert message(display)
        press(display, "Home")
        press(display, "+")
        display.set_hdf5_path(str(recording(tmp_path / "good.hdf5")))
        wait_for_traces(display)
        assert not message(display)


def test_a_folder_or_no_name_gives_a_message(application: Any, tmp_path: Path) -> None:
    with shown(tmp_path) as display:
        wait(lambda: "is a folder" in message(display))
        display.set_hdf5_path("")
        wait(lambda: "There is no recording to show" in message(display))
        display.set_hdf5_path("bad\0name")
        wait(lambda: display.frame.message)


@pytest.mark.parametrize("name", ["n" * 300 + ".hdf5", "x" * 5000])
def test_a_name_that_no_file_can_have_gives_a_message(
    application: Any, tmp_path: Path, name: str
) -> None:
    with shown(name) as display:
        wait(lambda: "cannot be read: File name too long." in message(display))
        display.set_hdf5_path(str(recording(tmp_path / "good.hdf5")))
        wait_for_traces(display)
        display.add_comparison(name, "red")
        wait(lambda: "File name too long." in display.status.text())


def test_a_fault_of_the_thread_that_reads_is_told_and_the_next_file_is_shown(
    application: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from picostream_pymeasure.display.reading import frame_builder

    bad = recording(tmp_path / "bad.hdf5")
    read = frame_builder.FrameBuilder._build

    def build(self: Any, request: Any, *arguments: Any) -> Any:
        if request.path == str(bad):
            raise AttributeError("no such thing")
        return read(self, request, *arguments)

    monkeypatch.setattr(frame_builder.FrameBuilder, "_build", build)
    with shown(bad) as display:
        wait(lambda: "(AttributeError: no such thing)" in message(display))
        assert "a fault of picostream" in message(display)
        pictures: list[bool] = []
        display.updated.connect(lambda: pictures.append(True))
        wait(lambda: len(pictures) > 2)  # it looks again, as the file may be another one
        display.set_hdf5_path(str(recording(tmp_path / "good.hdf5")))
        wait_for_traces(display)
        assert not message(display)
    faults = [record for record in caplog.records if record.exc_info]
    assert len(faults) == 1, "it was the same each time"


def test_an_empty_recording_says_so(application: Any, tmp_path: Path) -> None:
    path = recording(tmp_path / "data.hdf5", np.empty(0, np.int16))
    with shown(path) as display:
        wait(lambda: "holds no samples" in message(display))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("display_window_seconds", -1.0),
        ("display_window_seconds", float("nan")),
        ("display_window_seconds", "long"),
        ("update_interval_ms", 0),
        ("decimation_factor", 0),
        ("max_display_points", -5),
        ("max_display_points", 10**9),
    ],
)
def test_absurd_numbers_are_told_and_change_nothing(
    application: Any, tmp_path: Path, name: str, value: Any
) -> None:
    with shown(recording(tmp_path / "data.hdf5"), **{name: value}) as display:
        assert name in display.status.text()
        wait_for_traces(display)
        kept = getattr(display, name)
        setattr(display, name, value)
        assert getattr(display, name) == kept


def test_the_event_loop_is_heard_between_new_knobs_and_the_first_picture(
    application: Any, tmp_path: Path
) -> None:
    with shown(recording(tmp_path / "run.hdf5")) as display:
        seen: set[tuple[bool, bool]] = set()
        beat = QtCore.QTimer(interval=0)
        beat.timeout.connect(
            lambda: seen.add(
                (bool(display.screen_parts.channel_bar.controls), bool(display.frame.traces))
            )
        )
        beat.start()
        wait_for_traces(display)
        beat.stop()
    assert (True, False) in seen


def test_stopped_updates_leave_the_picture_and_can_be_started_again(
    application: Any, tmp_path: Path
) -> None:
    path = recording(tmp_path / "data.hdf5")
    with shown(path) as display:
        wait_for_traces(display)
        for _ in range(20):
            application.processEvents()  # the knobs of its channels take their place
        display.stop_updates()
        frame = display.frame
        path.unlink()
        for _ in range(20):
            application.processEvents()
        assert display.frame is frame
        display.start_updates()
        wait(lambda: "Waiting" in message(display))


def test_what_it_is_told_after_its_end_starts_no_thread(application: Any, tmp_path: Path) -> None:
    path = recording(tmp_path / "data.hdf5")
    with shown(path) as display:
        wait_for_traces(display)
    display.add_comparison(str(path), "red")
    display.set_hdf5_path(str(path))
    assert "picostream plot" not in {thread.name for thread in threading.enumerate()}


def test_analysis_that_was_put_off_is_not_begun_after_the_end(
    application: Any, tmp_path: Path
) -> None:
    with shown(recording(tmp_path / "data.hdf5")) as display:
        wait_for_traces(display)
        display.actions_by_name["measurements"].trigger()
        for factor in (0.9, 0.8):  # the second is put off
            display.navigator.zoom(factor)
            frame = display.frame
            wait(lambda frame=frame: display.frame is not frame)
    elapsed: list[bool] = []
    QtCore.QTimer.singleShot(1000, lambda: elapsed.append(True))
    wait(lambda: elapsed)
    assert "picostream analysis" not in {thread.name for thread in threading.enumerate()}


def test_screenshots_are_pictures_beside_the_recording(application: Any, tmp_path: Path) -> None:
    with shown(recording(tmp_path / "data.hdf5")) as display:
        wait_for_traces(display)
        path = Path(display.save_screenshot())
        assert path.parent == tmp_path
        assert path.read_bytes().startswith(b"\x89PNG")
        press(display, "S")
        assert len(list(tmp_path.glob("data.*.png"))) == 2
        assert "Saved" in display.status.text()
        display.save_screenshot(tmp_path / "no" / "such" / "folder.png")
        assert "cannot be written" in display.status.text()


def test_it_works_inside_another_widget(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure import HDF5LivePlotter

    tabs = QtWidgets.QTabWidget()
    display = HDF5LivePlotter(str(recording(tmp_path / "data.hdf5")), parent=tabs)
    tabs.addTab(display, "Recording")
    tabs.show()
    display.start_updates()
    wait_for_traces(display)
    display.close()
    tabs.close()


def test_the_same_file_is_shown_when_it_is_chosen_again(application: Any, tmp_path: Path) -> None:
    path = recording(tmp_path / "data.hdf5")
    with shown(path) as display:
        wait_for_traces(display)
        display.set_hdf5_path(str(path))
        assert not display.frame.traces
        wait_for_traces(display)


def test_nothing_of_a_file_is_shown_once_it_is_gone(application: Any, tmp_path: Path) -> None:
    path = recording(tmp_path / "data.hdf5")
    with shown(path, (800, 700)) as display:
        wait_for_traces(display)
        display.actions_by_name["measurements"].trigger()
        table = display.screen_parts.analysis.docks["measurements"].findChild(
            QtWidgets.QTableWidget
        )
        wait(lambda: table.rowCount() == 1)
        strip = display.screen_parts.strip
        painted = np.count_nonzero(pixels(strip) != 0xFFFFFFFF)
        path.unlink()
        wait(lambda: not display.frame.traces)
        assert table.rowCount() == 0
        assert np.count_nonzero(pixels(strip) != 0xFFFFFFFF) < painted / 2


def test_a_long_message_does_not_widen_the_window(application: Any, tmp_path: Path) -> None:
    with shown(recording(tmp_path / "data.hdf5"), size=(500, 400)) as display:
        wait_for_traces(display)
        display.status.say("A sentence that is far too long for one line. " * 10)
        application.processEvents()
        assert display.width() == 500
        assert display.minimumSizeHint().width() <= 500


def test_only_an_awaited_file_is_said_to_be_recorded_into(application: Any, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.hdf5"
    foreign.write_text("a letter")
    with shown(foreign) as display:
        empty = display.screen_parts.empty_state
        wait(lambda: "is no HDF5 file" in message(display))
        assert "picostream --simulate" not in empty.text()
        foreign.unlink()
        wait(lambda: "Waiting for" in message(display))
        assert f"-o {foreign}" in empty.text()


def test_samples_that_were_lost_are_not_said_to_be_shown(application: Any, tmp_path: Path) -> None:
    path = recording(tmp_path / "data.hdf5", sine(5000, 100), gaps=[(2000, 3000)])
    with shown(path) as display:
        wait_for_traces(display)
        assert display.frame.facts.lost == 3000
        assert "5,000 samples" in display.status.text().split("shown", 1)[1]


def test_a_run_that_starts_is_not_to_be_started_by_the_user(
    application: Any, tmp_path: Path
) -> None:
    with shown(tmp_path / "awaited.hdf5") as display:
        empty = display.screen_parts.empty_state
        display.set_hdf5_path(str(tmp_path / "run.hdf5"), is_starting=True)
        assert message(display) == "The run starts …"
        wait(lambda: display.frame.is_starting and display.frame is not None)
        assert message(display) == "The run starts …"
        assert "picostream" not in empty.text()
        assert "Ctrl+O" not in empty.text()
        recording(tmp_path / "run.hdf5")
        wait_for_traces(display)
        assert not message(display)


def test_a_file_that_is_not_there_is_not_said_to_be_opened(
    application: Any, tmp_path: Path
) -> None:
    from picostream_pymeasure.display.live_plotter import HDF5LivePlotter

    display = HDF5LivePlotter(str(tmp_path / "awaited.hdf5"))
    said: list[str] = []
    display.updated.connect(lambda: said.append(message(display)))
    display.show()
    display.start_updates()
    wait(lambda: "Waiting for" in message(display))
    assert OPENING not in said
    display.set_hdf5_path("")
    assert message(display) == "There is no recording to show."
    display.close()


def test_opening_a_file_is_told_when_it_takes_long_and_without_help(
    application: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure.display.live_plotter import HDF5LivePlotter

    display = HDF5LivePlotter(str(recording(tmp_path / "a.hdf5")))
    empty = display.screen_parts.empty_state
    display.show()
    assert empty.isHidden(), "mostly it is over before it can be read"
    wait(empty.isVisible)
    assert message(display) == OPENING
    monkeypatch.setattr(compiling, "goes_on", lambda: True)
    wait(lambda: compiling.SENTENCE in empty.text())
    assert "Ctrl+O" not in empty.text(), "nobody needs to be told what to do"
    display.start_updates()
    wait_for_traces(display)
    assert empty.isHidden()
    display.close()


@pytest.mark.parametrize("whole", [False, True])
def test_a_finished_file_is_shown_whole_where_no_window_is_asked_for(
    application: Any, tmp_path: Path, whole: bool
) -> None:
    path = recording(tmp_path / "data.hdf5")  # 0.8 ms
    with shown(path, display_window_seconds=1e-4) as display:
        display.opens_whole = whole
        wait_for_traces(display)
        assert display.navigator.is_following is not whole
        if whole:
            wait(lambda: display.frame.view == display.navigator.view)
            assert (display.frame.begin_s, display.frame.end_s) == (0, pytest.approx(0.8e-3))
            assert display.display_window_seconds == 1e-4, "what is followed later"
