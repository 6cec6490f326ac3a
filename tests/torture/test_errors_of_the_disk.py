"""Any call to the disk fails in any way: the file is complete, or what is in it is whole and told.

The long form lets every single call of a recording fail, and each kind of call with each error.
"""

from __future__ import annotations

import errno
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.storage import repair, verify

from ..support.disk import Preload, read_log
from ..support.disk.log import CALLS
from .judge import Judge
from .plan import Plan, Settings
from .recorders import MODES
from .server import Server, acknowledged, feeding

NAME = "a.hdf5"
CHUNK = 4096

#: What each call may answer; 0 does half of a write.
ERRNOS = {
    "open": (errno.EACCES, errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.EROFS),
    "write": (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG, errno.EINTR, 0),
    "truncate": (errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT, errno.EINTR),
    "sync": (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EINTR, errno.EINVAL),
    "rename": (errno.EACCES, errno.EIO, errno.ENOSPC, errno.EPERM),
    "link": (errno.EACCES, errno.EPERM, errno.EOPNOTSUPP, errno.EIO),
    "unlink": (errno.EACCES, errno.EIO),
    "close": (errno.EIO, errno.ENOSPC, errno.EDQUOT),
    "lock": (errno.ENOLCK, errno.EOPNOTSUPP, errno.EACCES, errno.EIO, errno.EINTR),
}
SHORT = {
    "plain": Settings(samples=300_000, longest=40_000),  # an index becomes longer
    "live-only": Settings(samples=450_000, is_known=False, live_s=50.0, longest=40_000),
}

#: So few calls meet every error, each of more meets one of them.
FEW = 30


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path, Path]]:
    """A server on a watched disk, its folder, and the log."""
    root = tmp_path_factory.mktemp("disk")
    folder = root / "data"
    folder.mkdir()
    environment = Preload.build(root).environment(folder, root / "log")
    with feeding(environment) as server:
        yield server, folder, root / "log"


def count_calls(disk: tuple[Server, Path, Path], settings: Settings) -> Counter[str]:
    """How often each call is made in a recording that meets no failure."""
    server, folder, log = disk
    clear(folder)
    before = len(read_log(log))
    assert server.run(folder / NAME, settings)[-1] == "closed"
    made = [CALLS[found.kind] for found in read_log(log)[before:] if found.kind in CALLS]
    return Counter(made)


def clear(folder: Path) -> None:
    for found in folder.iterdir():
        found.unlink()


def failures(call: str, count: int, rounds: int | None) -> list[tuple[int, int]]:
    """Which of the calls fail, and how: in the long form all, and with each error some."""
    numbers, errors = chosen(count, rounds), ERRNOS[call]
    if rounds is None and count < FEW:
        return list(itertools.product(numbers, errors))
    return [(number, errors[number % len(errors)]) for number in numbers]


def chosen(count: int, rounds: int | None) -> list[int]:
    """The first, the last and some calls between; all of them in the long form."""
    if rounds is None or count <= rounds:
        return list(range(1, count + 1))
    return sorted({int(number) for number in np.linspace(count // rounds, count, rounds)})


@pytest.mark.parametrize("mode", SHORT)
@pytest.mark.parametrize("call", ERRNOS)
@pytest.mark.parametrize("rounds", [2, pytest.param(None, marks=pytest.mark.long)])
@pytest.mark.timeout(7200)
def test_one_call_fails(
    disk: tuple[Server, Path, Path], mode: str, call: str, rounds: int | None
) -> None:
    settings = SHORT[mode]
    count = count_calls(disk, settings)[call]
    for number, code in failures(call, count, rounds):
        meet(disk, settings, f"{call}:{code}:{number}:1")


@pytest.mark.parametrize("mode", ["plain", pytest.param("live-only", marks=pytest.mark.long)])
@pytest.mark.parametrize("call", ["write", "truncate", "sync"])
@pytest.mark.parametrize("rounds", [1, pytest.param(None, marks=pytest.mark.long)])
@pytest.mark.timeout(7200)
def test_from_some_call_on_all_fail(
    disk: tuple[Server, Path, Path], mode: str, call: str, rounds: int | None
) -> None:
    settings = SHORT[mode]
    count = count_calls(disk, settings)[call]
    for number, code in failures(call, count, rounds):
        if code not in (0, errno.EINTR):
            meet(disk, settings, f"{call}:{code}:{number}:1000000000")


@pytest.mark.parametrize("code", [errno.EACCES, errno.EAGAIN])
@pytest.mark.parametrize("call", ["write", "truncate"])
def test_a_lock_of_another_program_that_goes(
    disk: tuple[Server, Path, Path], call: str, code: int
) -> None:
    server, folder, _ = disk
    clear(folder)
    settings = replace(SHORT["plain"], is_known=False)
    assert server.run(folder / NAME, settings, f"{call}:{code}:5:6")[-1] == "closed"
    judge(folder / NAME, Plan(settings), ["closed"])


def test_a_lock_of_another_program_while_the_end_is_written(
    disk: tuple[Server, Path, Path],
) -> None:
    server, folder, _ = disk
    settings = SHORT["plain"]
    last = count_calls(disk, settings)["write"]
    clear(folder)
    fail = f"write:{errno.EACCES}:{last - 5}:3"
    assert server.run(folder / NAME, settings, fail)[-1] == "closed"
    judge(folder / NAME, Plan(settings), ["closed"])


def test_a_lock_of_another_program_that_stays(disk: tuple[Server, Path, Path]) -> None:
    server, folder, _ = disk
    fail = f"write:{errno.EACCES}:60:1000000000"
    meet(disk, SHORT["plain"], fail)
    clear(folder)
    sentence = server.run(folder / NAME, SHORT["plain"], fail)[-1]
    assert "cannot be written: another program keeps it locked" in sentence


def meet(disk: tuple[Server, Path, Path], settings: Settings, fail: str) -> None:
    """Record with this failure, and judge what is left."""
    server, folder, _ = disk
    clear(folder)
    path = folder / NAME
    said = server.run(path, settings, fail)
    word = said[-1] if said else ""
    assert word == "closed" or word.startswith("failed: "), (fail, said[-30:])
    assert acknowledged(said) < 0 or path.exists(), (fail, said[-1:])
    left = sorted(found.name for found in folder.iterdir())
    assert left in ([], [NAME]), (fail, left)
    if left:
        try:
            judge(path, Plan(settings), said)
        except Exception as error:
            raise AssertionError(f"{fail} {said[-1:]}: {error}") from error


def judge(path: Path, plan: Plan, said: list[str]) -> None:
    """What was acknowledged is there; a file that was closed needs no repair."""
    assert path.stat().st_size > 0, "an empty file is left over"
    with h5py.File(path) as file:
        assert len(file["adc_counts"]) >= 0
    if said[-1] != "closed":
        repair(path)
    report = verify(path)
    assert report.errors == []
    certain = plan.settings.samples if said[-1] == "closed" else acknowledged(said)
    kept = Judge(path, plan).judge(certain // CHUNK * CHUNK)
    # what fails while the file is closed may have come too late to harm
    assert report.exit_code == 3 or kept.stop == plan.settings.samples


def test_all_modes_are_known() -> None:
    assert set(SHORT) <= set(MODES)
