"""The live line of a recording."""

from __future__ import annotations

import io
from dataclasses import replace
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
    assert told.endswith(" · 10.42 MS/s")
    assert " · lost 0 · pool 0% · disk " in told
    assert len(told) <= 80


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ({"samples": 50_000_000}, "31.25 of 50.00 M samples"),
        ({"duration_s": 5.0}, "31.25 M samples"),
    ],
)
def test_a_target_is_told_where_the_time_does_not_tell_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: dict[str, Any], says: str
) -> None:
    config = StreamConfig((ChannelConfig("A"),), resolution_bits=12, sample_rate_hz=1e7, **target)
    description = SimpleNamespace(stored_interval_ns=96.0, sample_interval_ns=96.0)
    session: Any = SimpleNamespace(description=description, is_waiting_for_trigger=False)
    monkeypatch.setattr(status_line, "free_bytes", lambda folder: 66 * 10**9)
    line = status_line.StatusLine(Console(), config, session, Recorder(tmp_path / "a.hdf5"))
    health = Health(elapsed_s=3.01, stored=31_250_000, actual_rate_hz=10.41e6, pool_fill=0.01)
    told = line._line(health).plain
    assert told == f"3.01 s · {says} · lost 0 · pool 1% · disk 53 min · 10.41 MS/s"
    assert len(told) < 80
    slow = line._line(replace(health, actual_rate_hz=8e6)).plain
    assert slow.endswith("8.00 of 10.42 MS/s")


def test_a_dumb_terminal_gets_plain_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = StreamConfig((ChannelConfig("A"),), resolution_bits=12, sample_rate_hz=1e7)
    description = SimpleNamespace(stored_interval_ns=96.0, sample_interval_ns=96.0)
    session: Any = SimpleNamespace(description=description, is_waiting_for_trigger=False)
    monkeypatch.setattr(status_line, "_PLAIN_LINE_S", 0.0)
    text = io.StringIO()
    dumb = Console(file=text, force_terminal=True, _environ={"TERM": "dumb"})
    with status_line.StatusLine(dumb, config, session, Recorder(tmp_path / "a.hdf5")) as line:
        line.show(Health())
    assert "lost 0" in text.getvalue()
