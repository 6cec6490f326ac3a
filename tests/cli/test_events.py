"""``picostream events`` as a process."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.support.command_line import Cli


def test_blockades_of_the_simulated_scope_are_listed(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    assert cli.record("-c", "D:2V", "-s", "1", "--samples", "1000000")[0] == 0
    code, text = cli.run("events", "data.hdf5", "--direction", "falling", "-o", "events.csv")
    table = pd.read_csv(tmp_path / "events.csv")
    assert code == 0
    assert f"Events: {len(table)}," in text
    assert 100 < len(table) < 300  # about 200 blockades a second, and some so short or so flat
    assert (table["amplitude_v"] < -5 * table["sigma_v"]).all()
    assert table["start_s"].is_monotonic_increasing


def test_mistakes_are_told_before_anything_is_written(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    cli.record("-s", "1", "--samples", "1000")
    (tmp_path / "kept.csv").write_text("mine")
    for arguments, words in {
        ("-c", "B"): "has no channel 'B'",
        ("--threshold", "5x"): "not a voltage",
        ("--min-width", "5V"): "not a time",
        ("-o", "kept.csv"): "exists",
    }.items():
        code, text = cli.run("events", "data.hdf5", *arguments)
        assert (code, words in text) == (2, True), text
    code, text = cli.run("events", "data.hdf5", "-o", "missing/events.csv")
    assert (code, "does not exist; create it" in text) == (1, True), text
    assert (tmp_path / "kept.csv").read_text() == "mine"


def test_only_events_are_kept(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    keep = ("-c", "D:2V", "-s", "1", "--samples", "500000", "--keep", "D:falling:5sigma")
    code, text = cli.run("--simulate", *keep, "--dry-run")
    assert code == 0
    assert "Dry run, nothing was written:" in text
    assert not list(tmp_path.iterdir())
    code, text = cli.record(*keep, "--before", "200us", "--after", "0.1ms", "--max-rate", "50")
    assert code == 0, text
    assert "Kept: 50 events" in text
    assert "searched for events" in text
    assert "each at its place in the stream" in text
    assert " recorded" not in text
    described = cli.run("info", "data.hdf5", "--json")[1]
    assert '"kept": 50' in described


def test_details_of_what_is_kept_need_it(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    for arguments, words in {
        ("--dry-run",): "--dry-run needs --keep",
        ("--before", "1ms"): "--before needs --keep",
        ("--keep", "A:5sigma", "--hysteresis", "1mV"): "in the unit of their threshold",
        ("--keep", "B:5sigma"): "a channel that is streamed, A",
        ("--keep", "A:5sigma", "--max-buff-sec", "1"): "live-only",
        ("--keep", "A:5sigma", "-h", "4", "-m", "aggregate"): "aggregate",
    }.items():
        code, text = cli.record("-s", "1", *arguments)
        assert (code, words in text) == (2, True), text
    assert not list(tmp_path.iterdir())
