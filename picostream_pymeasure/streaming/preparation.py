"""The shared state of a stream before its first poll."""

from __future__ import annotations

import math

from ..config import StreamConfig
from .clock import start_clock
from .pool import PoolPlan
from .pool_memory import PoolMemory
from .state import SharedState

_STALL_S = 5.0
#: When all samples of a duration have not come after this, the host's clock ends it.
_LATE, _LATE_S = 1.02, 3.0


def begin(state: SharedState) -> int:
    """Start the clock, before the scope is started."""
    return int(start_clock(state.records))


def note_running(state: SharedState, run_ns: int) -> None:
    """Note that the scope runs.

    :param run_ns: what :func:`begin` gave.
    """
    now_ns = state.now_ns()
    state["run_ns"], state["ran_ns"] = run_ns, now_ns
    state["now_ns"] = state["before_ns"] = state["last_data_ns"] = now_ns


def prepare(
    state: SharedState,
    config: StreamConfig,
    plan: PoolPlan,
    memory: PoolMemory,
    interval_ns: float,
) -> None:
    """Write what stays the same while a stream runs.

    :param interval_ns: actual raw sample interval.
    """
    delivered_ns = interval_ns * config.downsample_ratio
    state["interval_ns"] = delivered_ns
    _divide(state, plan, memory)
    _set_end(state, config, interval_ns)
    state["stop_on_loss"] = config.on_overrun == "stop"
    state["stall_ns"] = round(_STALL_S * 1e9 + 10 * delivered_ns)
    buffer_ns = plan.buffer_samples * delivered_ns
    state["poll_ns"] = round(min(max(buffer_ns / 16, 1e6), 20e6))
    for row, channel in enumerate(config.channels):  # digital ports know no over-range
        state["over_range_bits"][row] = 1 << channel.index
    block_ns = plan.block_samples * delivered_ns
    # a poll brings several small blocks at once
    state.drains["pause_ns"] = int(min(max(block_ns / 4, 5e6), 20e6))


def _divide(state: SharedState, plan: PoolPlan, memory: PoolMemory) -> None:
    state["n_blocks"] = plan.n_blocks
    state["block_samples"] = plan.block_samples
    state["n_inputs"] = plan.n_inputs
    state["values_per_sample"] = plan.values_per_sample
    state["item_bytes"] = memory.blocks.itemsize
    state["buffer_samples"] = plan.buffer_samples
    state["pool_address"] = memory.blocks.ctypes.data
    for row, buffers in enumerate(memory.buffers):
        for half, buffer in enumerate(buffers):
            state["buffers"][2 * row + half] = buffer.ctypes.data


def _set_end(state: SharedState, config: StreamConfig, interval_ns: float) -> None:
    target = config.target_samples(interval_ns)
    wanted = -1 if target is None else target
    if config.trigger is None:
        state["target"] = wanted
    else:
        state["post_trigger"] = wanted
        before = config.trigger.pre_trigger_s * 1e9 / state["interval_ns"]
        state["pre_trigger"] = round(before)
    if config.duration_s is not None:  # a time: what is missing counts as well
        state["target_counts_lost"] = 1
        state["time_limit_ns"] = math.ceil((config.duration_s * _LATE + _LATE_S) * 1e9)
