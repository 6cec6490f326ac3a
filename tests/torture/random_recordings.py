"""Recordings of the driver of ``random_driver.c`` with ``picostream``: into files, in real time.

One alone, with habits changed, its file and the driver's log kept in a folder::

    python -m tests.torture.random_recordings 17 FOLDER told=0
"""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..support.disk.preload import shared_library
from .command import Picostream
from .random_judge import Claims, Judge
from .random_log import DriverLog
from .random_streams import SOURCE, Wish

_NAME = "data.hdf5"
#: A trigger that has not come by then will not come, which is drawn as well.
_TRIGGER_S = 3.0


@dataclass
class Recording:
    """One that runs.

    :param process: ``picostream``.
    """

    wish: Wish
    folder: Path
    process: Any
    is_interrupted: bool = False

    @classmethod
    def start(cls, wish: Wish, library: Path, folder: Path) -> Recording:
        """Start one.

        :param library: of :func:`library_folder`.
        """
        folder.mkdir(parents=True)
        log = folder.with_suffix(".log")
        environment = {"LD_LIBRARY_PATH": str(library), **wish.environment(log)}
        process = Picostream(folder).start(*_arguments(wish), env=environment)
        return cls(wish, folder, process)

    @property
    def log(self) -> DriverLog:
        return DriverLog(self.folder.with_suffix(".log"))

    def violations(self) -> Iterator[str]:
        """Wait for its end, and say what is not as it is promised."""
        self._interrupt_if_it_waits()
        ended = Picostream(self.folder).end(self.process)
        log, path = self.log, self.folder / _NAME
        left = sorted(one.name for one in self.folder.iterdir())
        if not log.of("close"):
            yield f"the scope was not closed: {ended.text}"
        if not path.exists():
            is_nothing = not log.of("portion") or not log.of("trigger")
            if ended.code != 1 or not is_nothing or left:
                yield f"no file, exit code {ended.code}: {ended.text}"
            return
        claims = Claims.of_file(path)
        if left != [_NAME]:
            yield f"left behind: {left}"
        if ended.code != _exit_code(claims):
            yield f"exit code {ended.code} of {claims.status}, {claims.ended_by}: {ended.text}"
        yield from Judge(claims, log).violations(is_timed=False)

    def _interrupt_if_it_waits(self) -> None:
        """End it as a user does, where the edge that it waits for never comes."""
        path = self.folder.with_suffix(".log")
        until_s = time.monotonic() + 60
        while self.process.poll() is None and "--trigger" in _arguments(self.wish):
            if time.monotonic() > until_s:
                return
            lines = path.read_text().splitlines()[:-1] if path.exists() else []
            words = [line.split() for line in lines]
            if any(one[0] == "trigger" for one in words):
                return
            times = [int(one[1]) for one in words if one[0] in ("run", "portion")]
            if times and times[-1] - times[0] > _TRIGGER_S * 1e9:
                self.is_interrupted = True
                self.process.send_signal(signal.SIGINT)
                return
            time.sleep(0.05)


def library_folder(folder: Path) -> Path:
    """Build the driver under the name that the program looks for."""
    library = shared_library(SOURCE, folder)
    library.rename(folder / "libps5000a.so")
    return folder


def _exit_code(claims: Claims) -> int:
    """By docs/reference/exit_codes.md."""
    if claims.ended_by not in ("target", "stopped", "finished"):
        return 1
    return 3 if len(claims.gaps) else 0


def _arguments(wish: Wish) -> list[str]:
    """What is asked of ``picostream``, drawn as well."""
    chance = random.Random(-wish.seed - 1)
    bits = chance.choice([8, 8, 12, 12, 14, 15, 16])
    inputs = ["A"] if bits == 16 else chance.choice([["A"], ["A", "B"], ["A", "PORT0"]])
    reduced = chance.random() < 0.2 and "PORT0" not in inputs
    wanted = ["-s", f"{wish.rate_hz / 1e3:.6g}kS/s", "-b", str(bits), "-o", _NAME]
    wanted += [word for name in inputs for word in ("-c", name)]
    if wish.is_number:
        wanted += [
            "--samples",
            str(int(wish.length_ms * 1e-3 * wish.rate_hz) // (4 if reduced else 1)),
        ]
    else:
        wanted += ["--duration", f"{wish.length_ms / 1e3:g}"]
    if reduced:
        wanted += ["-h", "4", "-m", "aggregate"]
    if chance.random() < 0.25:
        wanted += ["--trigger", "A:0.1V", "--pre-trigger", chance.choice(["0", "0.05", "0.5"])]
        wanted += chance.choice([[], ["--auto-trigger", "700"]])
    if bits == 8 and chance.random() < 0.3:
        wanted += ["--int16"]
    return wanted


def main(seed: str, folder: str, *changes: str) -> int:
    """Record one; 1 if anything is not as it is promised."""
    place = Path(folder)
    place.mkdir(parents=True)
    recording = Recording.start(Wish.drawn(int(seed), *changes), library_folder(place), place / "a")
    violations = list(recording.violations())
    print("picostream", *_arguments(recording.wish))
    print(recording.log, *violations, sep="\n")
    return int(bool(violations))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
