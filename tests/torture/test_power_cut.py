"""A power cut at any moment: what a finished sync had made certain is there after ``repair``.

The files are built from the log of what a recording wrote: any moment of it, layout and closing
included, and each sector or page that was not synced as it was at any time since. The long form
goes through every moment.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ..support.disk import Kind, Preload, Replay, read_log
from .just_full import images, just_full
from .plan import Plan, Settings
from .power_cuts import judge, log_of, save
from .recorders import ROOT, modes
from .tearing import PIECES, chosen, named, structures, tears, torn_kinds
from .written import (
    NAME,
    NO_NUMBERS,
    SAMPLES,
    STATE_BYTES,
    SYNCING,
    Log,
    Moment,
    state_words,
)

_REPAIR = "import sys; from picostream_pymeasure.storage import repair; repair(sys.argv[1])"


@pytest.fixture(scope="module")
def preload(tmp_path_factory: pytest.TempPathFactory) -> Preload:
    return Preload.build(tmp_path_factory.mktemp("preload"))


@pytest.fixture(scope="module", params=modes("with gaps", "live-only"))
def log(
    request: pytest.FixtureRequest, preload: Preload, tmp_path_factory: pytest.TempPathFactory
) -> Log:
    return log_of(request.param, preload, tmp_path_factory.mktemp("log"))


def moments(log: Log, share: int | None) -> Iterator[tuple[Replay, Moment]]:
    """A replay that stands at some places of the log, or at all."""
    total = len(log.operations)
    rng = np.random.default_rng(total)
    wanted = set(range(1, total + 1)) if share is None else set(rng.integers(1, total + 1, share))
    replay = Replay(log.folder, log.operations)
    for position in replay.steps():
        if position in wanted:
            yield replay, log.moment(replay)


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
    """Each image has a header or a page of an index that is partly old and partly new.

    All that one write changes in several pieces; the other ones cannot be torn.
    """
    images, found, violations = 0, Counter[str](), []
    parts, places = structures(log), tears(log)
    for replay, moment, tear in chosen(log, places, count):
        path = save(replay.after_power_cut(images, tear.piece_bytes, tear.stretch), tmp_path)
        if not path.exists():  # the power was cut before it had its name
            continue
        images += 1
        kinds = torn_kinds(memoryview(path.read_bytes()), replay, parts)
        found.update(named(kind, tear.piece_bytes) for kind in kinds)
        try:
            judge(path, log.plan, moment, f"{tear}")
        except AssertionError as error:
            violations.append(str(error))
    with capsys.disabled():
        print(f"\n{log.mode}: {images} images, {dict(found)}, {len(violations)} violations")
    assert violations == []
    assert [name for name in places if found[name] <= 0.8 * count] == []
    assert named("header", 512) in places
    assert named("header", 4096) in places
    assert named("page", 512) in places


@pytest.mark.parametrize(
    ("n_moments", "count"), [(1, 12), pytest.param(30, 16, marks=pytest.mark.long)]
)
@pytest.mark.timeout(7200)
def test_where_a_chunk_has_just_become_full(
    tmp_path: Path, log: Log, n_moments: int, count: int
) -> None:
    """Two parts that are both as they were may prove each other, where all else is new.

    So many moments, evenly spread, and of each so many of all that a power cut may leave, other
    ones of each: with three inputs there are 256.
    """
    judged = 0
    step = max(1, log.plan.settings.samples // log.chunk_samples // n_moments)
    spread = itertools.islice(just_full(log), 0, None, step)
    for replay, parts in itertools.islice(spread, n_moments):
        moment, found = log.moment(replay), list(images(parts))
        rng = np.random.default_rng(replay.position)
        for number in rng.permutation(len(found))[:count]:
            piece_bytes, old = found[number]
            path = save({NAME: replay.without(NAME, piece_bytes, old)}, tmp_path)
            judge(path, log.plan, moment, f"operation {replay.position}, {piece_bytes}, {old}")
            judged += 1
    assert judged


def test_what_is_written_between_a_note_and_its_sync(tmp_path: Path, log: Log) -> None:
    """It proves nothing of what was noted, and takes nothing of that."""
    begins = [found.index for found in log.operations if found.kind is Kind.SYNC_BEGIN]
    wanted = {begins[bisect_left(begins, ended)] for ended in log.syncs[:2]}
    replay = Replay(log.folder, log.operations)
    for position in replay.steps():
        if position in wanted:
            state = replay.now()[NAME].read(log.state_at, STATE_BYTES)
            file = replay.synced()[NAME].copy()
            file.write(log.state_at, state)
            judge(save({NAME: file}, tmp_path), log.plan, log.moment(replay), f"{position}")


def test_a_sync_is_noted_with_all_that_was_told(log: Log) -> None:
    """At the moment of the note; see :meth:`.Log.moment`."""
    written = [found for found in log.operations if found.kind is Kind.WRITE]
    states = [state_words(found.payload) for found in written if found.offset == log.state_at]
    for before, words in itertools.pairwise(states):
        assert words[SYNCING] in (before[SYNCING], before[SAMPLES])
    assert states[-1][SYNCING] > 0


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


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.long)])
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
