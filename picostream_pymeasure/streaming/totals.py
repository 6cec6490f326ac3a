"""The running totals of a stream, as the shared state has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..config import StreamConfig
from ..records import Health
from . import state as st


def read_health(state: NDArray[np.int64], config: StreamConfig, stored: int) -> Health:
    """Read the totals.

    :param stored: samples per channel that the sink has taken.
    """
    elapsed_s = int(state[st.NOW_NS] - state[st.START_NS]) / 1e9
    received = int(state[st.RECEIVED])
    # the last block is given back although it is not full
    filled = max(st.read(state, st.HEAD) - st.read(state, st.TAIL), 0)
    return Health(
        elapsed_s=elapsed_s,
        received=received,
        stored=stored,
        lost=int(state[st.LOST]),
        gaps=st.read(state, st.GAP_COUNT),
        pool_fill=filled / max(int(state[st.N_BLOCKS]), 1),
        over_range={
            channel.name: int(state[st.OVER_RANGE + row])
            for row, channel in enumerate(config.channels)
        },
        actual_rate_hz=received / elapsed_s if elapsed_s > 0 else 0.0,
    )
