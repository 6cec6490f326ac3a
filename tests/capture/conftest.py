"""Simulated scopes that need no real time, at 8 bit with a trigger on A."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from picostream_pymeasure import PicoScope5000A
from picostream_pymeasure.driver import registration
from picostream_pymeasure.instrument.adapter import PicoScopeAdapter
from picostream_pymeasure.simulated import SimulatedScope, load_simulated
from tests.support.capturing import FAST

_register = registration.register


@pytest.fixture
def slow_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver that takes 50 µs for the memory of each segment."""

    def register(connection: Any, source: int, rows: Any, segments: range) -> None:
        time.sleep(50e-6 * len(segments))
        _register(connection, source, rows, segments)

    monkeypatch.setattr(registration, "register", register)


@pytest.fixture
def opened() -> Iterator[Callable[..., PicoScope5000A]]:
    """Opens simulated scopes that need no real time, at 8 bit with a trigger on A."""
    with contextlib.ExitStack() as stack:

        def open_scope(**settings: Any) -> PicoScope5000A:
            unit = SimulatedScope(**{"paced": False, "signals": FAST, **settings})
            adapter = PicoScopeAdapter(library=load_simulated((unit,)))
            scope = stack.enter_context(PicoScope5000A(adapter))
            scope.resolution, scope.A.range = 8, 2
            scope.trigger.level, scope.trigger.enabled = 0.25, True
            return scope

        yield open_scope
