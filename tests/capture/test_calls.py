"""The life of captures in the scope's memory as the C calls that make it."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.driver import registration
from picostream_pymeasure.driver.connection import Connection
from picostream_pymeasure.driver.status import BUSY, OK
from picostream_pymeasure.errors import (
    DeviceLostError,
    DriverError,
    PowerSourceError,
    SampleRateError,
)
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.simulated import BlockFault
from tests.support.call_log import CallLog
from tests.support.capturing import SLOW, assert_proven

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
        "ps5000aGetTimebase2(1, 2, 1000, [0.0>4.0], [0>134217728], 0)",
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
    assert calls[first + 1 : first + 3] == ["ps5000aChangePowerSource(1, 281)", "ps5000aStop(1)"]
    again = calls.index("ps5000aSetDeviceResolution(1, 1)", first)
    buffer = next(i for i, call in enumerate(calls) if i > again and "SetDataBuffer" in call)
    assert calls[buffer : buffer + 3] == [
        "ps5000aSetDataBuffer(1, 0, *, 100, 0, 0)",
        "ps5000aGetTimebase2(1, 1, 1, [0.0>2.0], [0>268435456], 0)",
        "ps5000aRunBlock(1, 0, 100, 1, NULL, 0, NULL, NULL)",
    ]


def test_a_scope_that_forgets_its_segments_with_its_power_is_divided_again(
    scope: PicoScope5000A, log: CallLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = log.ps5000aChangePowerSource

    def forgetful(handle: int, state: int) -> int:
        log.ps5000aMemorySegments(handle, 1, ctypes.byref(ctypes.c_int32()))
        log.ps5000aSetNoOfCaptures(handle, 1)
        status: int = made(handle, state)
        return status

    monkeypatch.setattr(log, "ps5000aChangePowerSource", forgetful, raising=False)
    log.answer("ps5000aRunBlock", 281)
    captures = scope.capture(samples=100, captures=3)
    assert captures.run_of.tolist() == [0, 0, 0]
    assert_proven(scope, captures)


@pytest.mark.parametrize("call", ["GetTimebase2", "GetMaxSegments", "MemorySegments"])
def test_power_that_changes_while_captures_are_planned_is_acknowledged(
    scope: PicoScope5000A, log: CallLog, call: str
) -> None:
    log.answer(f"ps5000a{call}", 281)
    assert_proven(scope, scope.capture(samples=100))


def answer_once(
    log: CallLog, monkeypatch: pytest.MonkeyPatch, call: str, number: int, status: int
) -> None:
    """Let one call of a function, counted from 0, give a status; the driver does not hear of it."""
    made, calls = getattr(log, call), itertools.count()
    wrapped = lambda *arguments: status if next(calls) == number else made(*arguments)  # noqa: E731
    monkeypatch.setattr(log, call, wrapped, raising=False)


@pytest.mark.parametrize(
    ("call", "number"), [("SetNoOfCaptures", 0), ("GetTimebase2", 1), ("RunBlock", 0)]
)
@pytest.mark.parametrize("status", [281, 39])
def test_a_run_is_armed_again_when_its_power_changes_and_waits_for_a_busy_driver(
    scope: PicoScope5000A,
    log: CallLog,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    number: int,
    status: int,
) -> None:
    answer_once(log, monkeypatch, f"ps5000a{call}", number, status)
    captures = scope.capture(samples=100)
    assert len(captures) == 1
    assert_proven(scope, captures)


@pytest.mark.parametrize("status", [281, 39])
def test_a_buffer_that_is_refused_for_now_is_handed_over_again(
    scope: PicoScope5000A, log: CallLog, status: int
) -> None:
    log.answer("ps5000aSetDataBuffer", status)
    assert_proven(scope, scope.capture(samples=100))


def test_buffers_that_are_refused_now_and_then_are_handed_over_one_by_one() -> None:
    segments: list[int] = []

    def set_data_buffer(*arguments: int) -> int:
        segments.append(arguments[4])
        return BUSY if len(segments) % 2 else OK

    function = ctypes.CFUNCTYPE(
        ctypes.c_uint32,
        *(ctypes.c_int16, ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32, ctypes.c_uint32),
        ctypes.c_int32,
    )(set_data_buffer)
    connection = Connection(SimpleNamespace(ps5000aSetDataBuffer=function), 0, "")
    registration.register(connection, 0, np.zeros((3, 10), np.int16), range(3))
    assert segments == [0, 0, 1, 1, 2, 2]


def test_power_that_keeps_changing_is_an_error(scope: PicoScope5000A, log: CallLog) -> None:
    log.answer("ps5000aRunBlock", 281, 281, 281)
    with pytest.raises(PowerSourceError, match="keeps changing"):
        scope.capture(samples=100)


def test_a_wait_that_the_driver_cancels_by_itself_is_an_error(
    scope: PicoScope5000A, log: CallLog
) -> None:
    log.answer("ps5000aIsReady", 58)
    with pytest.raises(DriverError, match="The capture was stopped"):
        scope.capture(samples=100)


def test_a_timebase_for_which_there_are_too_many_samples_is_none(
    scope: PicoScope5000A, log: CallLog
) -> None:
    scope.sample_rate = 1e6
    log.answer("ps5000aGetTimebase2", 29)
    with pytest.raises(SampleRateError, match="cannot capture one sample every 1008 ns"):
        scope.capture(samples=100)


@pytest.mark.parametrize(("call", "status"), [("MemorySegments", 30), ("GetTimebase2", 29)])
def test_memory_that_cannot_be_divided_so_often_is_divided_less(
    scope: PicoScope5000A,
    log: CallLog,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    status: int,
) -> None:
    answer_once(log, monkeypatch, f"ps5000a{call}", 1, status)  # 0 is of one segment, or one sample
    captures = scope.capture(samples=100, captures=16)
    assert len(captures) == 16
    assert captures.run_of.tolist() == [0] * 14 + [1] * 2
    assert_proven(scope, captures, 14)


def test_captures_that_were_seen_are_kept_when_the_scope_does_not_say_their_number(
    opened: Callable[..., PicoScope5000A],
) -> None:
    scope = opened(paced=True, signals=SLOW)
    log = scope.unit.library = CallLog(scope.unit.library)
    seen: list[int] = []

    def should_stop() -> bool:
        if not seen or seen[-1] < 2:
            return False
        log.answer("ps5000aGetNoOfCaptures", 37)
        return True

    captures = scope.capture(
        samples=100, captures=5000, should_stop=should_stop, progress=seen.append
    )
    assert 2 <= len(captures) < 5000
    assert captures.ended_by == "stopped"
    assert_proven(scope, captures)


@pytest.mark.parametrize("status", [37, 13, 0])
def test_half_an_answer_is_kept_when_the_scope_gives_it_once(
    opened: Callable[..., PicoScope5000A], status: int
) -> None:
    scope = opened(block_faults=(BlockFault("fewer_samples", "get_values", samples=10),))
    scope.unit.library = OnceRead(scope.unit.library, status)
    captures = scope.capture(samples=100, captures=3)
    assert captures.counts["A"].shape == (3, 90)
    assert_proven(scope, captures)


def test_captures_that_are_not_to_be_had_at_once_are_asked_for_again(
    scope: PicoScope5000A, log: CallLog
) -> None:
    log.answer("ps5000aGetValuesBulk", 37, 37)
    assert_proven(scope, scope.capture(samples=100, captures=3))


def test_captures_that_are_not_to_be_had_at_all_are_told_in_the_driver_s_words(
    scope: PicoScope5000A, log: CallLog
) -> None:
    log.answer("ps5000aGetValuesBulk", 37, 37, 37)
    with pytest.raises(DriverError, match="ps5000aGetValuesBulk") as refused:
        scope.capture(samples=100, captures=3)
    assert refused.value.status == 37


class OnceRead:
    """A driver that gives captures once, and a status or no samples when it is asked again."""

    def __init__(self, library: Any, status: int) -> None:
        self._library, self._status, self._reads = library, status, itertools.count()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)

    def ps5000aGetValuesBulk(self, *arguments: Any) -> int:  # noqa: N802 - the driver's name
        if next(self._reads):
            arguments[1]._obj.value = 0
            return self._status
        status: int = self._library.ps5000aGetValuesBulk(*arguments)
        return status
