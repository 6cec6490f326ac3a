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
    assert (tmp_path / "kept.csv").read_text() == "mine"
