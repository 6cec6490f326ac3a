"""The life of captures in the scope's memory as the C calls that make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from picostream_pymeasure.errors import DeviceLostError
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from tests.support.call_log import CallLog

#: Answers that there is nothing yet; how many there are is a matter of time.
WAITING = ("ps5000aIsReady(1, [0])", "ps5000aGetNoOfCaptures(1, [0])")


@pytest.fixture
def log(simulated: Callable[..., Any]) -> CallLog:
    return CallLog(simulated())


@pytest.fixture
def scope(log: CallLog) -> Iterator[PicoScope5000A]:
    with PicoScope5000A(PicoScopeAdapter(library=log)) as instrument:
        log.take()
        yield instrument


def of_the_capture(log: CallLog) -> list[str]:
    """Calls behind those that configure the scope, which a stream makes as well."""
    calls = [call for call in log.take() if call not in WAITING]
    first = next(i for i, call in enumerate(calls) if "GetTimebase2" in call)
    return calls[first:]


def test_one_capture(scope: PicoScope5000A, log: CallLog) -> None:
    scope.capture(samples=1000)
    assert of_the_capture(log) == [
        "ps5000aGetTimebase2(1, 1, 1, [0.0>2.0], [0>268435456], 0)",
        "ps5000aGetMaxSegments(1, [0>262144])",
        "ps5000aMemorySegments(1, 1, [0>268435456])",
        "ps5000aMemorySegments(1, 1, [0>268435456])",
        "ps5000aMaximumValue(1, [0>32767])",
        "ps5000aSetNoOfCaptures(1, 1)",
        "ps5000aSetDataBuffer(1, 0, *, 1000, 0, 0)",
        "ps5000aGetTimebase2(1, 1, 1, [0.0>2.0], [0>268435456], 0)",
        "ps5000aRunBlock(1, 0, 1000, 1, NULL, 0, NULL, NULL)",
        "ps5000aIsReady(1, [0>1])",
        "ps5000aGetValuesBulk(1, [1000], 0, 0, 1, 0, *)",
        "ps5000aGetTriggerInfoBulk(1, *, 0, 0)",
        "ps5000aGetValuesTriggerTimeOffsetBulk64(1, *, *, 0, 0)",
        "ps5000aStop(1)",
        "ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)",
    ]


def test_rapid_captures_of_two_inputs(scope: PicoScope5000A, log: CallLog) -> None:
    scope.resolution, scope.sample_rate = 8, 250e6
    scope.B.enabled = True
    scope.trigger.enabled, scope.trigger.auto_trigger = True, 0.001
    scope.trigger.pre_trigger = 1e-6
    scope.capture(samples=1000, captures=2)
    made = [call for call in of_the_capture(log) if "GetNoOfCaptures" not in call]
    assert made[4:] == [
        "ps5000aMaximumValue(1, [0>32512])",
        "ps5000aSetNoOfCaptures(1, 2)",
        *(f"ps5000aSetDataBuffer(1, {row}, *, 1000, {n}, 0)" for row in (0, 1) for n in (0, 1)),
        "ps5000aGetTimebase2(1, 2, 1, [0.0>4.0], [0>134217728], 0)",
        "ps5000aRunBlock(1, 250, 750, 2, NULL, 0, NULL, NULL)",
        "ps5000aIsReady(1, [0>1])",
        "ps5000aGetValuesBulk(1, [1000], 0, 1, 1, 0, *)",
        "ps5000aGetTriggerInfoBulk(1, *, 0, 1)",
        "ps5000aGetValuesTriggerTimeOffsetBulk64(1, *, *, 0, 1)",
        "ps5000aStop(1)",
        *(f"ps5000aSetDataBuffer(1, {row}, NULL, 0, {n}, 0)" for row in (0, 1) for n in (0, 1)),
    ]


def test_scope_that_is_lost_is_stopped_and_its_buffers_taken_back(
    scope: PicoScope5000A, log: CallLog
) -> None:
    log.answer("ps5000aIsReady", 7)
    with pytest.raises(DeviceLostError):
        scope.capture(samples=1000)
    assert of_the_capture(log)[-4:] == [
        "ps5000aRunBlock(1, 0, 1000, 1, NULL, 0, NULL, NULL)",
        "ps5000aIsReady(1, [0]) = 7",
        "ps5000aStop(1)",
        "ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)",
    ]


def test_power_that_came_is_acknowledged(scope: PicoScope5000A, log: CallLog) -> None:
    log.answer("ps5000aRunBlock", 281)
    scope.capture(samples=100)
    calls = of_the_capture(log)
    first = calls.index("ps5000aRunBlock(1, 0, 100, 1, NULL, 0, NULL, NULL) = 281")
    assert calls[first + 1 : first + 4] == [
        "ps5000aChangePowerSource(1, 281)",
        "ps5000aGetTimebase2(1, 1, 1, [0.0>2.0], [0>268435456], 0)",
        "ps5000aRunBlock(1, 0, 100, 1, NULL, 0, NULL, NULL)",
    ]
