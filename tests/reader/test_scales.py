"""Quantities in place of voltages, and differences: as text, in files, tables and exports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from click.testing import CliRunner

from picostream_pymeasure import PicoStreamReader
from picostream_pymeasure.cli.group import picostream
from picostream_pymeasure.cli.parsing import channel
from picostream_pymeasure.config import ChannelConfig, ChannelScale, StreamConfig
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.quantities import base_unit, parse_scale, scale_text
from picostream_pymeasure.reader import export_recording
from picostream_pymeasure.records import Block
from picostream_pymeasure.storage import Recorder, describe_file
from tests.support.reader_files import noise, write_recording
from tests.support.storage_stream import describe, finish

NANOAMPERES = ChannelScale(1000.0, "nA")
N = 1000


@pytest.mark.parametrize(
    ("text", "per_volt", "unit"),
    [
        ("1 nA/mV", 1000, "nA"),
        ("1nA/mV", 1000, "nA"),
        ("2,5 bar/V", 2.5, "bar"),
        ("100 mV/A", 10, "A"),
        ("°C / 10mV", None, None),
        ("10 V/V", 10, "V"),
        ("bar/V", 1, "bar"),
        ("20 %/V", 20, "%"),
        ("", None, None),
        ("5", None, None),
        ("-1 A/V", None, None),
        ("0 A/V", None, None),
        ("1 A/s", None, None),
        ("1 A,B/V", None, None),
        ("1 m/s/V", None, None),
        ("1e-320 nA/mV", None, None),
        ("1e300 nA/mV", None, None),
        ("1e308 nA/mV", None, None),
        ("infnA/mV", None, None),
        ("nan nA/mV", None, None),
        ("Infinity/V", None, None),
        ("1 mV/nanA", None, None),
        ("2 nanoamps/V", 2, "nanoamps"),
    ],
)
def test_a_scale_is_read_as_people_write_it(
    text: str, per_volt: float | None, unit: str | None
) -> None:
    if unit is None:
        with pytest.raises(ConfigurationError):
            parse_scale(text)
        return
    scale = parse_scale(text)
    assert (scale.per_volt, scale.unit) == (pytest.approx(per_volt), unit)
    assert parse_scale(scale_text(scale)) == scale


def test_a_unit_has_a_base() -> None:
    assert base_unit("nA") == ("A", pytest.approx(1e-9))
    assert base_unit("mbar") == ("mbar", 1)


def test_a_channel_of_the_command_line_has_a_scale() -> None:
    assert channel("B:2V:AC:1nA/mV", 20, "dc", 0).scale == NANOAMPERES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    channels = (ChannelConfig("A", 2.0, scale=NANOAMPERES), ChannelConfig("B", 2.0, offset_v=0.5))
    config = StreamConfig(channels=(*channels, ChannelConfig("C", 1.0)), resolution_bits=8)
    recorder = Recorder(tmp_path / "a.hdf5")
    recorder.open(replace(describe(simulated=False), config=config))
    counts = np.random.default_rng(4).integers(-120, 120, (3, N)).astype(np.int16) << 8
    recorder.write(Block(counts, 0, N))
    finish(recorder)
    return tmp_path / "a.hdf5"


def test_the_file_says_it_and_millivolts_stay_millivolts(path: Path) -> None:
    found = {row["name"]: row for row in describe_file(path)["channels"]}
    assert (found["A"]["unit"], found["A"]["unit_per_volt"]) == ("nA", 1000.0)
    assert "unit" not in found["B"]
    with PicoStreamReader(path, "A") as reader:
        counts = reader.read_counts(0, N)
        assert reader.settings().scale == NANOAMPERES
        assert np.allclose(reader[:], counts * (2000 / 32512))


def test_tables_have_quantities_and_differences(path: Path) -> None:
    with PicoStreamReader(path) as reader:
        frame = reader.to_pandas(channels=["A", "B", "B-C"])
        assert list(frame) == ["A_nA", "B_mv", "B-C_mv"]
        millivolts = {}
        for name in "ABC":
            with PicoStreamReader(path, name) as one:
                millivolts[name] = one[:]
        assert np.allclose(frame["A_nA"], millivolts["A"])
        assert np.allclose(frame["B-C_mv"], millivolts["B"] - millivolts["C"])
        means = reader.to_pandas(decimation_factor=10, channels=["B-C"])["B-C_mv"]
        assert np.allclose(means, frame["B-C_mv"].to_numpy().reshape(-1, 10).mean(axis=1))


@pytest.mark.parametrize(
    ("channels", "mode", "says"),
    [
        (["A-B"], "mean", "A in nA less B in mV"),
        (["B-X"], "mean", "no channel 'X'"),
        (["B-C"], "min_max", "extremes of B-C"),
        (["B-C", "B-C"], "mean", "each channel once"),
    ],
)
def test_what_has_no_meaning_is_refused(
    path: Path, channels: list[str], mode: Any, says: str
) -> None:
    with (
        PicoStreamReader(path) as reader,
        pytest.raises(ConfigurationError, match=says),
    ):
        reader.to_pandas(decimation_factor=4, decimation_mode=mode, channels=channels)


def test_exports_have_them_too(path: Path, tmp_path: Path) -> None:
    arguments = ["export", str(path), str(tmp_path / "b.csv"), "-c", "A", "-c", "B-C"]
    arguments += ["--scale", "B=2bar/V", "--scale", "C=2bar/V"]
    done = CliRunner().invoke(picostream, arguments)
    assert done.exit_code == 0, done.output
    table = pandas.read_csv(tmp_path / "b.csv")
    assert list(table) == ["time_s", "A_nA", "B-C_bar"]
    with PicoStreamReader(path) as reader:
        frame = reader.to_pandas()
    assert np.allclose(table["A_nA"], frame["A_nA"], atol=0.1)
    assert np.allclose(table["B-C_bar"], (frame["B_mv"] - frame["C_mv"]) * 2e-3, atol=1e-4)
    with pytest.raises(ConfigurationError, match="counts of channels"):
        export_recording(path, tmp_path / "b.wav", channels=["B-C"])
    export_recording(path, tmp_path / "b.wav", channels=["A"])
    with PicoStreamReader(path, "A") as reader:
        counts = reader.read_counts(0, N)
    assert np.array_equal(np.frombuffer((tmp_path / "b.wav").read_bytes()[44:], "<i2"), counts)


def test_a_procedure_has_a_scale_for_each_channel() -> None:
    from picostream_pymeasure.procedures.capture import StreamingCapture

    procedure = StreamingCapture(scale_a="1 nA/mV", scale_b="")
    assert procedure.channel_config("A").scale == NANOAMPERES
    assert procedure.channel_config("B").scale is None
    with pytest.raises(ConfigurationError, match="Scale A cannot be '1 nA'; use for"):
        StreamingCapture(scale_a="1 nA").channel_config("A")


@pytest.mark.parametrize(
    "scales",
    ["1nA/mV", 5, [], np.arange(3), {5: "1 nA/mV"}, {"A": 5}, {"A": "x"}, {"A": None}],
    ids=repr,
)
def test_what_are_no_scales_leaves_the_reader_as_it_was(tmp_path: Path, scales: Any) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(10))
    with PicoStreamReader(path) as reader:
        reader.use_units({"A": NANOAMPERES})
        before = reader.to_pandas()
        with pytest.raises(ConfigurationError, match=r"[Ss]cale"):
            reader.use_units(scales)
        pandas.testing.assert_frame_equal(reader.to_pandas(), before)
        reader.refresh()
        pandas.testing.assert_frame_equal(reader.to_pandas(), before)


def test_a_scale_of_a_reader_can_be_a_text(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(10))
    with PicoStreamReader(path) as reader:
        reader.use_units({"A": "1nA/mV"})
        assert list(reader.to_pandas()) == ["A_nA"]
    export_recording(path, tmp_path / "a.csv", scales={"A": "1nA/mV"})
    assert "A_nA" in (tmp_path / "a.csv").read_text()
