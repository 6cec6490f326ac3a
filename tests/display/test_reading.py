"""What the display works with, without its windows: views, edges, axes, pixels, threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest

from picostream_pymeasure.reader.source import Source
from picostream_pymeasure.storage import Recorder
from tests.support.displays import INTERVAL_S, recording, sine, wait
from tests.support.patience import PATIENCE_S
from tests.support.reader_files import write_picostream
from tests.support.storage_stream import BLOCK_SAMPLES, Stream, describe, finish

PERIOD = 3125


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    source = Source(path)
    yield source
    source.close()


@pytest.mark.parametrize("rising", [True, False])
@pytest.mark.parametrize("samples", [40_000, 5_000_000])
def test_the_last_edge_is_found_between_samples(
    application: Any, tmp_path: Path, rising: bool, samples: int
) -> None:
    from picostream_pymeasure.display.reading.edge import Edge
    from picostream_pymeasure.display.reading.trigger_search import find_last_edge

    path = recording(tmp_path / "data.hdf5", sine(samples, PERIOD), analog_offset_v=0.0)
    edge = Edge("A", 0.0, rising, hysteresis_v=0.05)
    with opened(path) as source:
        end_s = (samples - PERIOD) * INTERVAL_S
        found_s = find_last_edge(source, edge, 0.0, end_s)
        assert found_s is not None
        periods = found_s / (PERIOD * INTERVAL_S)
        assert end_s - found_s < PERIOD * INTERVAL_S
        assert periods % 1 == pytest.approx(0.0 if rising else 0.5, abs=1e-3) or rising
        assert abs((periods + 0.5 * (not rising)) - round(periods + 0.5 * (not rising))) < 1e-3


def test_noise_below_the_hysteresis_is_no_edge(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.reading.edge import Edge
    from picostream_pymeasure.display.reading.trigger_search import find_last_edge

    noise = np.random.default_rng(1).integers(-100, 100, 100_000).astype(np.int16)
    noise[70_000:] += 5000
    path = recording(tmp_path / "data.hdf5", noise, analog_offset_v=0.0)
    with opened(path) as source:
        strict = Edge("A", 0.1, True, hysteresis_v=0.05)
        found_s = find_last_edge(source, strict, 0.0, 100_000 * INTERVAL_S)
        assert found_s == pytest.approx(70_000 * INTERVAL_S, abs=INTERVAL_S)
        assert find_last_edge(source, strict, 0.0, 60_000 * INTERVAL_S) is None
        assert find_last_edge(source, strict, 1.0, 0.5) is None


def test_a_single_spike_in_a_long_stretch_is_found(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.reading.edge import Edge
    from picostream_pymeasure.display.reading.trigger_search import find_last_edge

    counts = np.zeros(6_000_000, np.int16)
    counts[1_234_567] = 9000
    path = recording(tmp_path / "data.hdf5", counts, chunk=65_536, analog_offset_v=0.0)
    with opened(path) as source:
        found_s = find_last_edge(source, Edge("A", 0.2), 0.0, counts.size * INTERVAL_S)
        assert found_s == pytest.approx(1_234_567 * INTERVAL_S, abs=INTERVAL_S)


def test_rolling_stretches_move_by_whole_columns() -> None:
    from picostream_pymeasure.display.reading.view_range import ViewRange

    view = ViewRange(window_s=0.5)
    column_s = 0.5 / 1883
    for end_s in (0.500001, 0.7, 12.3456789, 3600.0):
        for finished in (False, True):
            begin_s, shown_end_s = view.rolling_stretch(end_s, 1883, finished)
            assert begin_s / column_s == pytest.approx(round(begin_s / column_s), abs=1e-4)
            late_s = end_s - shown_end_s
            assert -column_s < late_s <= 1e-9 if finished else -1e-9 <= late_s < column_s
    assert view.rolling_stretch(0.2, 1883, False) == (0.0, 0.5)
    assert view.rolling_stretch(0.2, 1883, True) == (0.0, 0.2)


def test_only_the_latest_request_counts(application: Any) -> None:
    from picostream_pymeasure.display.reading.latest_worker import LatestWorker

    entered, go_on, results, rests = threading.Event(), threading.Event(), [], []

    class Work:
        def __call__(self, request: int) -> int:
            entered.set()
            assert go_on.wait(PATIENCE_S)
            return request

        def rest(self) -> None:
            rests.append(True)

    worker = LatestWorker("test", Work)
    worker.done.connect(results.append)
    worker.submit(1)
    assert entered.wait(PATIENCE_S)
    for request in (2, 3, 4):
        worker.submit(request)
    go_on.set()
    wait(lambda: results == [1, 4])
    wait(lambda: rests)
    go_on.clear()
    entered.clear()
    worker.submit(5)
    assert entered.wait(PATIENCE_S)
    worker.cancel()
    go_on.set()
    worker.submit(6)
    wait(lambda: results == [1, 4, 6])
    worker.close()
    worker.close()
    worker.submit(7)
    wait(lambda: results == [1, 4, 6, 7])
    worker.close()


def test_what_takes_no_time_is_waited_for_and_nothing_else(
    application: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure.display.reading import latest_worker

    monkeypatch.setattr(latest_worker, "_UNSEEN_S", PATIENCE_S)
    go_on, results = threading.Event(), []
    go_on.set()

    def work(request: int) -> int:
        assert go_on.wait(PATIENCE_S)
        return request

    worker = latest_worker.LatestWorker("test", lambda: work)
    worker.done.connect(results.append)
    worker.submit(1)
    wait(lambda: results)
    worker.submit_and_wait(2)
    application.sendPostedEvents()
    assert results == [1, 2]
    monkeypatch.setattr(latest_worker, "_UNSEEN_S", 0.0)
    worker.submit(3)
    wait(lambda: results == [1, 2, 3])
    monkeypatch.setattr(latest_worker, "_UNSEEN_S", PATIENCE_S)
    go_on.clear()
    worker.submit_and_wait(4)  # the one before took too long
    assert results == [1, 2, 3]
    go_on.set()
    wait(lambda: results == [1, 2, 3, 4])
    worker.close()


def test_a_thread_tells_what_fails_and_goes_on(
    application: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from picostream_pymeasure.display.reading.latest_worker import LatestWorker

    made, failures, results = [], [], []

    class Work:
        def __init__(self) -> None:
            made.append(self)
            if len(made) == 1:
                raise ImportError("no module")

        def __call__(self, request: int) -> float:
            if request == 3:
                raise SystemExit(9)  # as of a user's function
            return 1 / request

    worker = LatestWorker("test", Work)
    worker.done.connect(results.append)
    worker.failed.connect(lambda request, text: failures.append((request, text)))
    for request, kind in ((1, "ImportError: no module"), (0, "ZeroDivision"), (3, "SystemExit: 9")):
        worker.submit(request)
        wait(lambda: failures)
        told, text = failures.pop()
        assert told == request
        assert f"({kind}" in text
    worker.submit(4)
    wait(lambda: results == [0.25])
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [
        ImportError,
        ZeroDivisionError,
        SystemExit,
    ]
    worker.close()


def test_a_worker_ends_with_the_application(application: Any) -> None:
    from picostream_pymeasure.display.reading.latest_worker import LatestWorker

    results: list[int] = []
    worker = LatestWorker("test", lambda: int)
    worker.done.connect(results.append)
    worker.submit(1)
    wait(lambda: results)
    application.aboutToQuit.emit()
    assert "test" not in {thread.name for thread in threading.enumerate()}


def open_files() -> set[str]:
    """Those that are open for reading; a recorder's are for writing too."""
    return {file.path for file in psutil.Process().open_files() if file.mode == "r"}


def test_finished_files_are_read_once_and_not_kept_open(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.reading.frame_builder import FrameBuilder
    from picostream_pymeasure.display.reading.frame_request import FrameRequest
    from picostream_pymeasure.display.reading.view_range import ViewRange

    path = recording(tmp_path / "data.hdf5")
    builder = FrameBuilder()
    request = FrameRequest(str(path), ViewRange(), 100)
    first = builder(request)
    assert builder(request) is first
    wait(lambda: builder(request) is first and str(path) not in open_files())
    other = recording(tmp_path / "other.hdf5", np.zeros(500, np.int16))
    other.replace(path)
    assert builder(request).facts.stored == 500
    builder.rest()


def test_a_growing_file_is_kept_open_until_its_recorder_is_gone(
    application: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure.display.reading import kept_source

    path = tmp_path / "data.hdf5"
    stream, files = Stream(Recorder(path), describe()), kept_source.KeptSource()
    opened_by_hdf5 = set()
    for number in range(1, 4):
        stream.write()
        with files.open(str(path)) as (source, facts):
            assert facts.recorded == number * BLOCK_SAMPLES
            opened_by_hdf5.add(source.recording.file)
    assert len(opened_by_hdf5) == 1
    assert str(path) in open_files()
    late_s = time.time() + 100
    monkeypatch.setattr(kept_source.time, "time", lambda: late_s)
    with files.open(str(path)) as (_, facts):
        assert facts.recorded == 3 * BLOCK_SAMPLES
    assert str(path) not in open_files()
    finish(stream.recorder)


@pytest.mark.parametrize(("takes_s", "is_new"), [(0.004, True), (0.1, False)])
def test_the_whole_is_as_long_as_the_picture_unless_it_takes_long(
    application: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    takes_s: float,
    is_new: bool,
) -> None:
    from picostream_pymeasure.display.reading import frame_builder
    from picostream_pymeasure.display.reading.frame_request import FrameRequest
    from picostream_pymeasure.display.reading.view_range import ViewRange

    clock = SimpleNamespace(now_s=100.0)
    read = frame_builder._read_overview

    def read_slowly(*what: Any) -> Any:
        clock.now_s += takes_s
        return read(*what)

    monkeypatch.setattr(frame_builder, "time", SimpleNamespace(monotonic=lambda: clock.now_s))
    monkeypatch.setattr(frame_builder, "_read_overview", read_slowly)
    path = tmp_path / "data.hdf5"
    stream, builder = Stream(Recorder(path), describe()), frame_builder.FrameBuilder()
    request = FrameRequest(str(path), ViewRange(window_s=1e-3), 100, n_overview=100)
    behind_s = []
    for _ in range(3):
        clock.now_s += 0.05
        stream.write()
        frame = builder(request)
        behind_s.append(frame.facts.end_s - frame.overview.stretch_s[1])
    assert (max(behind_s) == 0) is is_new
    builder.rest()
    finish(stream.recorder)


def measured(path: Path, frame: Any) -> Any:
    from picostream_pymeasure.display.analysis.analyse import Analyser
    from picostream_pymeasure.display.analysis.request import MEASUREMENTS, AnalysisRequest

    facts, panels = frame.facts, frozenset({MEASUREMENTS})
    request = AnalysisRequest(str(path), facts.channels, 0.0, facts.end_s, panels, facts.recorded)
    analyser = Analyser()
    found = analyser(request).measurements["A"]
    analyser.rest()
    return found


@pytest.mark.parametrize(
    ("bits", "code", "clipped"), [(8, 32512, True), (12, 32752, True), (12, 32736, False)]
)
def test_the_last_codes_of_a_resolution_are_over_range(
    application: Any, tmp_path: Path, bits: int, code: int, clipped: bool
) -> None:
    from picostream_pymeasure.display.reading.frame_builder import FrameBuilder
    from picostream_pymeasure.display.reading.frame_request import FrameRequest
    from picostream_pymeasure.display.reading.view_range import ViewRange

    counts = np.zeros(5000, np.int16)
    counts[1000:1100] = -code
    path = recording(
        tmp_path / "data.hdf5", counts, resolution_bits=bits, max_adc=32512 if bits == 8 else 32767
    )
    builder = FrameBuilder()
    frame = builder(FrameRequest(str(path), ViewRange(), 500))
    builder.rest()
    assert len(frame.over_range["A"]) == clipped
    found = measured(path, frame)
    assert found.clipped == clipped
    low_v, high_v = frame.facts.channels["A"].full_scale_v
    assert found.step_v == pytest.approx((high_v - low_v) / 2**bits, rel=0.01)


def test_one_clipped_sample_of_a_column_is_over_range_above_as_below(
    application: Any, tmp_path: Path
) -> None:
    from picostream_pymeasure.display.reading.frame_builder import FrameBuilder
    from picostream_pymeasure.display.reading.frame_request import FrameRequest
    from picostream_pymeasure.display.reading.view_range import ViewRange

    counts = np.zeros(5000, np.int16)
    counts[[1005, 3005]] = -32512, 32512
    builder = FrameBuilder()
    frame = builder(FrameRequest(str(recording(tmp_path / "data.hdf5", counts)), ViewRange(), 500))
    builder.rest()
    begins_s = frame.over_range["A"][:, 0]
    assert begins_s == pytest.approx([1000 * INTERVAL_S, 3000 * INTERVAL_S])


def test_a_long_stretch_of_a_file_without_overview_is_refused(
    application: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure.display.reading import frame_builder, trace_reader
    from picostream_pymeasure.display.reading.frame_request import FrameRequest
    from picostream_pymeasure.display.reading.view_range import ViewRange

    path = write_picostream(tmp_path / "old.hdf5", np.zeros(9000, np.int16))
    monkeypatch.setattr(trace_reader, "_MOST_WITHOUT_OVERVIEW", 5000)
    builder = frame_builder.FrameBuilder()
    frame = builder(FrameRequest(str(path), ViewRange(), 100, 100))
    assert "no overview" in frame.message
    assert frame.facts.stored == 9000
    short = recording(tmp_path / "short.hdf5")
    request = FrameRequest(str(short), ViewRange(), 100, comparisons=(str(path),))
    (compared,) = builder(request).comparisons
    assert "no overview" in compared.message
    view = ViewRange().still(0.0, 4000 * INTERVAL_S)
    frame = builder(FrameRequest(str(path), view, 100, 100))
    builder.rest()
    assert frame.traces
    assert frame.overview is None
