"""How the memory of a stream is divided into blocks and the driver's buffers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..config import StreamConfig

_BLOCK_S = 0.1
_MIN_BLOCK_SAMPLES = 64
_MAX_BLOCK_VALUES = 2**19  # of one chunk in the file
_MIN_POOL_BYTES = 100 * 2**20
_MIN_BLOCKS, _MAX_BLOCKS = 16, 4096
_DRIVER_BUFFER_S = 0.25
_MIN_DRIVER_BUFFER, _MAX_DRIVER_BUFFER = 4096, 2**25


@dataclass(frozen=True)
class PoolPlan:
    """How memory is divided for a stream; all numbers are delivered samples per input.

    :param block_samples: a power of two: about 0.1 s, at most 2^19 values an input.
    :param n_blocks: enough for ``pool_s`` and the pre-trigger time, and for 100 MiB unless the
        stream is so slow that this were thousands of blocks.
    :param buffer_samples: the driver's own buffer, 0.25 s.
    """

    n_inputs: int
    values_per_sample: int
    block_samples: int
    n_blocks: int
    buffer_samples: int
    counts_dtype: str = "<i2"

    @classmethod
    def for_stream(
        cls, config: StreamConfig, raw_interval_ns: float, counts_dtype: str = "<i2"
    ) -> PoolPlan:
        """Divide memory for a stream at a raw interval.

        :param counts_dtype: of the samples that the driver delivers.
        """
        rate_hz = 1e9 / (raw_interval_ns * config.downsample_ratio)
        values = config.downsample_mode.values_per_sample
        largest = _MAX_BLOCK_VALUES // values
        wanted = max(_MIN_BLOCK_SAMPLES, min(largest, int(rate_hz * _BLOCK_S)))
        block_samples = 2 ** (wanted.bit_length() - 1)
        item_bytes = np.dtype(counts_dtype).itemsize
        block_bytes = item_bytes * values * len(config.inputs) * block_samples
        held_s = config.pool_s + (config.trigger.pre_trigger_s if config.trigger else 0.0)
        n_by_time = int(held_s * rate_hz / block_samples) + 2
        n_by_bytes = min(_MIN_POOL_BYTES // block_bytes, _MAX_BLOCKS)
        buffer_samples = int(rate_hz * _DRIVER_BUFFER_S)
        return cls(
            n_inputs=len(config.inputs),
            values_per_sample=values,
            block_samples=block_samples,
            n_blocks=max(_MIN_BLOCKS, n_by_time, n_by_bytes),
            buffer_samples=min(max(buffer_samples, _MIN_DRIVER_BUFFER), _MAX_DRIVER_BUFFER),
            counts_dtype=counts_dtype,
        )

    @property
    def held_samples(self) -> int:
        """Delivered samples that the pool holds, per input."""
        return self.n_blocks * self.block_samples

    @property
    def pool_shape(self) -> tuple[int, int, int]:
        """Shape of the pool: blocks, inputs, values."""
        return self.n_blocks, self.n_inputs, self.block_samples * self.values_per_sample

    @property
    def buffers_shape(self) -> tuple[int, int, int]:
        """Shape of the driver's buffers: inputs, values per sample, samples."""
        return self.n_inputs, self.values_per_sample, self.buffer_samples

    @property
    def n_bytes(self) -> int:
        """Memory of the pool and the driver's buffers."""
        values = math.prod(self.pool_shape) + math.prod(self.buffers_shape)
        return np.dtype(self.counts_dtype).itemsize * values
