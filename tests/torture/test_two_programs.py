"""Two programs, one file: one writes, the other is told, and nothing recorded is lost."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import h5py
import pytest

from .command import Picostream

NAME = "data.hdf5"
RECORD = ("--simulate", "-s", "1", "-o", NAME)


def long(*values: str) -> list[Any]:
    """Parameters for the long form."""
    return [pytest.param(value, marks=pytest.mark.long) for value in values]


@pytest.fixture
def picostream(tmp_path: Path) -> Picostream:
    return Picostream(tmp_path)


def wait_for(path: Path, process: Any) -> None:
    """Until some samples are in the file."""
    while process.poll() is None:
        if path.exists():
            with h5py.File(path) as file:
                if len(file["adc_counts"]):
                    return
        time.sleep(0.05)
    raise AssertionError("the recording ended")


def end_well(picostream: Picostream, process: Any) -> None:
    """Stop a recording as Ctrl+C does; it is complete."""
    process.send_signal(signal.SIGINT)
    assert picostream.end(process).code == 0
    assert picostream.run("verify", NAME).code == 0


@pytest.mark.parametrize(
    "options", ["", "--force", *long("--max-buff-sec 5", "--max-buff-sec 5 --force")]
)
@pytest.mark.parametrize("rounds", [1, pytest.param(50, marks=pytest.mark.long)])
@pytest.mark.timeout(3600)
def test_two_that_start_at_once(picostream: Picostream, options: str, rounds: int) -> None:
    path = picostream.folder / NAME
    for _ in range(rounds):
        both = [picostream.start(*RECORD, "--duration", "1", *options.split()) for _ in range(2)]
        ended = [picostream.end(process) for process in both]
        assert sorted(one.code for one in ended)[0] == 0, ended
        finished = [one for one in ended if one.code == 0]
        if len(finished) == 2:
            # the second began when the first was over, and was allowed to replace it
            assert "--force" in options, ended
        assert picostream.run("verify", NAME).code == 0
        assert [found.name for found in picostream.folder.iterdir()] == [NAME]
        path.unlink()


@pytest.mark.parametrize(
    "second", ["record --force", *long("record", "record --max-buff-sec 5 --force", "repair")]
)
def test_one_that_comes_later_is_refused(picostream: Picostream, second: str) -> None:
    path = picostream.folder / NAME
    first = picostream.start(*RECORD)
    wait_for(path, first)
    inode = path.stat().st_ino
    word, *options = second.split()
    command = (*RECORD, "--duration", "1", *options) if word == "record" else (word, NAME)
    ended = picostream.run(*command)
    assert ended.code in (1, 2), ended
    assert path.stat().st_ino == inode
    with pytest.raises(OSError, match="lock"):
        h5py.File(path, "r+")
    end_well(picostream, first)


@pytest.mark.parametrize("what", ["replaced", *long("removed", "renamed")])
def test_a_name_that_changes_is_told(picostream: Picostream, what: str) -> None:
    path = picostream.folder / NAME
    process = picostream.start(*RECORD)
    wait_for(path, process)
    if what == "removed":
        path.unlink()
    else:
        path.rename(picostream.folder / "moved.hdf5")
    if what == "replaced":
        path.write_bytes(b"something else")
    ended = picostream.end(process)
    assert ended.code in (1, 3), ended
    assert NAME in ended.text
    if what != "removed":
        assert "moved.hdf5" in ended.text, "it does not say where the data are"
        assert picostream.run("verify", "moved.hdf5").code == 3
    if what == "replaced":
        assert path.read_bytes() == b"something else"


@pytest.mark.parametrize("reader", ["verify", *long("info")])
def test_looking_does_no_harm(picostream: Picostream, reader: str) -> None:
    process = picostream.start(*RECORD)
    wait_for(picostream.folder / NAME, process)
    ended = picostream.run(reader, NAME)
    assert ended.code == (3 if reader == "verify" else 0), ended
    end_well(picostream, process)
