"""Files changed by chance or malice: a sentence, never a traceback, a crash or a wrong number.

The long form makes 10^5 of them.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..support.hdf5 import File
from ..support.patience import PATIENCE_S
from .hostile import Changer
from .plan import Settings
from .recorders import ROOT, recording

SETTINGS = Settings(samples=60_000)


@pytest.fixture(scope="module", params=["finished", "killed"])
def changer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Changer:
    path = tmp_path_factory.mktemp("hostile") / "a.hdf5"
    with recording(path, SETTINGS) as recorder:
        if request.param == "finished":
            recorder.finish()
        else:
            recorder.until(SETTINGS.samples // 2)
            recorder.kill()
    file = File(path)
    assert list(file.walk())
    return Changer(path.read_bytes(), file.structures)


class Looker:
    """The program that looks at the files, started again when one has ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def look(self, path: Path) -> dict[str, object]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", f"{__package__}.hostile_reader"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(path), SETTINGS.dumps()]) + "\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE_S)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            self.kill()
            return {"bug": "it ended" if ready else "it hangs"}
        return json.loads(line)

    def end(self) -> int:
        """Let it end by itself; its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.communicate(timeout=PATIENCE_S)
        return process.returncode

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with process:
                process.kill()


@pytest.fixture
def looker() -> Iterator[Looker]:
    looker = Looker()
    yield looker
    looker.kill()


@pytest.mark.parametrize("rounds", [24, pytest.param(50_000, marks=pytest.mark.long)])
@pytest.mark.timeout(36_000)
def test_a_sentence_or_the_truth(
    tmp_path: Path, changer: Changer, looker: Looker, rounds: int
) -> None:
    path = tmp_path / "a.hdf5"
    bad = []
    for seed in range(rounds):
        done, content = changer.changed(seed)
        path.write_bytes(content)
        found = looker.look(path)
        if "bug" in found or "wrong" in found:
            bad.append((seed, done, found))
    assert not bad, f"{len(bad)} of {rounds}: {bad[:3]}"
    assert looker.end() == 0, "it cannot end after what it saw"
