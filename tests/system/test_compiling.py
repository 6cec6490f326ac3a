"""What a program tells while it compiles, and its end while one of its threads does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from picostream_pymeasure.system import compiling
from tests.support.patience import PATIENCE_S

PROGRAM = """
import os, sys, threading, time
import numba
from numba.core.compiler_lock import global_compiler_lock
import picostream_pymeasure

def waits_at_its_end(thread):
    frame = sys._current_frames()[thread.ident]
    while frame and frame.f_code.co_name != "_end":
        frame = frame.f_back
    return frame

def compile_much():
    with global_compiler_lock:
        compiling.set()
        while not waits_at_its_end(threading.main_thread()):  # this one is in LLVM
            time.sleep(0.001)
        os.write(1, b"first ")
        numba.njit("int64(int64)")(lambda x: x)
        os.write(1, b"second ")

compiling = threading.Event()
threading.excepthook = lambda args: print("a word, as pyqtgraph's hook has for every end")
threading.Thread(target=compile_much, daemon=True).start()
compiling.wait()
{last}
"""


def run(last: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(last=last)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_the_exit_waits_for_the_function_that_is_compiled_and_for_no_other() -> None:
    done = run("")
    assert (done.returncode, done.stdout, done.stderr) == (0, "first ", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_the_child_of_a_fork_waits_for_nobody() -> None:
    done = run("child = os.fork()\nif child: print(os.waitpid(child, 0)[1])\nelse: sys.exit()")
    assert done.returncode == 0, done.stderr
    assert "0" in done.stdout.split()


TOLD = """
from numba.core import event
from picostream_pymeasure.system import compiling

def compile_functions(count):
    for _ in range(count):
        with event.trigger_event("numba:compile"):
            pass

compiling.log_once()
with compiling.listening(print):
    compile_functions({before})
compile_functions({after})
print(compiling.goes_on())
"""


@pytest.mark.parametrize(("before", "after", "told"), [(0, 0, 0), (0, 3, 1), (2, 2, 0)])
def test_a_script_is_told_once_that_it_waits_for_a_compilation(
    before: int, after: int, told: int
) -> None:
    program = TOLD.format(before=before, after=after)
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    assert done.stderr == told * f"{compiling.SENTENCE} ...\n"
    assert done.stdout.split() == [
        *(str(number + 1) for number in range(before)),
        str(bool(before or after)),
    ]


AT_ONCE = """
import sys, threading, time
from picostream_pymeasure.system import compiling

def is_waiting(thread):
    return "importlib" in sys._current_frames()[thread.ident].f_code.co_filename

class Pause:
    def find_spec(self, name, *_):
        if name != "numba" and threading.current_thread() is importing and not asking.ident:
            asking.start()
            while not is_waiting(asking):
                time.sleep(0.001)

importing = threading.Thread(target=lambda: __import__("numba"))
asking = threading.Thread(target=compiling.log_once)
sys.meta_path.insert(0, Pause())
importing.start()
importing.join()
asking.join()
"""


def test_numba_is_imported_whole_by_several_threads_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")
