"""Any call to the disk fails in any way: the file is complete, or what is in it is whole and told.

The long form lets calls to every sector of a file fail, and each kind of call with each error.
"""

from __future__ import annotations

import errno
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import h5py
import pytest

from picostream_pymeasure.storage import repair, verify

from ..support.disk import Kind, Operation, Preload, read_log
from ..support.disk.log import CALLS
from .judge import Judge
from .plan import Plan, Settings
from .recorders import MODES, modes
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
STREAMS = {
    "plain": Settings(samples=300_000, longest=40_000),  # an index becomes longer
    "compressed": Settings(samples=250_000, longest=40_000, interval_ns=1e3, compress=True),
    "live-only": Settings(samples=450_000, is_known=False, live_s=50.0, longest=40_000),
    "with gaps": Settings(samples=300_000, longest=40_000, gap_every=5),
    "kept events": replace(MODES["kept events"], samples=100_000),
}

#: So few calls meet every error, each of more meets one of them.
FEW = 30

SECTOR_BYTES = 512

#: The long form in pieces that take minutes, and None for the short one.
PARTS = 3
LONG_PARTS = [None, *(pytest.param(part, marks=pytest.mark.long) for part in range(PARTS))]


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path, Path]]:
    """A server on a watched disk, its folder, and the log."""
    root = tmp_path_factory.mktemp("disk")
    folder = root / "data"
    folder.mkdir()
    environment = Preload.build(root).environment(folder, root / "log")
    with feeding(environment) as server:
        yield server, folder, root / "log"


def calls_of(disk: tuple[Server, Path, Path], settings: Settings) -> dict[str, list[Operation]]:
    """The calls of each kind in a recording that meets no failure."""
    server, folder, log = disk
    clear(folder)
    before = len(read_log(log))
    assert server.run(folder / NAME, settings)[-1] == "closed"
    made = read_log(log)[before:]
    return {
        call: [found for found in made if CALLS.get(found.kind) == call] for call in CALLS.values()
    }


def clear(folder: Path) -> None:
    for found in folder.iterdir():
        found.unlink()


def failures(call: str, calls: list[Operation], part: int | None) -> list[tuple[int, int]]:
    """Which calls fail, and how: each of those, and with each error some."""
    numbers, errors = chosen(calls, part), ERRNOS[call]
    if part is not None and len(calls) < FEW:
        return list(itertools.product(numbers, errors))
    return [(number, errors[index % len(errors)]) for index, number in enumerate(numbers)]


def chosen(calls: list[Operation], part: int | None) -> list[int]:
    """Of the writes to each sector the first, one between and the last, and all other calls.

    A part of those; two of them for None.
    """
    places: dict[int, list[int]] = {}
    for number, found in enumerate(calls, 1):
        place = found.offset // SECTOR_BYTES if found.kind is Kind.WRITE else number
        places.setdefault(place, []).append(number)
    numbers = {place[at] for place in places.values() for at in (0, len(place) // 2, -1)}
    if part is not None:
        return sorted(numbers)[part::PARTS]
    return sorted(numbers)[:: max(1, len(numbers) // 2)][:2]


@pytest.mark.parametrize("mode", modes("plain", "live-only", of=STREAMS))
@pytest.mark.parametrize("call", ERRNOS)
@pytest.mark.parametrize("part", LONG_PARTS)
@pytest.mark.timeout(1800)
def test_one_call_fails(
    disk: tuple[Server, Path, Path], mode: str, call: str, part: int | None
) -> None:
    settings = STREAMS[mode]
    for number, code in failures(call, calls_of(disk, settings)[call], part):
        meet(disk, settings, f"{call}:{code}:{number}:1")


@pytest.mark.parametrize("mode", modes("plain", of=STREAMS))
@pytest.mark.parametrize("call", ["write", "truncate", "sync"])
@pytest.mark.parametrize("part", LONG_PARTS)
@pytest.mark.timeout(1800)
def test_from_some_call_on_all_fail(
    disk: tuple[Server, Path, Path], mode: str, call: str, part: int | None
) -> None:
    settings = STREAMS[mode]
    wanted = failures(call, calls_of(disk, settings)[call], part)
    for number, code in wanted if part is not None else wanted[1:]:
        if code not in (0, errno.EINTR):
            meet(disk, settings, f"{call}:{code}:{number}:1000000000")


@pytest.mark.parametrize("code", [errno.EACCES, errno.EAGAIN])
@pytest.mark.parametrize("call", ["write", "truncate"])
def test_a_lock_of_another_program_that_goes(
    disk: tuple[Server, Path, Path], call: str, code: int
) -> None:
    server, folder, _ = disk
    clear(folder)
    settings = replace(STREAMS["plain"], is_known=False, held_s=60.0)
    assert server.run(folder / NAME, settings, f"{call}:{code}:5:6")[-1] == "closed"
    judge(folder / NAME, Plan(settings), ["closed"])


def test_a_lock_of_another_program_while_the_end_is_written(
    disk: tuple[Server, Path, Path],
) -> None:
    server, folder, _ = disk
    settings = STREAMS["plain"]
    last = len(calls_of(disk, settings)["write"])
    clear(folder)
    fail = f"write:{errno.EACCES}:{last - 5}:3"
    assert server.run(folder / NAME, settings, fail)[-1] == "closed"
    judge(folder / NAME, Plan(settings), ["closed"])


def test_a_lock_of_another_program_that_stays(disk: tuple[Server, Path, Path]) -> None:
    server, folder, _ = disk
    fail = f"write:{errno.EACCES}:60:1000000000"
    meet(disk, STREAMS["plain"], fail)
    clear(folder)
    sentence = server.run(folder / NAME, STREAMS["plain"], fail)[-1]
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
    told = [int(line.split()[1]) for line in said if line.startswith("told")]
    assert told in ([], [kept.stop]), "the summary tells what a repair finds"
    # what fails while the file is closed may have come too late to harm
    assert report.exit_code == 3 or kept.stop == plan.settings.samples


def test_all_modes_are_known() -> None:
    assert set(STREAMS) <= set(MODES)
