"""What commands refuse, before anything is touched."""

from __future__ import annotations

import os
import sys
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
    ("arguments", "says"),
    [
        (("-simulate", "-s", "10"), "write --simulate."),
        (("--simulate", "-duration", "5"), "write --duration."),
        (("--simulate", "-output=b.hdf5"), "write --output=b.hdf5."),
        (("--simulate", "-no-plot"), "write --no-plot."),
        (("capture", "--simulate", "-samples", "9"), "write --samples."),
        (("verify", "a.hdf5", "-json"), "write --json."),
        (("-help",), "write --help."),
    ],
)
def test_a_long_name_behind_one_dash_is_no_short_one(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    code, text = command(*arguments)
    assert code == 2, text
    assert says in text
    assert not list(tmp_path.iterdir())


def test_values_that_stand_at_their_short_names_are_read(command: Command, tmp_path: Path) -> None:
    arguments = ("-s1", "-b8", "-cA:2V", "-oa.hdf5", "--offset", "-0.1V", "--samples=9", "-vv")
    code, text = command("--simulate", *arguments)
    assert code == 0, text
    assert [path.name for path in tmp_path.iterdir()] == ["a.hdf5"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("--keep", "A:falling", "--max-rate", "abc"),
            "'abc' is not a number; write for example 100.",
        ),
        (("--keep", "A:falling", "--max-rate", "0.5"), "1 a second or more"),
        (("--keep", "A:falling", "--hysteresis", "-1"), "write 0sigma"),
        (("--keep", "A:falling", "--hysteresis", "0"), "or 0V."),
        (
            (
                "--keep",
                "A:falling:0",
            ),
            "write 5sigma",
        ),
        (
            (
                "--keep",
                "A:falling:3",
            ),
            "write 3sigma",
        ),
        (("-s", "1e308"), "'1e308' is not a rate; write"),
        (("-s", "10MS"), "'10MS' is not a rate; write for example 10MS/s."),
        (("-b", "999999999999999999999"), "999999999999999999999 bit"),
        (("-c", "A:2mV"), "no range of 2 mV; use one of 0.01"),
        (("-c", "A:3V"), "no range of 3 V; use one of 0.01"),
    ],
)
def test_no_sentence_names_what_is_refused_as_well(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    code, text = command("--simulate", *arguments)
    assert code == 2, text
    assert says in text
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_links_to_nothing_are_told(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    assert "a is a symbolic link to a file that is not there." in command("verify", "a")[1]
    (tmp_path / "b").symlink_to("a")
    for file in ("a", "b"):
        code, text = command("verify", file)
        assert code == 1
        assert f"{file} is a symbolic link that leads round in a circle" in text


def test_what_is_not_there_is_described_in_clear_words(command: Command) -> None:
    command(*RECORDED)
    text = command("info", "a.hdf5")[1]
    for told in ("live only: no ", "missing parts: none ", "damage: none "):
        assert told in text


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
