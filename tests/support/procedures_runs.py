"""Procedures in PyMeasure's Worker, as its window and console run them."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pymeasure.experiment import Procedure, Results, Worker

from picostream_pymeasure.procedures.scope_keeper import wait_for_all
from tests.support.patience import PATIENCE_S

#: A simulated scope that waits for a busy machine; only tests of overruns want a small memory.
PATIENT_SCOPE = "fifo_s=10"


def wait_until(condition: Callable[[], Any], timeout_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def join(worker: Worker) -> None:
    """Wait for the end of a run; PyMeasure's own join would stop it."""
    threading.Thread.join(worker, PATIENCE_S)
    assert not worker.is_alive()


@contextlib.contextmanager
def running(procedure: Procedure, csv_path: Path) -> Iterator[Worker]:
    """Start a run; at the end of the block it is waited for."""
    worker = Worker(Results(procedure, str(csv_path)))
    worker.start()
    try:
        yield worker
    finally:
        join(worker)
        assert wait_for_all(PATIENCE_S)


def run(procedure: Procedure, csv_path: Path) -> Results:
    """Run a procedure to its end."""
    with running(procedure, csv_path) as worker:
        pass
    return worker.results
