"""Recorders that are fed as programs of their own, and can be killed."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from .plan import CAPTURES, EVENTS, Settings

ROOT = Path(__file__).parents[2]

#: A stream for each way to record; short ones that still fill several segments.
MODES = {
    "plain": Settings(samples=300_000),
    "of unknown length": Settings(samples=300_000, is_known=False),
    "channels and a port": Settings("A,B,PORT0", samples=200_000),
    "aggregate": Settings("A,B", samples=150_000, width=2),
    "8 bit": Settings("A,B", samples=300_000, dtype="i1"),
    "compressed": Settings("A,B", samples=250_000, interval_ns=1e3, compress=True),
    "with gaps": Settings(samples=300_000, gap_every=5),
    "triggered captures": Settings("A,B", samples=276_000, gap_every=1, kind=CAPTURES),
    "kept events": Settings("A,B", samples=280_000, is_known=False, gap_every=1, kind=EVENTS),
    "live-only": Settings("A,B", samples=720_000, is_known=False, live_s=200.0),
}


def modes(*short: str, of: Iterable[str] = MODES) -> list[Any]:
    """All modes as parameters of a test; those not named here are for the long form."""
    return [pytest.param(name, marks=() if name in short else pytest.mark.long) for name in of]


@dataclass
class Recording:
    """A feeder that runs.

    :param acknowledged: samples of the last answer; -1 before the recorder was opened.
    """

    process: subprocess.Popen[str]
    path: Path
    settings: Settings
    acknowledged: int = -1
    is_closed: bool = False
    answers: list[str] = field(default_factory=list)

    def step(self) -> bool:
        """Hand over one more stretch; False when the plan is done and the file closed."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.read()

    def until(self, samples: int) -> None:
        while self.acknowledged < samples:
            assert self.step(), "the recorder ended"

    def read(self) -> bool:
        """Take the next answer."""
        assert self.process.stdout is not None
        answer = self.process.stdout.readline().strip()
        if answer == "open":
            self.acknowledged = 0
        elif answer == "closed":
            self.is_closed = True
        elif answer:
            self.acknowledged = int(answer)
        return bool(answer) and not self.is_closed

    def finish(self) -> None:
        """Hand over the rest, and wait for the end."""
        while not self.is_closed:
            assert self.step() or self.is_closed, "the recorder ended without a word"
        assert self.process.wait() == 0

    def kill(self) -> None:
        """End it at once, and take the answers it still gave."""
        self.process.send_signal(signal.SIGKILL)
        while self.read():
            pass
        self.process.wait()


@contextlib.contextmanager
def recording(
    path: Path, settings: Settings, *, at_once: bool = False, env: dict[str, str] | None = None
) -> Iterator[Recording]:
    """Record a plan; the program is killed at the end if it still runs."""
    command = [sys.executable, "-m", f"{__package__}.feeder", str(path), settings.dumps()]
    process = subprocess.Popen(
        [*command, *(["--at-once"] if at_once else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=env,
    )
    try:
        yield Recording(process, path, settings)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
