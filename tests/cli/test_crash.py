"""Killed programs, full disks, vanished files: what was acknowledged is there, and repairable."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import DiskFullError, FileFormatError, StorageError
from picostream_pymeasure.quantities import count
from picostream_pymeasure.simulated import prove
from picostream_pymeasure.storage import Recorder, describe_file, open_recording, repair, verify
from tests.support import storage_stream
from tests.support.command_line import Cli
from tests.support.prepared_program import start
from tests.support.programs import ask, program
from tests.support.storage_stream import Stream, describe, finish, prove_stream

SETTINGS = (
    ("-s", "10"),
    ("-s", "5", "-c", "A", "-c", "B"),
    ("-s", "20", "--hardware-downsample", "4", "--downsample-mode", "aggregate"),
)


@contextlib.contextmanager
def picostream(*arguments: str, scope: str = "variant=5444D") -> Iterator[Any]:
    environment = {**os.environ, "PICOSTREAM_SIMULATED_SCOPE": scope}
    with Path(os.devnull).open("wb") as nothing:
        streams = nothing.fileno(), None
        process = start("--simulate", *arguments, cwd=Path.cwd(), env=environment, streams=streams)
    with process:
        try:
            yield process
        finally:
            process.kill()


def acknowledged(path: Path) -> int:
    """Samples that a look from outside finds whole; -1 while the file is only being made."""
    try:
        with open_recording(path) as recording:
            return recording.stored_samples
    except (FileFormatError, StorageError):
        return -1


def check_and_repair(path: Path, at_least: int) -> None:
    """All of it verifies, before and after its repair, for us and for plain h5py."""
    before = verify(path, prove=prove)
    assert before.errors == []
    assert before.samples >= at_least
    assert before.proven_samples == before.samples, before.proof
    report = repair(path)
    assert report.samples == before.samples
    after = verify(path, prove=prove)
    assert (after.exit_code, after.errors) == (3, [])
    assert after.proven_samples == after.samples == before.samples
    with h5py.File(path) as file:
        assert file.attrs["total_samples"] == before.samples
    assert not repair(path).repaired


@pytest.mark.parametrize("rounds", [8, pytest.param(100, marks=pytest.mark.long)])
@pytest.mark.timeout(1200)
def test_kill_at_any_moment(tmp_path: Path, rounds: int) -> None:
    rng = np.random.default_rng(rounds)
    for number in range(rounds):
        path = tmp_path / f"{number}.hdf5"
        wanted = int(rng.integers(0, 3_000_000))
        with picostream(*SETTINGS[number % len(SETTINGS)], "-o", str(path)) as process:
            seen = -1
            while seen < wanted:
                assert process.poll() is None
                seen = max(seen, acknowledged(path))
            process.send_signal(signal.SIGKILL)
        check_and_repair(path, seen)
        path.unlink()


def test_kill_after_an_overrun(tmp_path: Path, tell: Callable[..., None]) -> None:
    path = tmp_path / "killed.hdf5"
    scope = "overrun_at=2000000:3000000,fifo_s=10"
    with picostream("-s", "5", "-o", str(path), scope=scope) as process:
        seen = -1
        while seen <= 2_000_000:  # the first samples behind the gap
            assert process.poll() is None
            seen = acknowledged(path)
        process.send_signal(signal.SIGKILL)
    with open_recording(path) as recording:
        (gap,) = recording.gaps
        assert gap["earliest"] <= 2_000_000 <= gap["latest"] or gap["estimated_missing"] < 0
    check_and_repair(path, seen)
    said = f"a gap in {gap['earliest']} … {gap['latest']}, all samples proven"
    tell("killed right behind an overrun", said, "a loss at 2000000")


@pytest.mark.parametrize("rounds", [6, pytest.param(200, marks=pytest.mark.long)])
@pytest.mark.timeout(600)
def test_kill_while_the_file_is_closed(tmp_path: Path, rounds: int) -> None:
    rng = np.random.default_rng(rounds)
    path = tmp_path / "a.hdf5"
    for _ in range(rounds):
        path.unlink(missing_ok=True)
        with program(storage_stream.__file__, path, "AB") as writer:
            for _ in range(20):
                samples = int(ask(writer))
            writer.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                writer.wait(rng.uniform(0, 0.02))
        repair(path)
        report = verify(path, prove=prove_stream)
        assert (report.errors, report.proven_samples) == ([], samples)
        assert report.exit_code in (0, 3)
        with h5py.File(path) as file:
            assert file.attrs["status"] in (b"complete", b"incomplete")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(small_disk: Path) -> None:
    path = small_disk / "a.hdf5"
    recorder = Recorder(path, reserve_bytes=0)
    stream = Stream(recorder, describe("AB"))
    with pytest.raises(DiskFullError, match="no room"):
        write_for_ever(stream)
    with contextlib.suppress(DiskFullError):  # where not even the end has room
        finish(recorder, ended_by="disk")
    subprocess.run(["mount", "-o", "remount,size=80m", str(small_disk)], check=True)
    is_closed = describe_file(path)["status"] != "recording"
    if not is_closed:
        repair(path)
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.errors) == (3, [])
    assert report.proven_samples == report.samples > 0
    assert not is_closed or recorder.told_samples == report.samples


def test_the_summary_counts_what_is_in_the_file(cli: Cli, small_disk: Path) -> None:
    path = small_disk / "a.hdf5"
    code, text = cli.run("--simulate", "-s", "5", "--reserve", "0", "-o", str(path))
    assert code in (1, 3), text
    assert f"Samples: {count(verify(path).samples)} per channel, " in text


@pytest.mark.parametrize("way", [(), ("-c", "D:2V", "--keep", "D:falling:5sigma")])
def test_a_disk_without_room_leaves_what_was_to_be_replaced(
    cli: Cli, small_disk: Path, way: tuple[str, ...]
) -> None:
    path = small_disk / "a.hdf5"
    path.write_text("precious")
    code, text = cli.run(
        "--simulate", "-s", "1", "--duration", "1", *way, "-o", f"{path}", "--force"
    )
    assert (code, path.read_text()) == (1, "precious"), text
    assert list(small_disk.iterdir()) == [path]


def write_for_ever(stream: Stream) -> None:
    while True:
        stream.write()
