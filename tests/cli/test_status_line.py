"""The live line of a recording."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from picostream_pymeasure.cli import status_line
from picostream_pymeasure.config import ChannelConfig, EventRule, KeepConfig, StreamConfig
from picostream_pymeasure.keeping import KeepingSink
from picostream_pymeasure.keeping.totals import KeptTotals
from picostream_pymeasure.quantities import rough_duration
from picostream_pymeasure.records import Health
from picostream_pymeasure.storage import Recorder


@pytest.mark.parametrize("share", [None, 0.01])
def test_how_long_the_disk_suffices_is_told_of_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float | None
) -> None:
    keep = None if share is None else KeepConfig(EventRule("A"))
    config = StreamConfig((ChannelConfig("A"),), resolution_bits=12, sample_rate_hz=1e6, keep=keep)
    recorder: Any = Recorder(tmp_path / "a.hdf5")
    if share is not None:
        recorder = KeepingSink(config, recorder)
        recorder._last = KeptTotals(samples=1000, stored=10, found=1, kept=1)
    description = SimpleNamespace(stored_interval_ns=1000.0, sample_interval_ns=1000.0)
    session: Any = SimpleNamespace(description=description, is_waiting_for_trigger=False)
    monkeypatch.setattr(status_line, "free_bytes", lambda folder: 2 * 10**9)
    line = status_line.StatusLine(Console(), config, session, recorder)
    assert f"disk {rough_duration(1000 / (share or 1))}" in line._line(Health(elapsed_s=1.0)).plain


def test_all_of_it_fits_into_a_narrow_terminal(tmp_path: Path) -> None:
    config = StreamConfig((ChannelConfig("A"),), resolution_bits=12, sample_rate_hz=1e7)
    description = SimpleNamespace(stored_interval_ns=96.0, sample_interval_ns=96.0)
    session: Any = SimpleNamespace(description=description, is_waiting_for_trigger=False)
    recorder: Any = Recorder(tmp_path / "a.hdf5")
    line = status_line.StatusLine(Console(), config, session, recorder)
    health = Health(elapsed_s=5400, stored=56_234_567_890, actual_rate_hz=10.42e6)
    told = line._line(health).plain
    assert "10.42 of 10.42 MS/s" in told
    assert len(told.rpartition(" · ")[0]) < 78, "what is cut is the pool"
