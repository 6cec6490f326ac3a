"""Captures that are too large for this computer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from picostream_pymeasure.capture import capturing
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.system.memory import FreeMemory


@pytest.mark.parametrize(("n_bytes", "fits"), [(12_500, True), (12_400, False)])
def test_memory_is_looked_at_before_the_scope_is_armed(
    simulated: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, n_bytes: int, fits: bool
) -> None:
    # 1000 samples: two bytes of counts, eight of voltage; four fifths of the memory may be taken
    monkeypatch.setattr(capturing, "free_memory", lambda: FreeMemory(n_bytes))
    with PicoScope5000A(PicoScopeAdapter(library=simulated())) as scope:
        if fits:
            assert len(scope.capture(samples=1000).voltages["A"]) == 1
        else:
            with pytest.raises(ConfigurationError, match="use fewer or shorter ones"):
                scope.capture(samples=1000)
