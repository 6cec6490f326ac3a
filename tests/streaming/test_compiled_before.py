"""What is compiled at the first recording after an installation must not cost samples."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Tells what is asked of the compiler, or of its cache, while samples flow.
_PROGRAM = """
import sys
from numba.core.dispatcher import Dispatcher

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.simulated import Fault, SimulatedScope, load_simulated
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming.session import StreamSession

flows, compiled, compile_it, run = False, [], Dispatcher.compile, Unit.run_streaming

def note_compiled(self, signature):
    if flows:
        compiled.append(self.py_func.__qualname__)
    return compile_it(self, signature)

def note_run(self, *arguments):
    global flows
    interval_ns = run(self, *arguments)
    flows = True
    return interval_ns

Dispatcher.compile, Unit.run_streaming = note_compiled, note_run
bits, path, live_only_s = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]) or None
config = StreamConfig(
    channels=(ChannelConfig("A"),), resolution_bits=bits, sample_rate_hz=1e5, duration_s=0.5
)
fault = Fault("overrun", at_sample=10_000, samples=5_000)
with Unit.open(load_simulated([SimulatedScope(faults=(fault,))])) as unit:
    session = StreamSession(unit, config, Recorder(path, live_only_s=live_only_s))
    session.start()
    session.mark("a mark")
    session.take_newest()
    outcome = session.wait()
print(outcome.ended_by, outcome.health.gaps, compiled)
"""


@pytest.mark.parametrize(("bits", "live_only_s"), [(8, 0.0), (12, 0.2)])
def test_nothing_is_compiled_while_samples_flow(
    tmp_path: Path, tell: Callable[..., None], bits: int, live_only_s: float
) -> None:
    command = [sys.executable, "-c", _PROGRAM, str(bits), "a.hdf5", str(live_only_s)]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = "compiled while samples flow: " + done.stdout.strip()[len("target 1 ") :]
    tell(f"a first recording, {bits} bit", said, "nothing is compiled, one gap was asked for")
    assert (done.stdout, done.returncode) == ("target 1 []\n", 0), done.stderr
