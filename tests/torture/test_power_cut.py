"""A power cut at any moment: what a finished sync had made certain is there after ``repair``.

The files are built from the log of what a recording wrote: any moment of it, layout and closing
included, and each sector or page that was not synced as it was at any time since. The long form
goes through every moment.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.storage import repair, verify

from ..support.disk import Kind, Operation, Preload, Replay, SparseFile, read_log
from ..support.hdf5 import File
from ..support.hdf5.structure import Structure, torn
from .judge import Judge, newest_live_sample
from .plan import Plan, Settings
from .recorders import MODES, ROOT, modes, recording

NAME = "a.hdf5"
PIECES = (512, 4096)
SECTOR_BYTES = PIECES[0]

#: Mixtures at moments at which much can be torn, and so many such moments.
SEEDS_IN_FLUX, MOST_IN_FLUX = 12, 60

#: What is written over the numbers of chunks that are forgotten.
NO_NUMBERS = b"\xff" * 256

#: As long as some syncs take.
LASTS_S = 4.0

_REPAIR = "import sys; from picostream_pymeasure.storage import repair; repair(sys.argv[1])"


@dataclass(frozen=True)
class Moment:
    """How far a recording was.

    :param certain: samples that a power cut may not take.
    :param newest: of a live-only one, the sample that it had come to.
    """

    certain: int
    newest: int | None


@dataclass
class Log:
    """What a recording did to its folder."""

    folder: Path
    operations: list[Operation]
    plan: Plan

    def moment(self, replay: Replay) -> Moment:
        certain = self._samples(replay.synced().get(NAME))
        is_ring = self.plan.settings.live_s is not None
        newest = self._samples(replay.now().get(NAME)) if is_ring else None
        return Moment(certain, newest if replay.position <= self.end_begins else None)

    @cached_property
    def end_begins(self) -> int:
        """Where the index of a live-only file is emptied, to be made anew: little is seen then.

        Long after its hole has moved for the last time, for which pages are emptied as well.
        """
        forgotten = [found.index for found in self.operations if found.payload == NO_NUMBERS]
        emptied = [found.index for found in self.operations if found.payload[:-4] == NO_NUMBERS]
        return next((at for at in emptied if at > max(forgotten, default=0) + 60), 1 << 62)

    def _samples(self, file: SparseFile | None) -> int:
        """Up to which sample a file goes, for whoever opens it."""
        if file is None:
            return 0
        decoded = File(file.content())
        if self.plan.settings.live_s is not None:
            attributes = decoded.root.attributes
            if attributes["status"] == b"recording":
                return newest_live_sample(decoded, self.plan)
            return int(attributes["total_samples"])
        return len(decoded.dataset("adc_counts")) // self.plan.settings.width


@pytest.fixture(scope="module")
def preload(tmp_path_factory: pytest.TempPathFactory) -> Preload:
    return Preload.build(tmp_path_factory.mktemp("preload"))


@pytest.fixture(scope="module", params=modes("with gaps", "live-only"))
def log(
    request: pytest.FixtureRequest, preload: Preload, tmp_path_factory: pytest.TempPathFactory
) -> Log:
    folder = tmp_path_factory.mktemp("log")
    settings = MODES[request.param]
    paused = replace(settings, pause_s=LASTS_S / len(Plan(settings).stretches))
    data = folder / "data"
    data.mkdir()
    env = preload.environment(data, folder / "log")
    with recording(data / NAME, paused, at_once=True, env=env) as recorder:
        while recorder.read():
            pass
        assert recorder.is_closed
        assert recorder.process.wait() == 0
    return Log(data, read_log(folder / "log"), Plan(settings))


def moments(log: Log, share: int | None) -> Iterator[tuple[Replay, Moment]]:
    """A replay that stands at some places of the log, or at all."""
    total = len(log.operations)
    rng = np.random.default_rng(total)
    wanted = set(range(1, total + 1)) if share is None else set(rng.integers(1, total + 1, share))
    replay = Replay(log.folder, log.operations)
    for position in replay.steps():
        if position in wanted:
            yield replay, log.moment(replay)


def save(files: dict[str, SparseFile], folder: Path) -> Path:
    for old in folder.iterdir():
        old.unlink()
    for name, file in files.items():
        file.save(folder / name)
    return folder / NAME


def judge(path: Path, plan: Plan, moment: Moment, where: str) -> None:
    """Repair what is there, and hold it against the plan; nothing of it may be missing."""
    try:
        _judge(path, plan, moment)
    except Exception as error:
        raise AssertionError(f"{where}: {error}") from error


def _judge(path: Path, plan: Plan, moment: Moment) -> None:
    if not path.exists():
        assert moment.certain == 0, "the file is not there"
        return
    repair(path)
    report = verify(path)
    assert report.errors == []
    assert report.exit_code in (0, 3)
    kept = Judge(path, plan).judge(moment.certain, moment.newest)
    with h5py.File(path) as file:
        assert file["adc_counts"].size == (kept.stop - kept.first) * plan.settings.width


@pytest.mark.parametrize("share", [6, pytest.param(None, marks=pytest.mark.long)])
@pytest.mark.timeout(7200)
def test_at_any_moment_of_a_recording(
    tmp_path: Path, log: Log, share: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    structures = _structures(log)
    hit: Counter[str] = Counter()
    images = 0
    torn_most = set() if share else in_flux(log, structures)
    for replay, moment in moments(log, share):
        for piece_bytes in PIECES * (SEEDS_IN_FLUX if replay.position in torn_most else 1):
            path = save(replay.after_power_cut(images, piece_bytes), tmp_path)
            if path.exists():
                hit.update(part.kind for part in torn(memoryview(path.read_bytes()), structures))
            where = f"operation {replay.position}, seed {images}, pieces of {piece_bytes}"
            judge(path, log.plan, moment, where)
            images += 1
    with capsys.disabled():
        print(f"\n{images} images, torn: {dict(hit)}")
    if share is None:
        assert hit["OHDR"] + hit["OCHK"] > 20
        assert hit["page"] > 20


def test_a_live_only_file_shows_no_sample_without_its_number(log: Log) -> None:
    """Whoever looks between two writes, where its hole moves and while its end is written."""
    if log.plan.settings.live_s is None:
        pytest.skip("only of live-only files")
    forgotten = [found.index for found in log.operations if found.payload == NO_NUMBERS]
    assert len(forgotten) > 2
    wanted = {index + step for index in forgotten[:4] for step in (-1, 0, 1, 2)}
    synced = [found.index for found in log.operations if found.kind is Kind.SYNC_BEGIN]
    wanted |= set(range(synced[-4] - 150, synced[-4], 6))
    replay = Replay(log.folder, log.operations)
    for position in replay.steps():
        if position in wanted:
            log.moment(replay)


def in_flux(log: Log, structures: list[Structure]) -> set[int]:
    """Moments at which a header or a page that lies in several sectors may be torn.

    Most headers lie in one; of many moments, as live-only files have them, some and the last.
    """
    starts = np.array([found.start for found in structures])
    stops = np.array([found.stop for found in structures])
    found, waiting = [], False
    for operation in log.operations:
        if operation.kind is Kind.SYNC_END:
            waiting = False
        elif operation.kind is Kind.WRITE:
            begin, end = operation.offset, operation.offset + len(operation.payload)
            is_several = begin // SECTOR_BYTES != (end - 1) // SECTOR_BYTES
            waiting |= is_several and bool(((starts < end) & (stops > begin)).any())
        if waiting:
            found.append(operation.index + 1)
    return {*found[:: max(1, len(found) // MOST_IN_FLUX)], *found[-10:]}


def _structures(log: Log) -> list[Structure]:
    """Headers and index pages of the finished file; longer indexes may have moved at its end."""
    file = File(log.folder / NAME)
    assert list(file.walk())
    return file.structures


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.long)])
@pytest.mark.timeout(7200)
def test_while_it_is_repaired(tmp_path: Path, log: Log, preload: Preload, rounds: int) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for number, (replay, moment) in enumerate(moments(log, rounds + 1)):
        files = replay.after_power_cut(number, PIECES[number % 2])
        if not save(files, folder).exists():
            continue
        path = tmp_path / f"log {number}"
        environment = preload.environment(folder, path)
        command = [sys.executable, "-c", _REPAIR, str(folder / NAME)]
        subprocess.run(command, env=environment, cwd=ROOT, check=True)
        operations = read_log(path)
        repaired = Replay(folder, operations, files)
        wanted = set(np.linspace(1, len(operations), 4 if rounds == 1 else 50).astype(int))
        for position in repaired.steps():
            if position in wanted:
                pieces = PIECES[position % 2]
                save(repaired.after_power_cut(position, pieces), folder)
                where = f"operation {replay.position}, operation {position} of its repair"
                judge(folder / NAME, log.plan, moment, where)


def test_plans_differ() -> None:
    assert Plan(Settings(seed=1)).stretches != Plan(Settings(seed=2)).stretches
