"""Damage of any kind gives exceptions of the package: no hang, no crash, no other exception.

It is done in programs of their own, for what loops or crashes in HDF5 cannot be stopped.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import storage_damage


def run(folder: Path, *arguments: object) -> None:
    command = [sys.executable, storage_damage.__file__, folder, *arguments]
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [*map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    where = ended.stdout.splitlines()[-1:]
    assert ended.returncode == 0, f"{where} {ended.returncode}\n{ended.stderr}"


def test_some_damage_of_every_kind(tmp_path: Path) -> None:
    run(tmp_path, 1, 4)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", storage_damage.KINDS)
def test_much_damage(tmp_path: Path, kind: str) -> None:
    run(tmp_path, 2, 5000, kind)
