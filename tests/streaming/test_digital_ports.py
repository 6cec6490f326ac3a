"""Digital ports of an MSO from the simulated scope to the file and out of it again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.config import (
    ChannelConfig,
    DigitalPortConfig,
    DownsampleMode,
    StreamConfig,
)
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.reader import export_recording as export
from picostream_pymeasure.records import Outcome
from picostream_pymeasure.simulated import Fault
from picostream_pymeasure.simulated.kernels.signal import expected_values
from picostream_pymeasure.storage import Recorder, describe_file
from picostream_pymeasure.streaming.session import StreamSession
from picostream_pymeasure.verification import verify
from tests.support.command_line import Cli
from tests.support.patience import PATIENCE_S

Load = Callable[..., Any]

SAMPLES = 300_001
PORTS = (DigitalPortConfig("PORT0"), DigitalPortConfig("PORT1", 2.5))


def record(library: Any, sink: Recorder, **settings: Any) -> Outcome:
    config: dict[str, Any] = {
        "channels": (ChannelConfig("A", 5.0),),
        "digital_ports": PORTS,
        "sample_rate_hz": 4e6,
        "samples": SAMPLES,
    }
    with Unit.open(library) as unit:
        session = StreamSession(unit, StreamConfig(**{**config, **settings}), sink)
        session.start()
        return session.wait(PATIENCE_S)


@pytest.fixture
def recorded(simulated: Load, tmp_path: Path) -> tuple[Path, Outcome]:
    path = tmp_path / "ports.hdf5"
    return path, record(simulated(variant="5444DMSO"), Recorder(path))


def pattern(outcome: Outcome, port: str, count: int = SAMPLES) -> Any:
    assert outcome.simulation is not None
    return expected_values(outcome.simulation, port, 0, count)


@pytest.mark.parametrize(
    ("mode", "ratio"),
    [(DownsampleMode.NONE, 1), (DownsampleMode.AGGREGATE, 5), (DownsampleMode.DECIMATE, 3)],
)
@pytest.mark.parametrize("channels", ["C", "ABCD"])
def test_every_row_arrives_and_is_proven(
    simulated: Load, tmp_path: Path, mode: DownsampleMode, ratio: int, channels: str
) -> None:
    path = tmp_path / "ports.hdf5"
    settings: dict[str, Any] = {"downsample_mode": mode, "downsample_ratio": ratio}
    outcome = record(
        simulated(variant="5444DMSO"),
        Recorder(path),
        channels=tuple(ChannelConfig(name, 5.0) for name in channels),
        samples=SAMPLES // ratio,
        **settings,
    )
    assert outcome.complete
    report = verify(path)
    assert not report.errors
    assert report.proven_samples == report.samples == SAMPLES // ratio
    with PicoStreamReader(path, "PORT1") as reader:
        assert reader.channels == (*channels, "PORT0", "PORT1")
        expected = pattern(outcome, "PORT1", reader.num_samples)
        np.testing.assert_array_equal(reader[:].ravel(), expected)
        assert expected.min() == 0
        assert expected.max() == 255


def test_a_changed_sample_of_a_port_is_found(recorded: tuple[Path, Outcome]) -> None:
    path, _ = recorded
    with h5py.File(path, "r+") as file:
        file["channels/PORT0/adc_counts"][1234] ^= 1
    report = verify(path)
    assert any("Channel PORT0" in error for error in report.errors)


def test_over_range_is_the_channels_alone(simulated: Load, tmp_path: Path) -> None:
    path = tmp_path / "ports.hdf5"
    fault = Fault("over_range", at_sample=1000, samples=10, channel="C")
    outcome = record(
        simulated(variant="5444DMSO", faults=(fault,)),
        Recorder(path),
        channels=(ChannelConfig("A", 5.0), ChannelConfig("C", 5.0)),
    )
    assert outcome.health.over_range == {"A": 0, "C": 1}
    assert describe_file(path)["over_range"] == {"A": 0, "C": 1}


# -- the file


def test_file_says_what_a_row_is(recorded: tuple[Path, Outcome]) -> None:
    path, _ = recorded
    with h5py.File(path) as file:
        assert file.attrs["channels"].tolist() == ["A", "PORT0", "PORT1"]
        assert dict(file["channels/PORT1"].attrs) == {
            "kind": "digital",
            "logic_level_v": 2.5,
            "voltage_range_v": 32.767,
            "analog_offset_v": 0.0,
        }
        assert file["channels/A"].attrs["kind"] == "analogue"
        assert file["adc_counts"] == file["channels/A/adc_counts"]
    kinds = {row["name"]: row["kind"] for row in describe_file(path)["channels"]}
    assert kinds == {"A": "analogue", "PORT0": "digital", "PORT1": "digital"}


def test_default_plot_has_volts_only(recorded: tuple[Path, Outcome]) -> None:
    path, _ = recorded
    with h5py.File(path) as file:
        envelope = file["entry/envelope"]
        assert set(envelope) == {"time", "A_min", "A_max"}
        assert len(envelope["A_min"]) > 1000


def test_files_without_a_kind_are_analogue(recorded: tuple[Path, Outcome]) -> None:
    path, _ = recorded
    with h5py.File(path, "r+") as file:
        del file["channels/A"].attrs["kind"]
    with PicoStreamReader(path) as reader:
        assert reader.to_pandas(0, 10).columns.tolist() == ["A_mv", "PORT0", "PORT1"]


# -- reading


def test_pictures_of_a_port(recorded: tuple[Path, Outcome]) -> None:
    path, outcome = recorded
    with PicoStreamReader(path, "PORT0") as reader:
        picture = reader.window(reader.begin_s, reader.end_s, 100)
        expected = pattern(outcome, "PORT0")
        assert picture[0, 0] == expected[0]
        assert picture[-1, 3] == expected[-1]
        assert (picture[:, 1] == 0).all()
        assert (picture[:, 2] == 255).all()


def test_live_only_keeps_the_newest_of_every_row(simulated: Load, tmp_path: Path) -> None:
    path = tmp_path / "live.hdf5"
    outcome = record(
        simulated(variant="5444DMSO"), Recorder(path, live_only_s=0.01), samples=2_000_000
    )
    with PicoStreamReader(path, "PORT1") as reader:
        first = reader.first_sample
        assert first > 0
        stored = reader[:]
        assert len(stored) < 1_000_000
    assert outcome.simulation is not None
    expected = expected_values(outcome.simulation, "PORT1", first, len(stored))
    np.testing.assert_array_equal(stored, expected)


def test_exports_hold_the_number_of_the_port(
    recorded: tuple[Path, Outcome], tmp_path: Path
) -> None:
    path, outcome = recorded
    expected = pattern(outcome, "PORT0", 1000)
    with PicoStreamReader(path) as reader:
        to_s = 999.5e-9 * reader.sample_interval_ns

    export(path, tmp_path / "data.csv", channels=["A", "PORT0"], to_s=to_s)
    header, *rows = (tmp_path / "data.csv").read_text().splitlines()
    assert header == "time_s,A_mv,PORT0"
    assert [row.split(",")[2] for row in rows] == [str(number) for number in expected]

    export(path, tmp_path / "data.npy", to_s=to_s)
    table = np.load(tmp_path / "data.npy")
    assert table.dtype.names == ("time_s", "A_mv", "PORT0", "PORT1")
    np.testing.assert_array_equal(table["PORT0"], expected)

    export(path, tmp_path / "data.wav", channels=["PORT0"], to_s=to_s)
    np.testing.assert_array_equal(np.fromfile(tmp_path / "data.wav", "<i2", offset=44), expected)

    arrow = pytest.importorskip("pyarrow.parquet")
    export(path, tmp_path / "data.parquet", to_s=to_s)
    # of a path Arrow's threads may close the file after the table is there
    columns = arrow.read_table(io.BytesIO((tmp_path / "data.parquet").read_bytes()))
    assert columns.column_names == ["time_s", "A_mv", "PORT0", "PORT1"]
    np.testing.assert_array_equal(columns["PORT0"].to_numpy(), expected)


def test_means_of_a_port_keep_their_decimals(
    recorded: tuple[Path, Outcome], tmp_path: Path
) -> None:
    path, outcome = recorded
    export(path, tmp_path / "data.csv", channels=["PORT0"], decimation_factor=2, to_s=2e-5)
    first = (tmp_path / "data.csv").read_text().splitlines()[1]
    assert float(first.split(",")[1]) == pattern(outcome, "PORT0", 2).mean()


def test_ports_in_a_data_set_have_no_unit(recorded: tuple[Path, Outcome]) -> None:
    pytest.importorskip("xarray")
    path, _ = recorded
    with PicoStreamReader(path) as reader:
        data = reader.to_xarray(0, 10)
    assert {name: data[name].attrs["units"] for name in data} == {
        "A": "mV",
        "PORT0": "1",
        "PORT1": "1",
    }


# -- the command line


def test_command_line_records_ports(cli: Cli) -> None:
    arguments = ("-s", "1", "--samples", "10000", "-c", "A:2V", "-c", "port1:1.2V")
    code, text = cli.record(*arguments, scope="variant=5444DMSO")
    assert code == 0
    assert "A, PORT1" in text
    report = cli.verify()
    assert report["proven_samples"] == report["samples"] == 10_000
    _, text = cli.run("info", "data.hdf5", "--json")
    port = json.loads(text)["channels"][1]
    assert (port["name"], port["logic_level_v"]) == ("PORT1", 1.2)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-c", "A", "-c", "PORT0"], "The 5444D has no digital port PORT0"),
        (["-c", "PORT0"], "At least one channel (A to D)"),
        (["-c", "A", "-c", "PORT2"], "use PORT0 or PORT1"),
        (["-c", "A", "-c", "PORT0:1V:2V"], "write PORT0 or PORT0:LEVEL"),
        (["-c", "A", "-c", "PORT0:6V"], "-5 V to 5 V"),
        (["-c", "A", "-c", "PORT0", "--hardware-downsample", "4"], "aggregate or decimate"),
    ],
)
def test_impossible_ports_get_one_sentence(cli: Cli, arguments: list[str], says: str) -> None:
    code, text = cli.record(*arguments, "--samples", "1000")
    assert code == 2
    assert says in text
    assert cli.files == []
