"""The picture equals one that is drawn from every sample."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.reader import PicoStreamReader
from tests.support.displays import (
    INTERVAL_S,
    QtWidgets,
    line_pixels,
    recording,
    shown,
    sine,
    trace_pixels,
    wait_for_traces,
    wait_for_view,
)

#: More than are read raw, so that long windows come from the overview.
SAMPLES = 6_000_000

#: Wrong pixels by those that should be lit.
TOLERANCE = 1e-3


def signal(kind: str) -> NDArray[np.int16]:
    random = np.random.default_rng(5)
    if kind == "noisy sine":
        return sine(SAMPLES, 40_011) + random.normal(0, 600, SAMPLES).astype(np.int16)
    if kind == "fast sine":  # three columns a period in the window of 1 ms: see the band there
        return sine(SAMPLES, 210)
    if kind == "white noise":
        return random.integers(-9000, 9000, SAMPLES).astype(np.int16)
    if kind == "square":
        return np.where(np.arange(SAMPLES) // 70_013 % 2, 9000, -9000).astype(np.int16)
    spikes = np.zeros(SAMPLES, np.int16)
    spikes[random.integers(0, SAMPLES, 300)] = 9000
    return spikes


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("noisy sine", marks=pytest.mark.long),
        "white noise",
        "square",
        "fast sine",
        "one-sample spikes",
    ],
)
def path(request: Any, tmp_path_factory: Any) -> Path:
    folder = tmp_path_factory.mktemp("pixels")
    return recording(folder / "signal.hdf5", signal(request.param), chunk=65_536)


def drawn_from_all_samples(plot: Any, path: Path) -> NDArray[np.bool_]:
    """What Qt draws through every sample in view."""
    box = plot.getViewBox()
    (begin_s, end_s), (low_v, high_v) = box.viewRange()
    with PicoStreamReader(path) as reader:
        start = max(reader.index_at(begin_s) - 1, 0)
        stop = min(reader.index_at(end_s) + 1, reader.num_samples)
        times_s, voltages_mv = reader.get_block(stop - start, start)
    x = (times_s - begin_s) / (end_s - begin_s) * box.width()
    y = (high_v - voltages_mv * 1e-3) / (high_v - low_v) * box.height()
    return line_pixels(x, y, (round(box.width()), round(box.height())))


def near(lit: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels that are lit or lie beside one."""
    tall = lit | np.roll(lit, 1, 0) | np.roll(lit, -1, 0)
    return tall | np.roll(tall, 1, 1) | np.roll(tall, -1, 1)


def wrong_share(display: Any, path: Path) -> float:
    found = trace_pixels(display, "A")
    wanted = drawn_from_all_samples(display.plot, path)
    assert wanted.any()
    return ((found & ~near(wanted)).sum() + (wanted & ~near(found)).sum()) / wanted.sum()


#: Samples themselves, columns of samples, columns of overview bins.
WINDOWS_S = (5e-6, 1e-3, 80e-3)


@pytest.mark.parametrize("window_s", WINDOWS_S)
def test_a_still_picture_shows_every_sample(application: Any, path: Path, window_s: float) -> None:
    with shown(path, (1000, 600)) as display:
        display.navigator.show(1.2345e-3, 1.2345e-3 + window_s)
        wait_for_view(display)
        assert wrong_share(display, path) <= TOLERANCE


@pytest.mark.parametrize("window_s", WINDOWS_S)
def test_a_rolling_picture_shows_every_sample(
    application: Any, path: Path, window_s: float
) -> None:
    with shown(path, (1000, 600), display_window_seconds=window_s) as display:
        wait_for_view(display)
        assert wrong_share(display, path) <= TOLERANCE


def test_few_columns_hide_no_spike(application: Any, tmp_path: Path) -> None:
    counts = np.zeros(500_000, np.int16)
    counts[[100_000, 250_001, 400_002]] = 9000
    path = recording(tmp_path / "spikes.hdf5", counts)
    options = {"decimation_factor": 100_000, "max_display_points": 37}
    with shown(path, **options) as display:
        wait_for_view(display)
        found = trace_pixels(display, "A")
        above = np.concatenate(([0], found[: found.shape[0] // 2 - 5].any(axis=0)))
        assert np.count_nonzero(np.diff(above) == 1) == 3


def test_what_was_drawn_keeps_its_form_while_it_rolls(application: Any, tmp_path: Path) -> None:
    """Two pictures of the same noise, a number of columns apart, are the same where they meet."""
    from picostream_pymeasure.display.reading.frame_builder import FrameBuilder
    from picostream_pymeasure.display.reading.view_range import ViewRange

    noise = np.random.default_rng(3).integers(-9000, 9000, 900_000).astype(np.int16)
    longer = recording(tmp_path / "longer.hdf5", noise)
    shorter = recording(tmp_path / "shorter.hdf5", noise[:800_000])
    with shown(longer) as display:
        wait_for_view(display)
        request = display.request()
    view = ViewRange(window_s=0.5 * noise.size * INTERVAL_S)
    columns = {}
    for path in (longer, shorter):
        builder = FrameBuilder()
        frame = builder(type(request)(str(path), view, 700))
        builder.rest()
        assert frame is not None
        columns[path] = frame.traces["A"]
    width_s = view.window_s / 700
    apart = (columns[longer].begin_s - columns[shorter].begin_s) / width_s
    assert apart == pytest.approx(round(apart), abs=1e-6)
    n = round(apart)
    earlier = columns[shorter].values_v[n:-1]
    assert np.array_equal(columns[longer].values_v[: earlier.shape[0]], earlier)


def test_a_frame_and_a_move_are_painted_once(
    application: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyqtgraph import GraphicsView

    painted: list[object] = []
    paint = GraphicsView.paintEvent

    def count(view: Any, event: Any) -> None:
        painted.append(view)
        paint(view, event)

    monkeypatch.setattr(GraphicsView, "paintEvent", count)
    with shown(recording(tmp_path / "a.hdf5", {"A": sine(50_000, 3125)})) as display:
        wait_for_traces(display)
        display.stop_updates()
        QtWidgets.QApplication.processEvents()
        frame = display.frame
        strip = display.screen_parts.strip

        def paintings(of: object, action: Callable[[], None]) -> int:
            """The fewest of some times: what was asked for before may come in between."""
            counts = []
            for _ in range(5):
                painted.clear()
                action()
                for _ in range(3):
                    QtWidgets.QApplication.processEvents()
                counts.append(painted.count(of))
            return min(counts)

        shifts_s = itertools.cycle((1e-5, 2e-5))

        def show() -> None:
            shift_s = next(shifts_s)
            begin_s, end_s = frame.begin_s + shift_s, frame.end_s + shift_s
            display._show(replace(frame, begin_s=begin_s, end_s=end_s))

        def move() -> None:
            display.plot.show_stretch(frame.begin_s + next(shifts_s), frame.end_s, 0.0)

        assert paintings(display.plot, show) == 1
        assert paintings(strip, show) == 1
        assert paintings(display.plot, move) == 1
