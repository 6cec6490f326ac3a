"""The disk runs full, or the file meets a limit: what was acknowledged is kept, and it is told."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import h5py
import hdf5plugin  # noqa: F401  for what was compressed while it was recorded
import pytest

from picostream_pymeasure.storage import repair, verify

from .judge import Judge
from .plan import Plan, Settings
from .recorders import MODES, ROOT, modes
from .server import acknowledged

NAME = "a.hdf5"
CHUNK = 4096

#: Each needs more than the disks and limits below.
SETTINGS = {
    name: replace(MODES[name], samples=2_000_000)
    for name in ("plain", "of unknown length", "compressed", "live-only")
}


@contextlib.contextmanager
def mounted(folder: Path, *command: str) -> Iterator[Path]:
    """A small disk; the test is skipped where mounting is not allowed."""
    folder.mkdir()
    mount = ["mount", *command, str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def feed(path: Path, settings: Settings, limit_kib: int | None = None) -> list[str]:
    """What a recording said; with a limit for the size of its files."""
    command = [sys.executable, "-m", f"{__package__}.feeder", str(path), settings.dumps()]
    limit = f"ulimit -f {limit_kib}; " if limit_kib else ""
    done = subprocess.run(
        ["bash", "-c", f'{limit}exec "$@"', "feeder", *command, "--at-once"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def judge(path: Path, settings: Settings, said: list[str]) -> None:
    """It told of the disk, left nothing else, and kept what it had acknowledged."""
    assert said[-1].startswith("failed: "), said[-1]
    assert [found.name for found in path.parent.iterdir()] in ([], [NAME])
    if not path.exists():
        assert acknowledged(said) < 0
        return
    with h5py.File(path) as file:
        assert file["adc_counts"][()].size == file["adc_counts"].size
        # of compressed ones a chunk that is not full waits in memory
        chunk = file["adc_counts"].chunks[0] if settings.compress else CHUNK
    repair(path)
    report = verify(path)
    assert (report.exit_code, report.errors) == (3, [])
    Judge(path, Plan(settings)).judge(max(acknowledged(said), 0) // chunk * chunk)


@pytest.mark.parametrize("mode", modes("of unknown length", of=SETTINGS))
@pytest.mark.parametrize("size_kib", [512, 1500])
def test_a_disk_without_room(tmp_path: Path, mode: str, size_kib: int) -> None:
    disk = mounted(tmp_path / "disk", "-t", "tmpfs", "-o", f"size={size_kib}k", "tmpfs")
    with disk as folder:
        said = feed(folder / NAME, SETTINGS[mode])
        subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)
        judge(folder / NAME, SETTINGS[mode], said)


@pytest.mark.parametrize("mode", modes("of unknown length", of=SETTINGS))
@pytest.mark.parametrize("limit_kib", [256, 1024])
def test_a_limit_for_files(tmp_path: Path, mode: str, limit_kib: int) -> None:
    said = feed(tmp_path / NAME, SETTINGS[mode], limit_kib)
    judge(tmp_path / NAME, SETTINGS[mode], said)


@pytest.mark.parametrize("kind", ["vfat", "ext4"])
def test_a_small_disk_of_blocks(tmp_path: Path, kind: str) -> None:
    """A loop device: other answers than those of a disk in memory, and on FAT no holes."""
    if shutil.which(f"mkfs.{kind}") is None:
        pytest.skip(f"install mkfs.{kind}")
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(8 << 20)
    subprocess.run([f"mkfs.{kind}", str(image)], check=True, capture_output=True)
    settings = replace(SETTINGS["of unknown length"], samples=6_000_000)
    with mounted(tmp_path / "disk", "-o", "loop", str(image)) as folder:
        shutil.rmtree(folder / "lost+found", ignore_errors=True)
        said = feed(folder / NAME, settings)
        content = (folder / NAME).read_bytes()
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / NAME).write_bytes(content)
    judge(tmp_path / "copy" / NAME, settings, said)
