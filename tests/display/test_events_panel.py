"""The panel of events, and what it is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import EventRule, KeepConfig
from picostream_pymeasure.display.analysis.event_figures import event_figures
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage import Recorder
from tests.support.kept_memory import RATE_HZ, FedStream, describe
from tests.support.reader_files import noise, write_recording

PULSES = (3000, 5000, 9000)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "kept.hdf5"
    keep = KeepConfig(EventRule("A", "falling", 8, baseline_s=0.05), 1e-3, 1e-3)
    values = np.random.default_rng(1).normal(0, 5, 12_000).astype(np.int16)
    for number, begin in enumerate(PULSES):
        values[begin : begin + 10 + number] = -1000
    stream = FedStream(describe(keep), Recorder(path))
    stream.feed(values[None])
    stream.end()
    return path


def test_figures_of_a_stretch(kept: Path) -> None:
    with PicoStreamReader(kept) as reader:
        whole = event_figures(reader, -1, 99)
        part = event_figures(reader, 0.45, 0.95)
    assert whole is not None
    assert part is not None
    assert whole.durations_s == pytest.approx([0.001, 0.0011, 0.0012])
    assert whole.rate_hz == pytest.approx(3 / 1.2)
    assert (whole.between_s * RATE_HZ).tolist() == pytest.approx(np.diff(PULSES))
    assert (len(part.durations_s), part.rate_hz) == (2, pytest.approx(4.0))


def test_a_recording_of_everything_has_none(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(10_000))
    with PicoStreamReader(path) as reader:
        assert event_figures(reader, 0, 1) is None


def test_panel_shows_histograms(application: Any, kept: Path) -> None:
    from picostream_pymeasure.display.analysis.events_panel import EventsPanel

    panel = EventsPanel()
    panel.show_events(None, "")
    assert not panel.note.text()
    with PicoStreamReader(kept) as reader:
        panel.show_events(event_figures(reader, 0, 2), "#ff0000")
    assert panel.note.text().startswith("3 events, 2.5 a second")
    for plot, number in zip(panel.plots, (3, 3, 2), strict=True):
        assert plot.listDataItems()[0].getData()[1].sum() == number
    panel.close()
