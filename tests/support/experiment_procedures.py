"""Procedures that end in ways a scope does not."""

from __future__ import annotations

import threading
from typing import ClassVar

from pymeasure.experiment import FloatParameter, IntegerParameter, Procedure

from tests.support.patience import PATIENCE_S


class Counting(Procedure):
    """Counts until it is broken off, unless it is told to fail; records nothing."""

    DATA_COLUMNS: ClassVar[list[str]] = ["Number", "Square"]
    INPUTS = ("n_rows", "limit")
    n_rows = IntegerParameter("Rows", default=3)
    limit = FloatParameter("Limit", default=1e9)

    def execute(self) -> None:
        for number in range(self.n_rows):
            self.emit("results", {"Number": number, "Square": number**2})
        while self.n_rows > 100 and not self.should_stop():
            threading.Event().wait(0.01)

    def get_estimates(self) -> list[tuple[str, str]]:
        if self.limit < 0:
            raise ValueError("Limit must not be negative.")
        return [("Rows", str(self.n_rows))]


class SlowShutdown(Counting):
    """Fails, and takes its time to shut down: until the window lets it go on."""

    let_go = threading.Event()
    was_let_go: ClassVar[list[bool]] = []

    def execute(self) -> None:
        raise RuntimeError("nothing works")

    def shutdown(self) -> None:
        self.was_let_go.append(self.let_go.wait(PATIENCE_S))
