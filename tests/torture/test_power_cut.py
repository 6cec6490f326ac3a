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

#: What is torn: headers of objects and those of indexes, and pages of indexes.
KINDS = {"header": ("OHDR", "OCHK"), "index header": ("FAHD", "FADB"), "page": ("page",)}

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

    mode: str
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

    @cached_property
    def structures(self) -> list[Structure]:
        """Headers and pages of the finished file; longer indexes may have moved at its end."""
        file = File(self.folder / NAME)
        assert list(file.walk())
        kinds = {kind for kinds in KINDS.values() for kind in kinds}
        return [part for part in file.structures if part.kind in kinds]

    def in_flux(self, kinds: tuple[str, ...], piece_bytes: int) -> list[tuple[int, Structure]]:
        """Where in the log one write changes a structure in several pieces, and which."""
        parts = [part for part in self.structures if part.kind in kinds]
        starts = np.array([part.start for part in parts])
        stops = np.array([part.stop for part in parts])
        named = min(found.index for found in self.operations if found.kind is Kind.LINK)
        places = []
        for operation in self.operations[named:]:
            if operation.kind is Kind.WRITE and parts:
                low = np.maximum(starts, operation.offset)
                high = np.minimum(stops, operation.offset + len(operation.payload))
                hit = np.flatnonzero(
                    (high > low) & (low // piece_bytes < (high - 1) // piece_bytes)
                )
                places += [(operation.index + 1, parts[index]) for index in hit]
        return places

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
    return Log(request.param, data, read_log(folder / "log"), Plan(settings))


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


@pytest.mark.parametrize("share", [4, pytest.param(None, marks=pytest.mark.long)])
@pytest.mark.timeout(7200)
def test_at_any_moment_of_a_recording(tmp_path: Path, log: Log, share: int | None) -> None:
    for number, (replay, moment) in enumerate(moments(log, share)):
        for piece_bytes in PIECES:
            path = save(replay.after_power_cut(number, piece_bytes), tmp_path)
            where = f"operation {replay.position}, seed {number}, pieces of {piece_bytes}"
            judge(path, log.plan, moment, where)


@pytest.mark.parametrize("count", [1, pytest.param(25, marks=pytest.mark.long)])
@pytest.mark.timeout(3600)
def test_torn_headers_and_pages(
    tmp_path: Path, log: Log, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each image has a header or a page of an index that is partly old and partly new."""
    images, found, violations = 0, Counter[str](), []
    for replay, moment, piece_bytes, part in torn_moments(log, count):
        files = replay.after_power_cut(images, piece_bytes, (part.start, part.stop))
        path = save(files, tmp_path)
        if not path.exists():  # the power was cut before it had its name
            continue
        images += 1
        kinds = list(torn_kinds(path, replay, log.structures))
        found.update([*kinds, *(f"{kind}, pieces of {piece_bytes}" for kind in kinds)])
        where = f"operation {replay.position}, pieces of {piece_bytes}, {part}"
        try:
            judge(path, log.plan, moment, where)
        except AssertionError as error:
            violations.append(str(error))
    with capsys.disabled():
        print(f"\n{log.mode}: {images} images, {dict(found)}, {len(violations)} violations")
    assert violations == []
    if count > 1:
        assert found["header"] > 20
        assert found["page"] > 20


def torn_moments(log: Log, count: int) -> Iterator[tuple[Replay, Moment, int, Structure]]:
    """Moments at which a structure may be torn: of each kind and size of pieces so many."""
    wanted: dict[int, list[tuple[int, Structure]]] = {}
    for piece_bytes in PIECES:
        for kinds in KINDS.values():
            places = log.in_flux(kinds, piece_bytes)
            chosen = np.linspace(0, len(places) - 1, count if places else 0).astype(int)
            for position, part in [places[index] for index in chosen]:
                wanted.setdefault(position, []).append((piece_bytes, part))
    replay = Replay(log.folder, log.operations)
    for position in replay.steps():
        if position in wanted:
            moment = log.moment(replay)
            for piece_bytes, part in wanted[position]:
                yield replay, moment, piece_bytes, part


def torn_kinds(path: Path, replay: Replay, structures: list[Structure]) -> Iterator[str]:
    """Of structures that are there, but neither as they were nor as they were to be."""
    image, now = memoryview(path.read_bytes()), replay.now()[NAME].content()
    states = [now, *(file.content() for file in replay.synced().values())]
    elsewhere = set(torn(memoryview(now), structures))
    for part in torn(image, structures):
        found = image[part.start : part.stop]
        is_whole = any(found == state[part.start : part.stop] for state in states)
        if part.stop <= len(image) and not is_whole and part not in elsewhere:
            yield next(name for name, kinds in KINDS.items() if part.kind in kinds)


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
