"""Attributes of any type and value: one sentence, or what can be said without them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import PicoStreamError
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.reader import export_recording as export
from picostream_pymeasure.storage import describe_file, repair, verify
from tests.support.command_line import Cli
from tests.support.crashed_files import is_damaged
from tests.support.reader_files import noise, write_picostream, write_recording
from tests.support.storage_stream import recording

MISSING = object()

VALUES: dict[str, Any] = {
    "ndarray": np.arange(6.0).reshape(2, 3),
    "bytes": np.bytes_(b"\xff bytes"),
    "complex": 1 + 2j,
    "reference": "reference",
    "empty": h5py.Empty("f8"),
    "NaN": float("nan"),
    "infinite": float("inf"),
    "huge": 1e300,
    "negative": -1,
    "text": "sixteen",
    "truth": True,
    "structure": np.array((1, 2.0), [("a", "i4"), ("b", "f8")]),
    "texts": ["a", "b"],
    "missing": MISSING,
}

ROOT = (
    "format_version",
    "features",
    "channels",
    "sample_interval_ns",
    "voltage_range_v",
    "max_adc",
    "analog_offset_v",
    "downsample_mode",
    "hardware_downsample_ratio",
    "resolution",
    "resolution_bits",
    "status",
    "ended_by",
    "reason",
    "total_samples",
    "lost_samples",
    "first_sample",
    "trigger_sample",
    "first_stream_sample",
    "start_time",
    "simulated",
    "simulation",
    "metadata",
    "trigger",
    "live_only_s",
    "unit_serial",
    "software_version",
)
CHANNEL = ("kind", "voltage_range_v", "analog_offset_v", "coupling", "bandwidth")

ACTIONS: dict[str, Callable[[Path], object]] = {
    "info": describe_file,
    "info --json": lambda path: json.dumps(describe_file(path), allow_nan=False),
    "verify": lambda path: json.dumps(verify(path).to_dict(), allow_nan=False),
    "repair": repair,
    "export": lambda path: export(path, path.with_suffix(".csv"), force=True),
    "to_pandas": lambda path: _to_pandas(path),
}


def _to_pandas(path: Path) -> object:
    with PicoStreamReader(path) as reader:
        return reader.to_pandas(0, 10)


def set_attribute(file: Any, place: str, name: str, value: Any) -> None:
    attributes = file[place].attrs
    if name in attributes:
        del attributes[name]
    if isinstance(value, str) and value == "reference":
        attributes[name] = file["adc_counts"].ref
    elif value is not MISSING:
        attributes[name] = value


def use(path: Path) -> list[str]:
    """Do all that can be done; what was not told in one sentence."""
    wrong = []
    for name, action in ACTIONS.items():
        try:
            action(path)
        except PicoStreamError as error:
            if "\n" in str(error) or "Traceback" in str(error):
                wrong.append(f"{name}: {error}")
        except Exception as error:  # noqa: BLE001 - that is what must not happen
            wrong.append(f"{name}: {type(error).__name__}: {error}")
    return wrong


#: Where an attribute may stand, every one of ours.
PLACES = [("/", name) for name in ROOT] + [("channels/A", name) for name in CHANNEL]


@pytest.mark.parametrize("kind", VALUES)
def test_attributes_of_our_files(tmp_path: Path, kind: str, pytestconfig: pytest.Config) -> None:
    whole = write_recording(tmp_path / "whole.hdf5", noise(100), gaps=[(50, 1)]).read_bytes()
    path = tmp_path / "a.hdf5"
    # the short form takes an eighth of the places for each kind, another one each time
    every = (
        slice(None)
        if pytestconfig.getoption("--long")
        else slice(list(VALUES).index(kind) % 8, None, 8)
    )
    wrong = {}
    for place, name in PLACES[every]:
        path.write_bytes(whole)
        with h5py.File(path, "r+") as file:
            set_attribute(file, place, name, VALUES[kind])
        if found := use(path):
            wrong[place, name] = found
        if is_damaged_for_info(path) != is_damaged_beside_its_picture(path):
            wrong[place, name] = ["info and verify do not agree"]
    assert wrong == {}


def is_damaged_beside_its_picture(path: Path) -> bool:
    """Verification alone reads the picture, and may find that it is of other settings."""
    try:
        errors = verify(path).errors
    except PicoStreamError:
        return True
    return any(not error.startswith("entry/envelope/") for error in errors)


def is_damaged_for_info(path: Path) -> bool:
    try:
        return bool(describe_file(path)["damage"])
    except PicoStreamError:
        return True


@pytest.mark.parametrize(
    ("place", "name", "value"),
    [
        ("/", "metadata", "{"),
        ("/", "trigger", "["),
        ("/", "simulation", "}"),
        ("/", "voltage_range_v", [1, 2]),
        ("channels/A", "voltage_range_v", 0.0),
        ("channels/A", "analog_offset_v", "none"),
        ("/", "max_adc", 0),
        ("/", "total_samples", -5),
        ("/", "lost_samples", -5),
        ("/", "start_time", np.bytes_(b"\xff\xfe")),
        ("/", "resolution_bits", float("inf")),
        ("/", "ended_by", "somehow"),
        ("/", "capture_samples", -1),
    ],
)
def test_what_cannot_be_is_damage_for_info_and_verify(
    cli: Cli, tmp_path: Path, place: str, name: str, value: Any
) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100))
    assert not is_damaged_for_info(path)
    assert not is_damaged(path)
    with h5py.File(path, "r+") as file:
        set_attribute(file, place, name, value)
    for command in ("info", "verify"):
        code, text = cli.run(command, path.name)
        assert code == 1
        assert name.removesuffix("_samples") in text.replace("claims -5 samples", "total")


@pytest.mark.parametrize("kind", VALUES)
def test_attributes_of_picostreams_files(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.hdf5"
    wrong = {}
    for name in ("sample_interval_ns", "voltage_range_v", "max_adc", "downsample_mode", "format"):
        write_picostream(path, noise(100))
        with h5py.File(path, "r+") as file:
            set_attribute(file, "/", name, VALUES[kind])
        if found := use(path):
            wrong[name] = found
    assert wrong == {}


def test_a_missing_full_scale_of_picostreams_files_is_the_drivers(tmp_path: Path) -> None:
    for resolution, max_adc in (("PS5000A_DR_8BIT", 32512), ("PS5000A_DR_14BIT", 32767)):
        path = write_picostream(tmp_path / "a.hdf5", noise(10), resolution=resolution)
        with h5py.File(path, "r+") as file:
            del file.attrs["max_adc"]
        with PicoStreamReader(path) as reader:
            assert reader.max_adc_val == max_adc


@pytest.mark.parametrize("command", [["info"], ["info", "--json"], ["verify"], ["repair"]])
def test_the_command_says_one_sentence(cli: Cli, tmp_path: Path, command: list[str]) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100))
    with h5py.File(path, "r+") as file:
        file.attrs["sample_interval_ns"] = 1 + 2j
    code, text = cli.run(command[0], path.name, *command[1:])  # which refuses a traceback
    assert code == 1
    assert "sample_interval_ns" in text


def test_names_that_are_no_text_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path):
        pass
    with h5py.File(path, "r+") as file:
        space = h5py.h5s.create(h5py.h5s.SCALAR)
        h5py.h5a.create(file.id, b"unit_\xff", h5py.h5t.STD_I16LE, space)
        h5py.h5g.create(file["channels"].id, b"\xff")
    assert json.dumps(describe_file(path))
    verify(path)
    with PicoStreamReader(path) as reader:
        assert reader.channels == ("A",)


#: What other programs read is stated at several places; each is changed alone.
DISAGREEING = [
    ("/", "voltage_range_v", 5.0),
    ("/", "analog_offset_v", 1.0),
    ("/", "resolution", "PS5000A_DR_14BIT"),
    ("/", "resolution_bits", 14),
    ("/", "aggregate_format", "interleaved_min_max"),
    ("channels/A", "voltage_range_v", 5.0),
    ("channels/A", "analog_offset_v", 1.0),
    ("adc_counts", "volts_per_count", 1.0),
    ("adc_counts", "offset_v", 1.0),
    ("adc_counts", "interval_s", 1.0),
    ("channels/A/overview/b256", "volts_per_count", 1.0),
    ("channels/A/overview/b256", "interval_s", 1.0),
    ("channels/A/overview/b256", "samples_per_bin", 255),
    ("channels/B/adc_counts", "volts_per_count", MISSING),
]


@pytest.mark.parametrize(("place", "name", "value"), DISAGREEING)
def test_what_is_stated_in_two_ways_is_told(
    tmp_path: Path, place: str, name: str, value: object
) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "AB") as stream:
        stream.write()
    assert verify(path).errors == []
    with h5py.File(path, "r+") as file:
        if value is MISSING:
            del file[place].attrs[name]
        else:
            file[place].attrs[name] = value
    stem = name.removesuffix("_bits")  # the resolution is stated in words, and in bits
    for errors in (verify(path).errors, describe_file(path)["damage"]):
        assert any(stem in error for error in errors), errors


def test_what_ended_otherwise_is_not_complete(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "A") as stream:
        stream.write()
    with h5py.File(path, "r+") as file:
        file.attrs["ended_by"] = np.bytes_(b"crash")
    assert "The file is called complete, and was ended by 'crash'." in verify(path).errors
