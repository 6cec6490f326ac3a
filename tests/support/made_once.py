"""What takes long to make, once for all workers of a run."""

from __future__ import annotations

import contextlib
import os
import pickle
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.patience import PATIENCE_S

T = TypeVar("T")


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], T]) -> T:
    """What the first worker that needs it makes in a folder; the others wait and take a copy.

    :param make: its result is pickled.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return make(folders.mktemp(name))
    made = folders.getbasetemp().parent / f"{name}.pickle"
    # a lock that every system has, and that ends with its process
    lock = sqlite3.connect(made.with_suffix(".lock"), timeout=PATIENCE_S, isolation_level=None)
    with contextlib.closing(lock):
        lock.execute("BEGIN EXCLUSIVE")
        if not made.exists():
            made.write_bytes(pickle.dumps(make(folders.mktemp(name))))
    return pickle.loads(made.read_bytes())
