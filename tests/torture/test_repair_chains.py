"""A power cut, then repairs of which each is cut short by another one, and at last one that is not.

All of them keep the same samples and rows; what the last one leaves is held against the plan by the
decoder of the tests. The syncs last so long that much is written meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.storage import repair
from picostream_pymeasure.storage.bytes.raw_file import RawFile

from ..support.disk import Kind, Operation, Preload, Replay, SparseFile
from .power_cuts import judge, log_of, save
from .recorders import modes
from .tearing import PIECES
from .written import NAME, Log, Moment

#: What is written while a sync lasts is not certain when it has ended.
DELAYS = ("synced:200000", pytest.param("synced:800000", marks=pytest.mark.long))
TABLES = ("gaps", "events", "clock", "captures")
MOST_REPAIRS, INODE = 3, 1


@pytest.fixture(scope="module", params=modes("with gaps", "live-only"))
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=DELAYS)
def log(request: pytest.FixtureRequest, mode: str, tmp_path_factory: pytest.TempPathFactory) -> Log:
    folder = tmp_path_factory.mktemp("log")
    return log_of(mode, Preload.build(folder), folder, request.param)


@pytest.mark.parametrize("count", [3, pytest.param(60, marks=pytest.mark.long)])
@pytest.mark.timeout(3600)
def test_repairs_that_are_cut_short(
    tmp_path: Path, log: Log, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(count)
    for position, file, moment in cut_recordings(log, rng, count):
        text, kept = f"operation {position}", None
        for _ in range(rng.integers(1, MOST_REPAIRS + 1)):
            operations = repair_noted(save({NAME: file}, tmp_path), monkeypatch)
            found = content_of(tmp_path / NAME)
            assert kept in (None, found), f"{text}: {kept} became {found}"
            kept = found
            if log.plan.settings.live_s is not None:  # what was certain may be written over
                certain = min(moment.certain, kept["total_samples"])
                moment = Moment(certain, moment.newest)
            at = near_a_sync(operations, rng)
            text += f", repair cut at {at} of {len(operations)}"
            file = cut(tmp_path, file, operations[:at], rng)
        judge(save({NAME: file}, tmp_path), log.plan, moment, text)
        assert content_of(tmp_path / NAME) == kept, text
        assert not repair(tmp_path / NAME).repaired, text


def cut_recordings(
    log: Log, rng: np.random.Generator, count: int
) -> Iterator[tuple[int, SparseFile, Moment]]:
    """So many files that a power cut leaves, half of them at the end of the recording."""
    total = len(log.operations)
    anywhere = rng.integers(1, total + 1, count - count // 2)
    wanted = {*anywhere.tolist(), *(total - rng.integers(0, 300, count // 2)).tolist()}
    replay = Replay(log.folder, log.operations)
    for position in replay.steps():
        if position in wanted:
            moment = log.moment(replay)
            if NAME in replay.synced():
                yield position, mixture(replay, rng), moment


def mixture(replay: Replay, rng: np.random.Generator) -> SparseFile:
    """A file as a power cut now may leave it: anyhow, or all but a few pieces as they are."""
    written = [found for found in replay.pending(NAME) if found.kind is Kind.WRITE]
    pieces, old = int(rng.choice(PIECES)), {}
    if not written or rng.random() < 0.5:
        return replay.after_power_cut(int(rng.integers(1 << 30)), pieces)[NAME]
    for number in rng.integers(0, len(written), int(rng.integers(0, 5))):
        found = written[number]
        place = found.offset + int(rng.integers(max(len(found.payload), 1)))
        old[place // pieces] = found.index if rng.random() < 0.5 else written[0].index
    return replay.without(NAME, pieces, old)


def repair_noted(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Operation]:
    """What a repair does to the file."""
    made = [Operation(0, Kind.OPEN, INODE, 0, 0, str(path).encode())]

    def note(kind: Kind, offset: int = 0, payload: bytes = b"") -> None:
        made.append(Operation(len(made), kind, INODE, offset, 0, payload))

    write, truncate, sync = RawFile.write, RawFile.truncate, RawFile.sync

    def noted_write(self: RawFile, position: int, content: Any) -> None:
        note(Kind.WRITE, position, bytes(memoryview(content).cast("B")))
        write(self, position, content)

    def noted_truncate(self: RawFile, size: int) -> None:
        note(Kind.RESIZE, size)
        truncate(self, size)

    def noted_sync(self: RawFile) -> None:
        note(Kind.SYNC_BEGIN)
        sync(self)
        note(Kind.SYNC_END)

    with monkeypatch.context() as patch:
        patch.setattr(RawFile, "write", noted_write)
        patch.setattr(RawFile, "truncate", noted_truncate)
        patch.setattr(RawFile, "sync", noted_sync)
        repair(path)
    return made


def near_a_sync(operations: list[Operation], rng: np.random.Generator) -> int:
    """Where a repair is cut short: anywhere, or before or behind what makes things certain."""
    syncs = [found.index for found in operations if found.kind is Kind.SYNC_BEGIN]
    if not syncs or rng.random() < 0.5:
        return int(rng.integers(1, len(operations) + 1))
    return int(rng.choice(syncs) + rng.integers(0, 3))


def cut(
    folder: Path, file: SparseFile, operations: list[Operation], rng: np.random.Generator
) -> SparseFile:
    """A file as a power cut leaves it in the midst of its repair."""
    replay = Replay(folder, operations, {NAME: file})
    for _ in replay.steps():
        pass
    return mixture(replay, rng)


def content_of(path: Path) -> dict[str, Any]:
    """What a repair keeps, as other programs see it."""
    with h5py.File(path) as file:
        values = ("total_samples", "first_sample", "lost_samples", "first_stream_sample")
        found: dict[str, Any] = {name: int(file.attrs[name]) for name in values}
        return found | {name: file[name][()].tobytes() for name in TABLES}
