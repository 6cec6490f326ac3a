"""Simulated scopes that need no real time, at 8 bit with a trigger on A."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from picostream_pymeasure import PicoScope5000A
from picostream_pymeasure.instrument.adapter import PicoScopeAdapter
from picostream_pymeasure.simulated import SimulatedScope, load_simulated
from tests.support.capturing import FAST


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
