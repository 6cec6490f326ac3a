"""``picostream events`` as a process."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from picostream_pymeasure.cli import dry_run
from picostream_pymeasure.keeping import KeptTotals
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
    code, text = cli.run("events", "data.hdf5", "--threshold=1V", "--hysteresis", "100mV")
    assert (code, "Events: 0" in text) == (0, True), text
    falls = ("--threshold=-3V", "--direction", "falling")
    code, text = cli.run("events", "data.hdf5", *falls)
    assert "-3V is a voltage of the input itself, which lay between" in text
    assert "Without --direction it counts from the baseline." in text
    cli.record("-c", "D:2V", "-s", "1", "--duration", "1.5", "--max-buff-sec", "0.3", "--force")
    code, text = cli.run("events", "data.hdf5", *falls)
    assert re.search(r"lay between -?[\d.]+ m?V and [\d.]+ m?V\.", text), text


def test_mistakes_are_told_before_anything_is_written(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    cli.record("-s", "1", "--samples", "1000")
    (tmp_path / "kept.csv").write_text("mine")
    for arguments, words in {
        ("-c", "B"): "has no channel 'B'",
        ("--threshold", "5x"): "is no level of events",
        ("--threshold", ""): "'' is no level of events",
        ("--min-width", "5V"): "not a time",
        ("-o", "kept.csv"): "exists; choose another name, or let it be replaced (--force",
        ("-o", "events.hdf5"): "become a .csv file",
    }.items():
        code, text = cli.run("events", "data.hdf5", *arguments)
        assert (code, words in text) == (2, True), text
    code, text = cli.run("events", "data.hdf5", "-o", "missing/events.csv")
    assert (code, "does not exist; create it" in text) == (1, True), text
    assert (tmp_path / "kept.csv").read_text() == "mine"


def test_only_events_are_kept(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    keep = ("-c", "D:2V", "-s", "1", "--keep", "D:falling:5sigma")
    code, text = cli.run("--simulate", *keep, "--duration", "2.5", "--dry-run")
    assert code == 0
    assert "events a second" in text, "a line each second"
    assert "Dry run, nothing was written:" in text
    assert not list(tmp_path.iterdir())
    limits = ("--samples", "500000", "--before", "200us", "--after", "0.1ms", "--max-rate", "50")
    code, text = cli.record(*keep, *limits)
    assert code == 0, text
    assert "Kept: 50 events" in text
    assert "searched for events" in text
    assert "each at its place in the stream" in text
    assert " recorded" not in text
    described = cli.run("info", "data.hdf5", "--json")[1]
    assert '"kept": 50' in described
    code, text = cli.run("events", "data.hdf5", "-o", "kept.csv")
    assert (code, "Events: 50," in text) == (0, True), text
    assert "Passed over:" in text
    assert len(pd.read_csv(tmp_path / "kept.csv")) == 50
    code, text = cli.run("events", "data.hdf5", "--threshold", "6sigma")
    assert (code, "picostream events without a rule" in text) == (2, True), text


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (KeptTotals(1000, 10), "no samples"),
        (KeptTotals(1500, 260, 9, 9), "8 events a second; 50.00% of the stream would be kept"),
        (KeptTotals(2000, 10, 30, 1, 0, 29), "0 events a second, 29 passed over; 0.00% of"),
    ],
)
def test_a_dry_run_tells_of_the_samples_that_came(now: KeptTotals, words: str) -> None:
    before = KeptTotals(1000, 10, 5, 5) if now.kept == 9 else KeptTotals(1000, 10, 1, 1)
    assert words in dry_run._since(before, now, 1e-3)


def test_what_was_cut_is_told() -> None:
    words = dry_run.in_words(KeptTotals(100, 50, 3, 2, 1, 1))
    assert words.startswith("2 events (1 cut: longer than --max-width, or lasting at the end), 50")
    assert "1 more passed over" in words


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
