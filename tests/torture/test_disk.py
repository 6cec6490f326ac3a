"""The watched disk: its log replays to the very files, and syncs are what keeps a power cut off."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from ..support.disk import Kind, Operation, Preload, Replay, SparseFile, read_log

PROGRAM = """
import os, sys, h5py, numpy as np
folder = sys.argv[1]
with h5py.File(f"{folder}/a.tmp", "w", libver=("v110", "v110")) as file:
    counts = file.create_dataset("a", (3000,), "<i2", maxshape=(5000,), chunks=(3000,))
    file.flush()
    os.fsync(file.id.get_vfd_handle())
    counts[:] = np.arange(3000)
os.rename(f"{folder}/a.tmp", f"{folder}/a.hdf5")
descriptor = os.open(folder, os.O_RDONLY)
os.fsync(descriptor)
os.close(descriptor)
with open(f"{folder}/b", "wb") as file:
    file.write(b"x" * 10000)
    file.truncate(9000)
"""

NAMELESS = """
import os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_TMPFILE)
os.pwrite(descriptor, b"there at once " * 100, 0)
os.fsync(descriptor)
descriptors = os.open("/proc/self/fd", os.O_RDONLY)
os.link(str(descriptor), f"{sys.argv[1]}/a", src_dir_fd=descriptors, follow_symlinks=True)
folder = os.open(sys.argv[1], os.O_RDONLY)
os.fsync(folder)
"""

KEEPER = """
import os, sys
descriptor = os.open(sys.argv[1] + "/a", os.O_RDWR | os.O_CREAT)
folder = os.open(sys.argv[1], os.O_RDONLY)
os.fsync(folder)
for number in range(1, 40):
    os.pwrite(descriptor, bytes([number]) * 1500, 1500 * (number - 1))
    if number % 10 == 0:
        os.fdatasync(descriptor)
"""


@pytest.fixture(scope="session")
def preload(tmp_path_factory: pytest.TempPathFactory) -> Preload:
    return Preload.build(tmp_path_factory.mktemp("preload"))


def run(preload: Preload, tmp_path: Path, program: str, fail: str = "") -> list[Operation]:
    folder = tmp_path / "data"
    folder.mkdir()
    log = tmp_path / "log"
    subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        env=preload.environment(folder, log, fail),
        check=not fail,
        capture_output=bool(fail),
    )
    return read_log(log)


def test_the_log_replays_to_the_files(preload: Preload, tmp_path: Path) -> None:
    operations = run(preload, tmp_path, PROGRAM)
    assert {operation.kind for operation in operations} >= {
        Kind.CREATE, Kind.WRITE, Kind.RESIZE, Kind.SYNC_BEGIN, Kind.SYNC_END, Kind.RENAME,
        Kind.OPEN, Kind.CLOSE,
    }  # fmt: skip
    replay = Replay(tmp_path / "data", operations)
    assert list(replay.steps())[-1] == len(operations)
    assert sorted(replay.now()) == ["a.hdf5", "b"]
    assert sorted(replay.synced()) == ["a.hdf5"]
    for name, file in replay.now().items():
        file.save(tmp_path / "copy")
        assert (tmp_path / "copy").read_bytes() == (tmp_path / "data" / name).read_bytes()


def test_a_file_that_gets_its_name_when_it_is_whole(preload: Preload, tmp_path: Path) -> None:
    operations = run(preload, tmp_path, NAMELESS)
    replay = Replay(tmp_path / "data", operations)
    seen = set()
    for _ in replay.steps():
        for seed in range(5):
            files = replay.after_power_cut(seed, 512)
            assert all(file.content() == b"there at once " * 100 for file in files.values())
            seen.add(len(files))
    assert seen == {0, 1}
    assert list(replay.synced()) == ["a"]


@pytest.mark.parametrize("piece_bytes", [512, 4096])
def test_only_what_was_synced_survives_for_certain(
    preload: Preload, tmp_path: Path, piece_bytes: int
) -> None:
    operations = run(preload, tmp_path, KEEPER)
    replay = Replay(tmp_path / "data", operations)
    lost = partly = 0
    for position in replay.steps():
        ended = [o for o in operations[:position] if o.kind is Kind.SYNC_END]
        synced_bytes = 15000 * max(len(ended) - 1, 0)
        wanted = b"".join(bytes([number]) * 1500 for number in range(1, 40))
        for seed in range(4 if ended else 0):
            replay.after_power_cut(seed, piece_bytes)["a"].save(tmp_path / "copy")
            content = (tmp_path / "copy").read_bytes()
            assert content[:synced_bytes] == wanted[:synced_bytes]
            rest = content[synced_bytes:]
            assert all(
                found in (0, right)
                for found, right in zip(rest, wanted[synced_bytes:], strict=False)
            )
            lost += not rest.strip(b"\0")
            partly += 0 < rest.count(0) < len(rest)
    assert lost
    assert partly


def test_files_from_before_are_known(preload: Preload, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "a"
    path.write_bytes(b"before" * 2000)
    before = {"a": SparseFile.load(path)}
    program = "import sys; f = open(sys.argv[1], 'r+b'); f.seek(5000); f.write(b'after'); f.close()"
    log = tmp_path / "log"
    environment = preload.environment(tmp_path / "data", log)
    subprocess.run([sys.executable, "-c", program, str(path)], env=environment, check=True)
    replay = Replay(tmp_path / "data", read_log(log), before)
    assert list(replay.steps())
    replay.now()["a"].save(tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == path.read_bytes()
    replay.synced()["a"].save(tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"before" * 2000


@pytest.mark.parametrize("call", ["open", "write", "truncate", "sync", "rename", "close"])
def test_any_call_can_be_made_to_fail(preload: Preload, tmp_path: Path, call: str) -> None:
    operations = run(preload, tmp_path, PROGRAM, fail=f"{call}:{errno.EIO}:1:1")
    failed = [operation for operation in operations if operation.kind is Kind.FAILED]
    assert [(operation.payload, operation.offset) for operation in failed] == [
        (call.encode(), errno.EIO)
    ]
