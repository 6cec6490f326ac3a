"""What a type checker knows of the instrument; mypy reads it, nothing runs it."""

from __future__ import annotations

from typing_extensions import assert_type

from picostream_pymeasure import PicoScope5000A
from picostream_pymeasure.instrument import Capture, ScopeChannel
from picostream_pymeasure.instrument.session import ScopeSession


def use() -> None:
    """As scripts do."""
    with PicoScope5000A(simulated=True) as scope:
        assert_type(scope, PicoScope5000A)
        assert_type(scope.A, ScopeChannel)
        assert_type(scope.A.range, float)
        assert_type(scope.trigger.direction, str)
        assert_type(scope.acquire(samples=3), Capture)
        with scope.stream("x.hdf5") as session:
            assert_type(session, ScopeSession)
