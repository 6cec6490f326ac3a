"""What commands refuse, before anything is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.command_line import Command

RECORDED = ("--simulate", "-o", "a.hdf5", "-s", "1", "--samples", "1000")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("compress", "a.hdf5", "-o", "-"), "not the standard output"),
        (("export", "a.hdf5", "-"), "not the standard output"),
        ((*RECORDED[:2], "-", *RECORDED[3:]), "not the standard output"),
        (("export", "a.hdf5", "b.csv", "--scale", "A=1A/V", "--scale", "a=2A/V"), "two scales"),
        (("export", "a.hdf5", "b.csv", "--reserve", "1e30"), "reserve must be 0 to"),
        (("compress", "a.hdf5", "--reserve", "1e30"), "reserve must be 0 to"),
        (("capture", "--simulate", "--samples", "9", "--reserve", "1e30"), "reserve must be 0 to"),
        (("capture", "--simulate", "--samples", "9", "--timeout", "0"), "more than 0 s"),
        (("info", "a.hdf5", "--simulate"), "leave FILE or them out"),
        (("info", "a.hdf5", "--report"), "leave FILE or them out"),
        (("info", "--report", "--json"), "leave --report or --json out"),
    ],
)
def test_what_makes_no_sense(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    command(*RECORDED)
    code, text = command(*arguments)
    assert code == 2, text
    assert says in text
    assert [path.name for path in tmp_path.iterdir()] == ["a.hdf5"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "a.hdf5", "b.csv"),
        ("compress", "a.hdf5", "-o", "b.hdf5"),
        ("capture", "--simulate", "-o", "b.hdf5", "--samples", "100"),
    ],
)
def test_the_reserve_of_each_command_that_writes(
    command: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    command(*RECORDED)
    code, text = command(*arguments, "--reserve", "1e11")
    assert code == 1, text
    assert "must stay free" in text
    assert [path.name for path in tmp_path.iterdir()] == ["a.hdf5"]
    code, text = command(*arguments, "--reserve", "0")
    assert code == 0, text


@pytest.mark.parametrize("name", ["info", "verify", "repair", "events"])
def test_whether_a_file_may_be_read_shows_when_it_is_opened(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """One exit code for it, whoever asks the system; drives of networks answer wrongly too."""
    command(*RECORDED)
    monkeypatch.setattr(os, "access", lambda *_args, **_options: False)
    code, text = command(name, "a.hdf5")
    assert code == 0, text
