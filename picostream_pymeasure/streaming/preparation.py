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


def prepare(state: SharedState, config: StreamConfig, plan: PoolPlan, memory: PoolMemory) -> None:
    """Start the clock, and write what stays the same while a stream runs.

    The actual interval, and lengths that depend on it, are written by :mod:`.start`.
    """
    start_clock(state.records)
    delivered_ns = config.requested_interval_ns * config.downsample_ratio
    state["ratio"] = config.downsample_ratio
    _divide(state, plan, memory)
    _set_end(state, config)
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


def _set_end(state: SharedState, config: StreamConfig) -> None:
    if config.trigger is not None:
        state["pre_trigger"] = 0
        state["pre_trigger_ns"] = config.trigger.pre_trigger_s * 1e9
    if config.samples is not None:
        state["wanted"] = config.samples
    if config.duration_s is not None:  # a time: what is missing counts as well
        state["wanted_ns"] = config.duration_s * 1e9
        state["target_counts_lost"] = 1
        state["time_limit_ns"] = math.ceil((config.duration_s * _LATE + _LATE_S) * 1e9)
