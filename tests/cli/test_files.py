"""What the command line does with files: live-only, repaired, exported."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.support.command_line import Cli
from tests.support.patience import PATIENCE_S
from tests.support.procedures_runs import wait_until


def test_live_only_file_keeps_the_newest_seconds(cli: Cli) -> None:
    code, text = cli.record("-s", "5", "--duration", "1.5", "--max-buff-sec", "0.5")
    assert code == 0, text
    with h5py.File(cli.folder / "data.hdf5") as file:
        interval_s = file.attrs["sample_interval_ns"] * 1e-9
        kept_s = len(file["adc_counts"]) * interval_s
        assert 0.5 <= kept_s < 0.8
        assert file.attrs["total_samples"] * interval_s == pytest.approx(1.5, abs=0.01)


def test_compressed_file(cli: Cli) -> None:
    code, text = cli.record("-s", "5", "--duration", "0.5", "--compress")
    assert code == 0, text
    with h5py.File(cli.folder / "data.hdf5") as file:
        stored = file["adc_counts"]
        assert stored.id.get_storage_size() < 0.8 * stored.nbytes
    code, text = cli.record("-s", "5", "--compress", "--max-buff-sec", "1", "--force")
    assert code == 2
    assert "keeps the whole stream" in text


@pytest.mark.parametrize(
    ("reserve", "code", "sentence"), [("1e9", 1, "must stay free"), ("1e30", 2, "0 to 1e+12 MB")]
)
def test_reserve_that_is_not_there_keeps_it_from_starting(
    cli: Cli, reserve: str, code: int, sentence: str
) -> None:
    found, text = cli.record("--samples", "1000", "--reserve", reserve)
    assert found == code
    assert sentence in text
    assert cli.files == []


def recorded_samples(path: Path) -> int:
    if not path.exists():
        return 0
    with h5py.File(path) as file:
        return len(file["adc_counts"])


def test_killed_recording_is_repaired(cli: Cli) -> None:
    process = cli.start("--simulate", "-s", "5", "-o", "data.hdf5")
    path = cli.folder / "data.hdf5"
    while recorded_samples(path) < 1_000_000:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert cli.verify()["errors"] == []
    code, text = cli.run("repair", "data.hdf5")
    assert code == 3, text
    with h5py.File(path) as file:
        assert file.attrs["status"] == b"incomplete"
        assert len(file["adc_counts"]) >= 1_000_000
    assert cli.verify()["proven_samples"] == cli.verify()["samples"]


def test_export_writes_what_the_reader_reads(cli: Cli) -> None:
    cli.record("-s", "1", "--samples", "10000", "-c", "A:2V")
    code, text = cli.run("export", "data.hdf5", "part.npy", "--from", "0.001", "--to", "0.002")
    assert code == 0, text
    assert len(np.load(cli.folder / "part.npy")) > 900
    code, text = cli.run("export", "data.hdf5", "part.npy")
    assert code == 2
    assert "part.npy" in text


def test_repaired_recording_draws_itself(cli: Cli) -> None:
    process = cli.start("--simulate", "-s", "5", "-o", "data.hdf5")
    path = cli.folder / "data.hdf5"
    while recorded_samples(path) < 1_000_000:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    cli.run("repair", "data.hdf5")
    with h5py.File(path) as file:
        entry = file[file.attrs["default"]]
        plot = entry[entry.attrs["default"]]
        assert len(plot[plot.attrs["signal"]]) > 100


@pytest.mark.parametrize("arguments", [["view", "--wait", "data.hdf5"], ["gui"]])
def test_windows_without_qt_say_what_to_install(arguments: list[str]) -> None:
    code = (
        "import sys; sys.modules['PyQt5.QtGui'] = None; "
        f"sys.argv = ['picostream', *{arguments}]; "
        "from picostream_pymeasure.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The windows cannot be shown")
    assert "Traceback" not in done.stderr


def test_what_took_the_name_of_a_recording_is_left_alone(cli: Cli) -> None:
    process = cli.start("--simulate", "-s", "1", "--duration", "600", "-o", "data.hdf5")
    path, other = cli.folder / "data.hdf5", cli.folder / "other.hdf5"
    wait_until(path.exists)
    other.write_text("of somebody else")
    other.replace(path)
    text, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "was replaced while it was recorded; the recording was removed" in " ".join(text.split())
    assert "no HDF5 file" not in text
    assert path.read_text() == "of somebody else"
