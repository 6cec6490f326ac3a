"""The buffer pool: blocks in memory that is there before the stream starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import psutil
from numpy.typing import NDArray

from ..config import StreamConfig
from ..errors import ConfigurationError

_BLOCK_S = 0.1
_MIN_BLOCK_SAMPLES = 64
_MAX_BLOCK_VALUES = 2**19  # one chunk of 1 MiB in the file
_MIN_POOL_BYTES = 100 * 2**20
_MIN_BLOCKS, _MAX_BLOCKS = 16, 4096
_DRIVER_BUFFER_S = 0.25
_MIN_DRIVER_BUFFER, _MAX_DRIVER_BUFFER = 4096, 2**25


@dataclass(frozen=True)
class PoolPlan:
    """How memory is divided for a stream; all numbers are delivered samples per channel.

    :param block_samples: a power of two: about 0.1 s, at most 1 MiB a channel.
    :param n_blocks: enough for ``pool_s`` and the pre-trigger time, and for 100 MiB unless the
        stream is so slow that this were thousands of blocks.
    :param buffer_samples: the driver's own buffer, 0.25 s.
    """

    n_channels: int
    values_per_sample: int
    block_samples: int
    n_blocks: int
    buffer_samples: int

    @classmethod
    def for_stream(cls, config: StreamConfig, raw_interval_ns: float) -> PoolPlan:
        """Divide memory for a stream at a raw interval."""
        rate_hz = 1e9 / (raw_interval_ns * config.downsample_ratio)
        values = config.downsample_mode.values_per_sample
        largest = _MAX_BLOCK_VALUES // values
        wanted = max(_MIN_BLOCK_SAMPLES, min(largest, int(rate_hz * _BLOCK_S)))
        block_samples = 2 ** (wanted.bit_length() - 1)
        block_bytes = 2 * values * block_samples * len(config.channels)
        held_s = config.pool_s + (config.trigger.pre_trigger_s if config.trigger else 0.0)
        n_by_time = int(held_s * rate_hz / block_samples) + 2
        n_by_bytes = min(_MIN_POOL_BYTES // block_bytes, _MAX_BLOCKS)
        buffer_samples = int(rate_hz * _DRIVER_BUFFER_S)
        return cls(
            n_channels=len(config.channels),
            values_per_sample=values,
            block_samples=block_samples,
            n_blocks=max(_MIN_BLOCKS, n_by_time, n_by_bytes),
            buffer_samples=min(max(buffer_samples, _MIN_DRIVER_BUFFER), _MAX_DRIVER_BUFFER),
        )

    @property
    def pool_shape(self) -> tuple[int, int, int]:
        """Shape of the pool: blocks, channels, values."""
        return self.n_blocks, self.n_channels, self.block_samples * self.values_per_sample

    @property
    def n_bytes(self) -> int:
        """Memory of the pool and the driver's buffers."""
        buffers = self.n_channels * self.values_per_sample * self.buffer_samples
        return 2 * (int(np.prod(self.pool_shape)) + buffers)

    def allocate(self) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
        """Allocate the pool and the driver's buffers, every page touched.

        :returns: pool of :attr:`pool_shape`; buffers of shape ``(n_channels, values, n)``.
        :raises ConfigurationError: the machine does not have so much memory free.
        """
        available = psutil.virtual_memory().available
        if self.n_bytes > 0.8 * available:
            raise ConfigurationError(
                f"The buffer pool needs {self.n_bytes / 1e9:.2f} GB but {available / 1e9:.2f} GB "
                f"of memory are free; use a shorter buffer or pre-trigger time."
            )
        pool = np.empty(self.pool_shape, np.int16)
        buffers = np.empty((self.n_channels, self.values_per_sample, self.buffer_samples), np.int16)
        pool.fill(0)
        buffers.fill(0)
        return pool, buffers
