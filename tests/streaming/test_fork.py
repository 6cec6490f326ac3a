"""The child of a fork while a stream runs in the parent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

PROGRAM = """
import os, sys, time
from picostream_pymeasure import PicoScope5000A, verify
from picostream_pymeasure.driver import latest_calls

def fail():
    raise ValueError

def shut_down():  # the scope is the parent's
    before = [*latest_calls]
    scope.shutdown()
    sys.exit(3 if before == [*latest_calls] else 4)

with PicoScope5000A(simulated=True) as scope:
    scope.sample_rate = 1e6
    with scope.stream("data.hdf5") as session:
        while session.health().stored < 1000:
            time.sleep(0.01)
        for end, code in ((lambda: sys.exit(7), 7), (fail, 1), (shut_down, 3)):
            child = os.fork()
            if child == 0:
                end()
            _, status = os.waitpid(child, 0)
            assert os.waitstatus_to_exitcode(status) == code, (code, status)
        session.request_stop()
        session.wait()
assert not verify("data.hdf5").errors
"""


def test_its_end_does_not_wait_for_threads_it_has_not(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
