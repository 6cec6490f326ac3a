"""What the site prints of the command line, beside what the command itself says."""

from __future__ import annotations

import runpy
from pathlib import Path

import click
import pytest

from picostream_pymeasure.cli.group import picostream

CONFIGURATION = Path(__file__).parents[2] / "docs" / "conf.py"
COMMANDS: list[click.Command] = [picostream, *picostream.commands.values()]


def options_of(command: click.Command) -> list[click.Option]:
    return [each for each in command.params if isinstance(each, click.Option)]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_options_read_as_in_the_help(command: click.Command) -> None:
    context = click.Context(command, info_name=command.name)
    lines = ["what sphinx-click makes of it: --trigger <CH:LEVEL[:DIRECTION>"]
    runpy.run_path(str(CONFIGURATION))["options_as_help_prints_them"](None, context, lines)
    names = [line.removeprefix(".. option:: ") for line in lines if line.startswith("..")]
    for name in names:
        assert name.replace(", --no-", " / --no-") in command.get_help(context)
    assert len(names) == len(options_of(command))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_each_option_says_what_it_is(command: click.Command) -> None:
    context = click.Context(command, info_name=command.name)
    for option in options_of(command):
        record = option.get_help_record(context)
        assert record is not None
        assert record[1], option.name
        assert not record[1].startswith("["), option.name


def test_the_list_of_commands_cuts_no_sentence() -> None:
    context = click.Context(picostream, info_name="picostream", terminal_width=80)
    assert "..." not in picostream.get_help(context).partition("Commands:")[2]


def test_defaults_carry_units() -> None:
    context = click.Context(picostream, info_name="picostream")
    text = " ".join(picostream.get_help(context).split())
    for default in ("20 V", "0 V", "4 s", "200 MB", "0 ms", "0.5 s"):
        assert f"[default: {default}]" in text
