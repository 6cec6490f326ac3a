"""The live plot on real files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming.session import StreamSession

CONFIG = StreamConfig(
    channels=(ChannelConfig("A", 2.0), ChannelConfig("C", 5.0)), sample_rate_hz=1e6
)


@pytest.fixture
def plotter(application: Any, tmp_path: Path) -> Iterator[Any]:
    from picostream_pymeasure.dfplot import HDF5LivePlotter

    widget = HDF5LivePlotter(str(tmp_path / "data.hdf5"), update_interval_ms=10)
    widget.show()
    widget.start_updates()
    yield widget
    widget.close()


def record(library: Any, path: Path, samples: int) -> None:
    from dataclasses import replace

    with Unit.open(library) as unit:
        session = StreamSession(unit, replace(CONFIG, samples=samples), Recorder(path, force=True))
        session.start()
        session.wait()


def shown(plotter: Any, channel: str) -> np.ndarray:
    curve = plotter._curves.get(channel)
    return np.array([]) if curve is None or curve.yData is None else curve.yData


def test_seed_constructor_and_defaults(application: Any) -> None:
    from picostream_pymeasure import HDF5LivePlotter

    widget = HDF5LivePlotter()
    assert widget.hdf5_path == "/tmp/data.hdf5"
    assert widget.update_interval_ms == 50
    assert widget.display_window_seconds == 0.5
    assert widget.decimation_factor == 150
    assert widget.max_display_points == 4000


def test_waits_for_a_file_and_shows_it_when_it_comes(
    plotter: Any, until: Callable[..., None], simulated: Callable[..., Any], tmp_path: Path
) -> None:
    until(lambda: "Waiting" in plotter.status.text())
    record(simulated(), tmp_path / "data.hdf5", 800_000)
    until(lambda: shown(plotter, "C").size)
    assert np.nanmax(shown(plotter, "A")) == pytest.approx(1.0, abs=0.05), "1 V sine"
    assert "800,000 samples" in plotter.status.text()


def test_follows_a_recording_while_it_grows(
    plotter: Any, until: Callable[..., None], simulated: Callable[..., Any], tmp_path: Path
) -> None:
    with Unit.open(simulated()) as unit:
        session = StreamSession(unit, CONFIG, Recorder(tmp_path / "data.hdf5"))
        with session:
            until(lambda: shown(plotter, "A").size)
            until(lambda: plotter._curves["A"].xData[-1] > 0.6)
            assert plotter._curves["A"].xData[0] > 0.05, "only the newest half second is shown"
    assert session.health().gaps == 0


def test_survives_a_file_that_is_foreign_replaced_or_deleted(
    plotter: Any, until: Callable[..., None], simulated: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "data.hdf5"
    path.write_text("no recording")
    until(lambda: "no recording" in plotter.status.text())
    record(simulated(), path, 400_000)
    until(lambda: "400,000 samples" in plotter.status.text())
    path.unlink()
    until(lambda: "Waiting" in plotter.status.text())


def test_screenshot_is_a_picture_beside_the_recording(plotter: Any, tmp_path: Path) -> None:
    path = Path(plotter.save_screenshot())
    assert path.parent == tmp_path
    assert path.read_bytes().startswith(b"\x89PNG")
