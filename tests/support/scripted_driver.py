"""A driver whose every poll is written down: what it says and does then, on a virtual clock.

Samples are those of a steady scope, each with the low bits of its index, so that what arrived is
known whatever was said of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba import carray, cfunc, int16, int32, njit, types, uint32
from numpy.typing import NDArray

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.streaming import polling
from picostream_pymeasure.streaming.callback import streaming_ready
from picostream_pymeasure.streaming.layout import STATE
from picostream_pymeasure.streaming.pool import PoolPlan
from picostream_pymeasure.streaming.pool_memory import PoolMemory
from picostream_pymeasure.streaming.preparation import prepare
from picostream_pymeasure.streaming.state import SharedState
from picostream_pymeasure.system.native import as_pointer, call_streaming_ready
from tests.support.virtual_stream import Told, told_of

INTERVAL_NS = 2000
_POLLS = 4096
#: What may be written down of a poll.
SAYS = np.dtype(
    [
        (name, np.int64)
        for name in (
            "blocks_ns",  # how long the call takes before anything is handed over
            "loses",  # samples that never come, before what is handed over
            "drops",  # the same behind it: the next poll goes on after them
            "keeps",  # 1: what there is stays for the next poll
            "rewinds",  # 1: it writes at the begin of its buffer
            "flat",  # 1: all samples are equal; for all polls alone
            "status",  # handed over or not
            "tells",  # 1: a callback with count 0, where nothing is handed over
            "start",  # is told so much too large
            "count",
            "overflow",
            "triggered",
            "trigger_at",
            "auto_stop",
        )
    ]
)
_SCRIPT = np.zeros(_POLLS, SAYS)
_STEADY = np.zeros(1, SAYS)
#: Polls so far, next index of the scope, where it writes next, when it began, size of the buffer.
_WORDS = np.zeros(5, np.int64)
#: The time in ns, then where the others lie: code that knows no address can be kept.
_CLOCK = np.array([0, *(array.ctypes.data for array in (_SCRIPT, _STEADY, _WORDS))], np.int64)
_INDEX_BITS = 0xFFFF


@njit(nogil=True, cache=True)
def _write(state, words, count, bits):  # type: ignore[no-untyped-def]
    """Put samples into the buffer where the driver goes on; how many fit there.

    :param bits: those of the index that a sample has.
    """
    count = max(0, min(count, words[4] - words[2]))
    buffer = carray(as_pointer(state.buffers[0]), (words[4],), types.int16)
    for number in range(count):
        buffer[words[2] + number] = (words[1] + number) & bits
    words[1] += count
    return count


@cfunc(types.uint32(types.int16, types.int64, types.int64), nogil=True, cache=True)
def _poll(handle, callback, parameter):  # type: ignore[no-untyped-def]
    state = carray(as_pointer(parameter), 1, STATE)[0]
    clock = carray(as_pointer(state.clock_address), 4, np.int64)
    words = carray(as_pointer(clock[3]), 5, np.int64)
    says = carray(as_pointer(clock[1]), _POLLS, SAYS)[min(words[0], _POLLS - 1)]
    steady = carray(as_pointer(clock[2]), 1, SAYS)[0]
    words[0] += 1
    clock[0] += says.blocks_ns
    words[1] += says.loses
    words[2] *= 1 - max(says.rewinds, steady.rewinds)
    waiting = (clock[0] - words[3]) // INTERVAL_NS - words[1] - says.drops
    bits = 0 if steady.flat else _INDEX_BITS
    start, count = words[2], _write(state, words, 0 if says.keeps else waiting, bits)
    words[1] += says.drops
    words[2] = (start + count) % words[4]
    if count or says.tells:
        call_streaming_ready(
            callback,
            int16(handle),
            int32(count + (says.count + steady.count if count else 0)),
            uint32(start + says.start + steady.start),
            int16(says.overflow),
            uint32(says.trigger_at),
            int16(says.triggered),
            int16(says.auto_stop),
            parameter,
        )
    return uint32(says.status)


def play(
    script: Mapping[int, Mapping[str, int]],
    seconds: float,
    steady: Mapping[str, int] | None = None,
    trigger: Any = None,
    started_s: float = 0.0,
) -> Told:
    """Stream for so long from the driver that does at its polls what is written down.

    :param script: number of a poll -> fields of :data:`SAYS`; other polls just hand over.
    :param steady: the same for every poll, of ``start``, ``count``, ``rewinds`` and
        ``flat``.
    :param started_s: the call that starts the scope takes so long; it samples from its begin on.
    """
    _CLOCK[0] = 1_000_000_000
    config = StreamConfig(
        channels=(ChannelConfig("A", 5.0),),
        sample_rate_hz=1e9 / INTERVAL_NS,
        duration_s=seconds,
        pool_s=1.0,
        trigger=trigger,
    )
    plan = PoolPlan.for_stream(config, INTERVAL_NS)
    blocks = int(seconds * 1.6e9 / INTERVAL_NS / plan.block_samples) + 8
    plan = PoolPlan(1, 1, plan.block_samples, blocks, plan.buffer_samples)
    memory = PoolMemory(plan)
    state = SharedState()
    state["clock_address"] = _CLOCK.ctypes.data
    try:
        prepare(state, config, plan, memory)
        _begin(state, plan, script, steady or {}, int(_CLOCK[0]))
        _CLOCK[0] += round(started_s * 1e9)
        for name in ("ran_ns", "now_ns", "before_ns", "last_data_ns"):
            state[name] = _CLOCK[0]
        arguments = (state.records, _poll.address, np.int16(1), streaming_ready.address)
        while True:
            why, _status = polling.poll_until(*arguments)
            if why != polling.STATUS:
                break
            polling.enter_restart(state.records)
            polling.note_data(state.records)
        polling.end_ledger(state.records)
        truth = _truth(memory.blocks.reshape(-1)[: int(state["accepted"])])
    finally:
        memory.release()
    return told_of(state, int(why), truth, 0)


def _begin(
    state: SharedState,
    plan: PoolPlan,
    script: Mapping[int, Mapping[str, int]],
    steady: Mapping[str, int],
    now_ns: int,
) -> None:
    """As the start of a scope does it."""
    _SCRIPT[:] = np.zeros(1, SAYS)
    _STEADY[:] = np.zeros(1, SAYS)
    for number, says in script.items():
        for name, value in says.items():
            _SCRIPT[number][name] = value
    for name, value in steady.items():
        _STEADY[0][name] = value
    _WORDS[:] = 0, 0, 0, now_ns, plan.buffer_samples
    state["interval_ns"] = float(INTERVAL_NS)
    for name in ("run_ns", "ran_ns", "now_ns", "before_ns", "last_data_ns"):
        state[name] = now_ns
    state["wanted"] = round(float(state["wanted_ns"]) / INTERVAL_NS)
    if state["pre_trigger"] < 0:
        state["target"] = state["wanted"]
    else:
        state["post_trigger"] = state["wanted"]
    state["running"] = 1


def _truth(samples: NDArray[np.int16]) -> list[tuple[int, int]]:
    """Places and lengths of what is missing, or comes again, by the bits of the index."""
    steps = np.diff(samples.astype(np.int64)) & _INDEX_BITS
    places = np.flatnonzero(steps != 1)
    missing = (steps[places] - 1) & _INDEX_BITS
    missing = np.where(missing > _INDEX_BITS // 2, missing - _INDEX_BITS - 1, missing)
    return [(int(at) + 1, int(lost)) for at, lost in zip(places, missing, strict=True)]
