"""What ``picostream export`` runs, as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.patience import PATIENCE_S
from tests.support.reader_files import noise, write_recording

_PROGRAM = """
import sys
from pathlib import Path
from picostream_pymeasure.cli.export import export_file
source, target, *names = sys.argv[1:]
sys.exit(export_file(Path(source), Path(target), tuple(names)))
"""


def start(*arguments: Any, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _PROGRAM, *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def test_it_says_what_it_wrote(tmp_path: Path) -> None:
    source = write_recording(tmp_path / "a.hdf5", {"A": noise(1000), "B": noise(1000)})
    target = tmp_path / "out.csv"
    process = start(source, target, "B")
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (0, "")
    size = f"{target.stat().st_size / 1e3:.2f} kB"
    assert output.strip().endswith(f"out.csv: 1000 rows from 0 to 1.5984e-05 s, {size}")
    assert target.read_text().startswith("time_s,B_mv\n")


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)]
)
def test_an_interrupt_leaves_no_file(tmp_path: Path, number: signal.Signals) -> None:
    source = write_recording(tmp_path / "a.hdf5", noise(30_000_000), chunk=1_000_000)
    process = start(source, tmp_path / "out.csv")
    while not list(tmp_path.glob(".out.csv*")):
        assert process.poll() is None
    process.send_signal(number)
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (1, "")
    assert "Interrupted; no file was written." in output
    assert [item.name for item in tmp_path.iterdir()] == ["a.hdf5"]
