"""What a driver call needs is compiled before it: an interrupt may break off a compilation only
where no C code is in between."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from numba.core.registry import CPUDispatcher

from picostream_pymeasure.capture import Watch, capture_into_memory
from picostream_pymeasure.config import CaptureConfig, StreamConfig, TriggerConfig
from picostream_pymeasure.driver import Unit
from picostream_pymeasure.streaming import StreamSession
from tests.support.keeping_sink import KeepingSink
from tests.support.patience import PATIENCE_S

_ROOM = "picostream_pymeasure.simulated."


def compiled() -> dict[str, list[Any]]:
    """Functions of the simulated library, and for what arguments they are ready."""
    functions = (
        found
        for name, module in list(sys.modules.items())
        if name.startswith(_ROOM)
        for found in vars(module).values()
        if isinstance(found, CPUDispatcher)
    )
    return {str(one.py_func): list(one.signatures) for one in functions}


def test_no_call_of_a_stream_compiles(simulated: Callable[..., Any], sink: KeepingSink) -> None:
    library = simulated()
    before = compiled()
    with Unit.open(library) as unit:
        session = StreamSession(unit, StreamConfig(sample_rate_hz=1e6, samples=1000), sink)
        session.start()
        during = compiled()
        session.wait()
    assert before
    assert during == before


def test_no_call_of_captures_compiles(simulated: Callable[..., Any]) -> None:
    """Else it would take its time from that of the one who waits for them."""
    library = simulated()
    before = compiled()
    trigger = TriggerConfig("A", level_v=0.5)
    config = CaptureConfig(samples=100, captures=3, trigger=trigger, sample_rate_hz=1e6)
    with Unit.open(library) as unit:
        capture_into_memory(unit, config, Watch(PATIENCE_S))
    assert compiled() == before
