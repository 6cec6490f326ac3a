"""Signals at every stage of a command: it ends, with the code of what happened.

A file is whole or not there, judged from outside: its samples count.
"""

from __future__ import annotations

import itertools
import signal
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from .command import Ended, Picostream
from .counting import CODES, STEP, assert_whole, counter
from .moments import COME

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks a program that has all")

NAME = "data.hdf5"
UNVERIFIED = "Verified: no, the check was interrupted"
RECORD = ("--simulate", "-s", "1", "-o", NAME)
NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Case = tuple[str, list[signal.Signals]]


def cases(*stages: str) -> list[Any]:
    """Every stage with every signal, once and twice; each stage with one of them in turn here."""
    ways = [[number] * times for times in (1, 2) for number in NUMBERS]
    every = itertools.product(enumerate(stages), enumerate(ways))
    return [
        pytest.param(
            (stage, way),
            id=f"{stage}-{'-'.join(one.name for one in way)}",
            marks=() if index % len(ways) == number else pytest.mark.long,
        )
        for (index, stage), (number, way) in every
    ]


@pytest.fixture
def picostream(tmp_path: Path) -> Picostream:
    return Picostream(tmp_path)


def run(picostream: Picostream, arguments: tuple[str, ...], *steps: Case) -> Ended:
    before = ("tests.torture.moments:plant", [(stage, [*map(int, way)]) for stage, way in steps])
    ended = picostream.end(picostream.start(*arguments, before=before))
    assert ended.text.count(COME) == len(steps), ended
    return ended


def assert_outcome(picostream: Picostream, ended: Ended) -> None:
    """The file is whole, or there is none; the code and the last sentence say which."""
    names = [path.name for path in picostream.folder.iterdir()]
    if names:
        assert names == [NAME]
        assert_whole(picostream.folder / NAME)
        assert ended.code == (1 if UNVERIFIED in ended.text else 0), ended
    else:
        assert ended.code == 1, ended
        assert "Interrupted" in ended.text or "Nothing was recorded." in ended.text, ended


@pytest.mark.parametrize(
    "case",
    cases("loading", "opening", "starting", "streaming", "stopping", "verifying", "after the end"),
)
def test_a_recording(picostream: Picostream, case: Case) -> None:
    stage, way = case
    ends = ("--samples", "20000") if stage in ("stopping", "verifying", "after the end") else ()
    ended = run(picostream, (*RECORD, *ends), case)
    assert_outcome(picostream, ended)
    is_there = (picostream.folder / NAME).exists()
    assert is_there or stage in ("loading", "opening", "starting"), ended
    assert not is_there or stage not in ("loading", "opening"), ended
    if stage == "after the end" or (stage == "streaming" and len(way) == 1):
        assert ended.code == 0, ended


@pytest.mark.parametrize("case", cases("armed"))
def test_a_recording_that_waits_for_its_trigger(picostream: Picostream, case: Case) -> None:
    ended = run(picostream, (*RECORD, "--trigger", "B:19V", "-c", "A", "-c", "B"), case)
    assert not list(picostream.folder.iterdir())
    assert_outcome(picostream, ended)


@pytest.mark.parametrize("second", NUMBERS)
def test_a_second_one_spares_the_verification(
    picostream: Picostream, second: signal.Signals
) -> None:
    ended = run(picostream, RECORD, ("streaming", [signal.SIGTERM]), ("verifying", [second]))
    assert "Verified: no" in ended.text
    assert_outcome(picostream, ended)


@pytest.mark.parametrize(
    "case",
    cases("loading", "opening", "waiting", "capturing", "closing", "verifying", "after the end"),
)
def test_captures(picostream: Picostream, case: Case) -> None:
    stage, _ = case
    many = ("capture", "--simulate", "-b", "12", "--samples", "1000", "-n", "40", "-o", NAME)
    ended = run(picostream, many, case)
    names = [path.name for path in picostream.folder.iterdir()]
    if stage in ("loading", "opening", "waiting"):
        assert names == []
        assert_outcome(picostream, ended)
        assert ("Interrupted" in ended.text) == (stage != "waiting"), ended
        return
    assert names == [NAME]
    assert ended.code == (1 if UNVERIFIED in ended.text else 0), ended
    with h5py.File(picostream.folder / NAME) as file:
        rows = file["adc_counts"][()].reshape(-1, 1000).astype(int)
        assert file.attrs["status"] == b"complete"
        assert len(rows) == len(file["captures"]) > 0
    assert np.isin(np.diff(rows), (STEP, -(CODES - 1) * STEP)).all()


@pytest.mark.parametrize("case", cases("exporting", "appearing", "after the end"))
def test_an_export(picostream: Picostream, case: Case) -> None:
    stage, way = case
    picostream.run(*RECORD, "--samples", "20000")
    ended = run(picostream, ("export", NAME, "data.csv"), case)
    names = {path.name for path in picostream.folder.iterdir()}
    assert names <= {NAME, "data.csv"}
    if "data.csv" in names:
        assert len((picostream.folder / "data.csv").read_text().splitlines()) > 20_000
        # who waits for its words to be read can be ended
        assert ended.code in ((0, 1, -way[0]) if stage == "after the end" else (0,)), ended
    else:
        assert ended.code == 1, ended
        assert "Interrupted; no file was written." in ended.text
    assert_whole(picostream.folder / NAME)


@pytest.mark.parametrize("command", ["verify", "repair"])
@pytest.mark.parametrize("case", cases("verifying"))
def test_looking(picostream: Picostream, command: str, case: Case) -> None:
    _, way = case
    picostream.run(*RECORD, "--samples", "20000")
    ended = run(picostream, (command, NAME), case)
    assert ended.code == (1 if way[0] == signal.SIGINT else -way[0]), ended
    assert_whole(picostream.folder / NAME)


@pytest.mark.parametrize("case", cases("repairing"))
def test_a_repair_that_is_broken_off_is_done_by_the_next(
    picostream: Picostream, case: Case
) -> None:
    run(picostream, RECORD, ("streaming", [signal.SIGKILL]))
    ended = run(picostream, ("repair", NAME), case)
    assert ended.code in (1, -case[1][0]), ended
    assert picostream.run("repair", NAME).code in (0, 3)
    with h5py.File(picostream.folder / NAME) as file:
        counts = file["adc_counts"][()]
    np.testing.assert_array_equal(counts, counter(len(counts)))
