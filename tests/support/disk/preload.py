"""The library that watches a folder, and the environment that loads it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

_SOURCE = Path(__file__).with_name("preload.c")


def shared_library(source: Path, folder: Path) -> Path:
    """Compile what takes the place of calls to the system, or skip the test."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("calls to the system are watched on Linux, with a C compiler (cc)")
    library = folder / f"{source.stem}.so"
    flags = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror"]
    command = [compiler, *flags, "-o", library, source, "-ldl", "-lpthread", "-lm"]
    subprocess.run([str(part) for part in command], check=True)
    return library


@dataclass(frozen=True)
class Preload:
    """The compiled library."""

    library: Path

    @classmethod
    def build(cls, folder: Path) -> Preload:
        """Compile it, or skip the test where that is not possible."""
        return cls(shared_library(_SOURCE, folder))

    def environment(
        self, folder: Path, log: Path | None = None, fail: str = "", delay: str = ""
    ) -> dict[str, str]:
        """Variables for a program whose files in ``folder`` are watched.

        :param fail: ``CALL:ERRNO:FIRST:COUNT``, see ``preload.c``.
        :param delay: ``CALL:MICROSECONDS``, of some calls only ``CALL:MICROSECONDS:FIRST:COUNT``.
        """
        wanted = {
            "LD_PRELOAD": str(self.library),
            "DISK_FOLDER": str(folder.resolve()),
            "DISK_LOG": "" if log is None else str(log),
            "DISK_FAIL": fail,
            "DISK_DELAY": delay,
        }
        return {**os.environ, **{name: value for name, value in wanted.items() if value}}
