"""Captures that are too large for this computer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from picostream_pymeasure.capture.plan import plan_captures
from picostream_pymeasure.config import CaptureConfig, ChannelConfig
from picostream_pymeasure.driver import Unit
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.system import memory
from picostream_pymeasure.system.memory import FreeMemory


@pytest.mark.parametrize(("n_bytes", "fits"), [(12_500, True), (12_400, False)])
def test_memory_is_looked_at_before_the_scope_is_armed(
    simulated: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, n_bytes: int, fits: bool
) -> None:
    # 1000 samples: two bytes of counts, eight of voltage; four fifths of the memory may be taken
    monkeypatch.setattr(memory, "free_memory", lambda: FreeMemory(n_bytes))
    with PicoScope5000A(PicoScopeAdapter(library=simulated())) as scope:
        if fits:
            assert len(scope.capture(samples=1000).voltages["A"]) == 1
        else:
            with pytest.raises(ConfigurationError, match="use fewer or shorter ones"):
                scope.capture(samples=1000)


@pytest.mark.parametrize(
    ("run_bytes", "captures"), [(None, 50), (8 * 2 * 2 * 100, 8), (8 * 2 * 2 * 100 - 1, 7), (1, 1)]
)
def test_the_memory_of_a_run_limits_its_captures(
    simulated: Callable[..., Any], run_bytes: int | None, captures: int
) -> None:
    channels = ChannelConfig("A"), ChannelConfig("B")  # two bytes a sample of each
    config = CaptureConfig(channels=channels, resolution_bits=8, samples=100, captures=50)
    with Unit.open(simulated()) as unit:
        unit.configure(config)
        assert plan_captures(unit, config, run_bytes).run_captures == captures
