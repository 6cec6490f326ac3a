"""The shared state of a stream before its first poll."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..config import StreamConfig
from . import state as st
from .pool import PoolPlan
from .pool_memory import PoolMemory

_STALL_S = 5.0


def prepare(
    state: NDArray[np.int64],
    config: StreamConfig,
    plan: PoolPlan,
    memory: PoolMemory,
    interval_ns: float,
) -> None:
    """Write what stays the same while a stream runs, and the time of its start.

    :param interval_ns: actual raw sample interval.
    """
    target = config.target_samples(interval_ns)
    now = st.clock_ns()
    state[st.N_BLOCKS] = plan.n_blocks
    state[st.BLOCK_SAMPLES] = plan.block_samples
    state[st.N_INPUTS] = plan.n_inputs
    state[st.VALUES_PER_SAMPLE] = plan.values_per_sample
    state[st.BUFFER_SAMPLES] = plan.buffer_samples
    state[st.POOL_ADDRESS] = memory.blocks.ctypes.data
    state[st.POST_TRIGGER if config.trigger else st.TARGET] = -1 if target is None else target
    state[st.STOP_ON_LOSS] = config.on_overrun == "stop"
    interval_fs = interval_ns * config.downsample_ratio * 1e6
    state[st.INTERVAL_FS] = round(interval_fs)
    state[st.STALL_NS] = round(_STALL_S * 1e9 + 10 * interval_fs / 1e6)
    buffer_ns = plan.buffer_samples * interval_fs / 1e6
    state[st.POLL_NS] = round(min(max(buffer_ns / 16, 1e6), 20e6))
    state[[st.START_NS, st.NOW_NS, st.LAST_DATA_NS, st.LAG_WINDOW_NS]] = now
    for row, channel in enumerate(config.channels):  # digital ports know no over-range
        state[st.OVER_RANGE_BITS + row] = 1 << channel.index
    for row, buffers in enumerate(memory.buffers):
        for half, buffer in enumerate(buffers):
            state[st.BUFFER_ADDRESSES + 2 * row + half] = buffer.ctypes.data
