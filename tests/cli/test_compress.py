"""``picostream compress`` with recordings of all kinds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure import PicoStreamReader
from tests.support.command_line import Cli, Command
from tests.support.patience import PATIENCE_S
from tests.support.reader_files import noise, write_recording
from tests.support.same_content import assert_same_content

RECORD = ("--simulate", "-o", "a.hdf5")
_LIMITED = """
import resource
from picostream_pymeasure.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
main()
"""

STREAM = (*RECORD, "-s", "5", "--samples", "1000003")


@pytest.mark.parametrize(
    ("arguments", "scope", "code"),
    [
        ((*STREAM, "-b", "12", "-c", "A", "-c", "B"), "", 0),
        ((*STREAM, "-b", "8"), "", 0),
        ((*STREAM, "-h", "8", "-m", "aggregate"), "", 0),
        ((*STREAM, "-c", "A", "-c", "PORT0"), "variant=5444DMSO", 0),
        (STREAM, "overrun_at=500000:2000", 3),
        (("capture", *RECORD, "-n", "5", "--samples", "1000"), "", 0),
        ((*STREAM, "--keep", "A:rising:0.5V"), "", 0),
    ],
    ids=["int16", "int8", "aggregate", "port", "gap", "captures", "kept events"],
)
def test_copy_is_the_recording(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], scope: str, code: int
) -> None:
    found, text = command(*arguments, scope=f"{scope},paced=no".lstrip(","))
    assert found == code, text
    found, text = command("compress", "a.hdf5")
    assert found == 0, text
    assert "a.hdf5 is as it was" in text
    copy = tmp_path / "a.compressed.hdf5"
    assert copy.stat().st_size < (tmp_path / "a.hdf5").stat().st_size
    assert_same_content(tmp_path / "a.hdf5", copy)
    found, text = command("verify", copy.name)
    assert found == code, text
    told = [json.loads(command("info", name, "--json")[1]) for name in ("a.hdf5", copy.name)]
    assert [one.pop("compressed") for one in told] == [False, True]
    for one in told:
        del one["path"], one["file_bytes"]
    assert told[0] == told[1]
    with PicoStreamReader(tmp_path / "a.hdf5") as first, PicoStreamReader(copy) as second:
        for part in ((0, None), (700, 5000)):
            blocks = [
                reader.get_block(part[1] or reader.num_samples, part[0])
                for reader in (first, second)
            ]
            for one, other in zip(*blocks, strict=True):
                np.testing.assert_array_equal(one, other)


def test_existing_file_is_refused(command: Command, tmp_path: Path) -> None:
    write_recording(tmp_path / "a.hdf5", noise(5000))
    (tmp_path / "b.hdf5").touch()
    code, text = command("compress", "a.hdf5", "-o", "b.hdf5")
    assert (code, (tmp_path / "b.hdf5").stat().st_size) == (2, 0)
    assert "b.hdf5 exists" in text
    assert command("compress", "a.hdf5", "-o", "b.hdf5", "--force")[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)]
)
def test_an_interrupt_leaves_no_file(cli: Cli, number: signal.Signals) -> None:
    write_recording(cli.folder / "a.hdf5", noise(50_000_000), chunk=500_000)
    process = cli.start("compress", "a.hdf5")
    while not list(cli.folder.glob(".a.compressed*")):
        assert process.poll() is None
    process.send_signal(number)
    text, _ = process.communicate()
    assert process.returncode == 1, text
    assert "Interrupted; no file was written." in text
    assert [path.name for path in cli.folder.iterdir()] == ["a.hdf5"]


@pytest.mark.skipif(os.name == "nt", reason="there is no such limit there")
def test_a_limit_of_the_file_size_leaves_no_file(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(3_000_000))
    command = [sys.executable, "-c", _LIMITED, "compress", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert ended.returncode == 1, ended.stderr
    assert "There is no room for" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == [path]
    with h5py.File(path) as file:
        assert len(file["adc_counts"]) == 3_000_000
