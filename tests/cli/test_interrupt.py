"""Signals as wishes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from picostream_pymeasure.cli.interrupt import Interrupt
from picostream_pymeasure.cli.report import tell_unverified
from picostream_pymeasure.cli.verification import verify_with_progress
from tests.support.patience import PATIENCE_S
from tests.support.storage_stream import recording

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
    pytest.mark.usefixtures("handlers_of_before"),
]

#: Signals in the midst of each other, and of waiting for one.
_STORM = """
import signal, threading
from picostream_pymeasure.cli.interrupt import Interrupt

interrupt, main = Interrupt(), threading.get_ident()
interrupt.grant()

def storm():
    for _ in range(30000):
        signal.pthread_kill(main, signal.SIGTERM)

sender = threading.Thread(target=storm)
sender.start()
while sender.is_alive():
    interrupt.wait(1e-4)
assert interrupt.came and interrupt.wait(0)
"""

#: Ctrl+C in a callback while a part of the program is imported: Python forgets what it raises.
_LOST = """
import signal, sys, weakref

class Finder:
    def find_spec(self, name, path, target=None):
        if name == "picostream_pymeasure.cli.group":
            thing = Finder()
            forgets = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
            del thing

sys.meta_path.insert(0, Finder())
from picostream_pymeasure.cli import main
main()
"""

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_first_ends_and_the_second_means_more(number: signal.Signals) -> None:
    interrupt = Interrupt()
    assert not interrupt.came
    signal.raise_signal(number)
    assert interrupt.came
    assert interrupt.wait(0)
    interrupt.grant()
    assert not interrupt.came
    signal.raise_signal(number)
    assert interrupt.came


def test_verifying_ends_when_it_is_interrupted(tmp_path: Path) -> None:
    path, interrupt = tmp_path / "a.hdf5", Interrupt()
    with recording(path) as stream:
        stream.write()
    assert verify_with_progress(Console(), path, interrupt) is not None
    signal.raise_signal(signal.SIGINT)
    assert verify_with_progress(Console(), path, interrupt) is None


def test_who_did_not_wait_for_it_is_told_of_no_key_as_there_are_other_signals(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tell_unverified(Console(), Path("a.hdf5")) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert told == "Verified: no, the check was interrupted; picostream verify a.hdf5 does it"


def test_a_second_one_before_the_first_was_granted_stands() -> None:
    interrupt = Interrupt()
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)
    interrupt.grant()
    assert interrupt.came


def test_any_number_of_them_at_any_moment_is_heard() -> None:
    subprocess.run([sys.executable, "-c", _STORM], check=True, timeout=PATIENCE_S)


def test_one_whose_exception_is_lost_in_a_callback_is_heard(tmp_path: Path) -> None:
    recording = ["--simulate", "-s", "1", "--duration", "0.1", "-o", "a.hdf5"]
    ended = subprocess.run(
        [sys.executable, "-c", _LOST, *recording],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert "Exception ignored" in ended.stderr
    assert "Interrupted before the recording began." in ended.stderr
    assert ended.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_one_after_an_end_that_nobody_asked_for_breaks_the_rest_off() -> None:
    interrupt = Interrupt()
    interrupt.grant()
    signal.raise_signal(signal.SIGINT)
    assert interrupt.came


def test_nothing_changes_what_has_ended() -> None:
    Interrupt().ignore()
    assert {signal.getsignal(number) for number in NUMBERS} == {signal.SIG_IGN}


def test_afterwards_they_end_the_program_again() -> None:
    before = [signal.getsignal(number) for number in NUMBERS]
    with Interrupt():
        assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
    assert [signal.getsignal(number) for number in NUMBERS] == before


def test_ctrl_break_of_windows_is_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "SIGBREAK", signal.SIGUSR1, raising=False)
    with Interrupt() as interrupt:
        signal.raise_signal(signal.SIGUSR1)
        assert interrupt.came


def test_hang_up_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupt = Interrupt()
    signal.raise_signal(signal.SIGHUP)
    assert not interrupt.came
