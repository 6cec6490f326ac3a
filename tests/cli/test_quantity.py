"""Numbers and places of options, as people type them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from picostream_pymeasure import dfplot
from picostream_pymeasure.cli.group import picostream
from picostream_pymeasure.quantity_options import (
    EVENTS_A_SECOND,
    MILLISECONDS,
    RATE_MSPS,
    SIZE_MB,
    TIME,
    VOLTAGE,
)
from tests.support.command_line import Cli


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (TIME, "1.5", 1.5),
        (TIME, "1,5s", 1.5),
        (TIME, "10ms", 0.01),
        (TIME, "2 min", 120.0),
        (RATE_MSPS, "10", 10.0),
        (RATE_MSPS, "500kS/s", 0.5),
        (RATE_MSPS, "10MHz", 10.0),
        (VOLTAGE, "500mV", 0.5),
        (SIZE_MB, "1GB", 1000.0),
        (MILLISECONDS, "2s", 2000.0),
        (EVENTS_A_SECOND, "0,5", 0.5),
    ],
)
def test_units_and_commas(kind: Any, text: str, value: float) -> None:
    assert kind.convert(text, None, None) == pytest.approx(value)


@pytest.mark.parametrize(("kind", "text"), [(TIME, "5 V"), (RATE_MSPS, "fast"), (VOLTAGE, "2A")])
def test_what_is_allowed_is_said(kind: Any, text: str) -> None:
    with pytest.raises(click.BadParameter, match=f"'{text}' is not a.*write for example"):
        kind.convert(text, None, None)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-s", "500kV"), "kV is no unit of a rate; S/s, Sa/s, SPS and Hz are."),
        (("-s", "10kg"), "is not a rate"),
        (("--duration", "soon"), "is not a time"),
        (("export", "a.hdf5", "b.csv", "--from", "x"), "is not a time"),
        (("--serial", ""), "needs a serial number"),
        (("capture", "--serial", " "), "needs a serial number"),
        (("selftest", "--serial", ""), "needs a serial number"),
        (("record", "--simulate"), "There is no command 'record'. A recording has only options"),
        (("verfy", "a.hdf5"), "Did you mean 'verify'? A recording has only"),
        (("-s", "10", "MHz"), "a number and its unit are one word"),
        (("-s", "10", "info"), "stand behind it: picostream info"),
        (("--keep", "A:falling:5"), "5sigma"),
        (("view", "a.hdf5", "--window", "0"), "more than 0 s"),
        (("view", "a.hdf5"), "There is no file a.hdf5. Add --wait to wait for it."),
        (("view", __file__), "test_quantity.py is no HDF5 file"),
        (("view", "."), ". is a folder; give the name of a recording."),
        (("view", "a.hdf5", "-n", "0"), "0 is not possible; 1 to 100000 are"),
        (("view", "a.hdf5", "-n", "1.5"), "'1.5' is no whole number; write for example 4000 or 4k"),
        (("--simulate", "--samples", "1.000"), "'1.000' can be 1 or 1000; write one of these"),
        (("--simulate", "-n", "200k"), "200000 is not possible; 1 to 100000 are"),
    ],
)
def test_wrong_ones_are_refused(arguments: tuple[str, ...], sentence: str) -> None:
    done = CliRunner().invoke(picostream, arguments)
    assert done.exit_code != 0
    assert sentence in done.output or sentence in str(done.exception)


def test_the_simulated_scope_may_stand_before_a_command(cli: Cli) -> None:
    code, text = cli.run("--simulate", "info", "--json")
    assert code == 0
    assert "SIM44" in text


def test_every_number_with_a_unit_takes_one() -> None:
    plain = [
        f"{command.name} {option.opts[-1]}"
        for command in (picostream, *picostream.commands.values(), dfplot._main)
        for option in command.params
        if option.type is click.FLOAT
        or (isinstance(option.type, click.types.IntParamType) and not option.count)
    ]
    assert {each.split()[-1] for each in plain} == {"--decimation"}  # PicoStream's, of no effect


@pytest.mark.parametrize("name", ["run.csv", "run.NPY", "run.parquet"])
def test_a_recording_is_not_named_as_another_file(cli: Cli, name: str) -> None:
    code, text = cli.run("--simulate", "--samples", "10", "-o", name)
    assert code != 0
    assert "end with .hdf5" in text
    assert not list(Path(cli.folder).iterdir())
