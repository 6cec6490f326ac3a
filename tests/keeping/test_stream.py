"""Keeping events of a simulated scope: proven samples, gaps told with it, mistakes refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure import PicoStreamReader, verify
from picostream_pymeasure.config import EventRule
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.procedures.capture import StreamingCapture
from picostream_pymeasure.system import memory
from picostream_pymeasure.system.memory import FreeMemory
from tests.support.forgetting_sink import ForgettingSink


@pytest.fixture
def pore(simulated: Callable[..., Any]) -> Any:
    """A simulated scope that streams A and the blockades of D."""
    with PicoScope5000A(PicoScopeAdapter(library=simulated())) as scope:
        scope.D.enabled = True
        scope.D.range = 2
        scope.sample_rate = 1e6
        yield scope


def test_every_kept_sample_is_proven_on_all_channels(pore: Any, tmp_path: Path) -> None:
    path = tmp_path / "events.hdf5"
    rule = EventRule("D", "falling", 5, min_width_s=10e-6)
    with pore.stream(path, keep=rule, before=0.2e-3, after=0.1e-3, samples=500_000) as session:
        session.wait()
    report = verify(path)
    assert not report.errors
    assert "each at its place in the stream" in report.proof
    with PicoStreamReader(path) as reader:
        assert reader.channels == ("A", "D")
        events = reader.captures.events
        assert 30 < len(events) < 150  # about 200 a second, some of them too short or too flat
        assert 0 < reader.num_samples < 250_000
        assert (events.samples >= 10).all()
        assert reader.end_s == pytest.approx(0.5, rel=0.05)
        assert reader.num_samples == report.proven_samples


def test_no_events_are_nothing_to_prove(pore: Any, tmp_path: Path) -> None:
    path = tmp_path / "none.hdf5"
    with pore.stream(path, keep="D:rising:1.99V", samples=1000) as session:
        session.wait()
    report = verify(path)
    assert (report.errors, report.exit_code) == ([], 0)
    assert report.proof == "No samples were kept: there is nothing to compare."


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"keep": "C:5sigma"}, "a channel that is streamed, A or D"),
        ({"keep": "D:falling"}, None),
        ({"keep": "D:sideways:5sigma"}, "is no rule for events"),
        ({"keep": 5}, "a text such as"),
        ({"keep": "D:5sigma", "before": -1}, "before"),
        ({"keep": "D:5sigma", "after": 1e9}, "after"),
        ({"keep": "D:5sigma", "live_only": 1.0}, "A live-only file keeps the newest seconds"),
        ({"keep": EventRule("D", baseline_s=1e-6)}, "baseline"),
        ({"keep": "E:5sigma"}, "channel A, B, C or D"),
        ({"keep": "D:falling:-20V"}, "level of events -20 V is outside the input of channel D"),
    ],
)
def test_what_cannot_be_kept_is_refused_before_anything_is_touched(
    pore: Any, tmp_path: Path, settings: dict[str, Any], words: str | None
) -> None:
    path = tmp_path / "events.hdf5"
    if words is None:
        pore.stream(path, **settings)
    else:
        with pytest.raises(ConfigurationError, match=words):
            pore.stream(path, **settings)
    assert not path.exists()


def test_no_events_are_kept_of_pairs(pore: Any, tmp_path: Path) -> None:
    pore.downsample_mode, pore.downsample_ratio = "aggregate", 16
    with pytest.raises(ConfigurationError, match="aggregate"):
        pore.stream(tmp_path / "events.hdf5", keep="D:5sigma")


def test_no_events_are_kept_in_a_sink(pore: Any) -> None:
    with pytest.raises(ConfigurationError, match="name instead of a sink"):
        pore.stream(ForgettingSink(), keep="D:5sigma")


def test_more_before_an_event_than_there_is_memory_is_refused(
    pore: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: FreeMemory(100_000_000))
    pore.stream(tmp_path / "events.hdf5", keep="D:5sigma", before=1)
    with pytest.raises(ConfigurationError, match="a shorter time before them"):
        pore.stream(tmp_path / "events.hdf5", keep="D:5sigma", before=60)


def test_a_procedure_keeps_events(tmp_path: Path) -> None:
    procedure = StreamingCapture(
        scope_serial="simulated",
        channel_a=False,
        channel_d=True,
        range_d=2,
        ends_by="samples",
        sample_count=200_000,
        keep="D:falling:5sigma",
        keep_before=1e-4,
        keep_after=0,
        keep_min_width=0.5e-3,
    )
    procedure.recording_path = str(tmp_path / "run.hdf5")
    try:
        procedure.startup()
        procedure.execute()
    finally:
        procedure.shutdown()
    with PicoStreamReader(procedure.recording_path) as reader:
        rows = reader.captures.rows
        assert len(rows) > 5
        triggers = rows["trigger_sample"] - rows["first_sample"]
        interval_s = reader.sample_interval_ns * 1e-9
        before = round(1e-4 / interval_s)
        assert pytest.approx(rows["event_samples"].min() * interval_s, abs=0.2e-3) == 0.5e-3
        assert rows["event_samples"].min() >= round(0.5e-3 / interval_s)
        assert set(triggers[1:]) == {before}
        assert (rows["samples"] == triggers + rows["event_samples"]).all()


def test_a_procedure_refuses_what_cannot_be_kept() -> None:
    with pytest.raises(ConfigurationError, match="no rule for events"):
        StreamingCapture(keep="A:up:down:5").check()
