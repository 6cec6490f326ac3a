"""Threads are over before a program takes anything down."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.patience import PATIENCE_S

_PROGRAM = """
import atexit, os, sys, threading, time
from picostream_pymeasure.system import thread_end

thread_end._PATIENCE_S = {patience_s}
ended = threading.Event()

def say(word):
    os.write(1, word.encode() + b" ")

def work():
    atexit.register(say, "library")  # as one has that is loaded here
    begun.set()
    ended.wait()
    time.sleep(0.05)
    say("thread")

begun = threading.Event()
thread_end.begin_thread(work, "test", ended.set)
begun.wait()
{last}
"""


def run(last: str, patience_s: float = PATIENCE_S) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(last=last, patience_s=patience_s)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    "last",
    [
        "",
        "sys.exit()",
    ],
)
def test_a_thread_is_over_before_the_exit_of_libraries(last: str) -> None:
    assert run(last) == "thread library "


def test_threads_that_python_waits_for_go_on_until_they_are_over() -> None:
    last = """
def go_on():
    threading.main_thread().join()
    time.sleep(0.05)
    say(f"still {ended.is_set()}")

threading.Thread(target=go_on).start()
"""
    assert run(last) == "still False thread library "


def test_a_thread_that_hangs_is_left_to_itself() -> None:
    last = """
hanging = thread_end.begin_thread(threading.Event().wait, "hanging", lambda: say("asked"))
"""
    assert run(last, patience_s=0.3) == "asked thread library "


def test_what_fails_only_because_all_ends_is_not_told() -> None:
    last = """
def fail():
    ended.wait()
    raise RuntimeError("cannot schedule new futures after shutdown")

thread_end.begin_thread(fail, "failing")
"""
    assert run(last) == "thread library "


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_the_child_of_a_fork_has_threads_of_its_own() -> None:
    last = """
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # Python may warn of a fork beside threads
child = os.fork()
if child:
    os.waitpid(child, 0)
else:
    own = threading.Event()
    thread_end.begin_thread(lambda: own.wait() and say("child"), "child", own.set)
"""
    assert run(last) == "child library thread library "
