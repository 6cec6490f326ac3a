"""What people type at the command line: counts, names of files, and the wish for help."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import Command


@pytest.mark.parametrize("typed", ["1000", "1e3", "1k", "1 000"])
def test_counts(command: Command, typed: str) -> None:
    code, text = command("--simulate", "-s", "1", "--samples", typed, "-o", "a.hdf5")
    assert code == 0, text
    assert "All 1000 samples" in text


def test_bits(command: Command) -> None:
    code, text = command("--simulate", "-s", "1", "--samples", "9", "-b", "14bit", "-o", "a.hdf5")
    assert code == 0, text
    assert "14 bit" in text


def test_a_slow_rate_is_told_as_it_is_typed(command: Command) -> None:
    code, text = command("--simulate", "-s", "100S/s", "--samples", "9", "-o", "a.hdf5")
    assert code == 0, text
    assert "channel A, 12 bit, 100 S/s " in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--samples", "1.5"), "'1.5' is no whole number; write for example 1000, 1e6 or 10k"),
        (("capture", "-n", "many"), "'many' is no whole number"),
        (("-b", "12x"), "'12x' is no whole number; write for example 12"),
        (("-b", "9" * 400), f"'{'9' * 60}…' is no whole number"),
        (("-o", "--force"), "--force is an option, not the name of a file"),
        (("-s", "-1"), "cannot stream at -1 MS/s"),
    ],
)
def test_what_is_refused(command: Command, arguments: tuple[str, ...], said: str) -> None:
    code, text = command(*arguments)
    assert code == 2
    assert said in " ".join(text.split())


def test_a_home_folder_that_there_is_not(command: Command) -> None:
    code, text = command("info", "~nobody-of-that-name/a.hdf5")
    assert code == 1
    assert "There is no file ~nobody-of-that-name/a.hdf5." in " ".join(text.split())


def test_a_file_in_the_home_folder(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    code, text = command("--simulate", "-s", "1", "--samples", "9", "--output=~/a.hdf5")
    assert code == 0, text
    assert (tmp_path / "a.hdf5").exists()
    code, text = command("info", "~/a.hdf5")
    assert code == 0, text


@pytest.mark.parametrize("asked", ["help", "--help"])
def test_help_in_other_words(command: Command, asked: str) -> None:
    code, text = command(asked)
    assert code == 0
    assert "--sample-rate" in text


def test_captures_say_with_what_they_are_made(command: Command) -> None:
    code, text = command("capture", "--simulate", "--length", "10us", "-n", "2", "-o", "a.hdf5")
    assert code == 0, text
    assert "channel A, 8 bit, 1000.00 MS/s, 10000 samples a capture (10.00 µs)" in text


def test_a_table_of_events_is_replaced_when_that_is_asked_for(command: Command) -> None:
    command("--simulate", "-c", "D:2V", "-s", "1", "--duration", "0.1", "-o", "a.hdf5")
    table = ("events", "a.hdf5", "-c", "d", "-o", "a.csv")
    assert command(*table)[0] == 0
    assert command(*table)[0] == 2
    assert command(*table, "--force")[0] == 0
    Path("run.csv").write_text("#Procedure: <somebody's>\n")
    code, text = command("events", "a.hdf5", "-o", "run.csv", "--force")
    assert code == 2
    assert "holds the results of a run and is not replaced" in " ".join(text.split())
