"""A stream, and the stretches of samples that it is handed on in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import ChannelConfig, KeepConfig, StreamConfig


@dataclass(frozen=True)
class StreamDescription:
    """What is known once the driver has accepted the stream.

    :param config: the settings as asked for.
    :param sample_interval_ns: *actual* raw interval, as the driver answered.
    :param max_adc: counts at full scale; 127 of one byte a sample.
    :param block_samples: delivered samples per channel in a full block.
    :param counts_dtype: of the samples of all inputs: ``"<i2"``, or ``"i1"`` (8 bit unscaled).
    :param start_time: UTC, ISO 8601.
    :param unit: identification of the scope (``serial``, ``variant``, ``driver_version`` …).
    :param simulation: how to compute every simulated sample, or None for hardware.
    :param metadata: whatever the caller wants stored (procedure parameters …).
    :param keep: the sink stores only events, and what lies around them.
    :param held_s: how long memory takes what comes while the sink waits.
    :param capture_samples: of each triggered capture, as asked for; 0 of a stream.
    """

    config: StreamConfig
    sample_interval_ns: float
    max_adc: int
    block_samples: int
    start_time: str
    unit: Mapping[str, Any] = field(default_factory=dict)
    simulation: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    counts_dtype: str = "<i2"
    keep: KeepConfig | None = None
    held_s: float = 10.0
    capture_samples: int = 0

    @property
    def stored_interval_ns(self) -> float:
        """Time between two delivered samples."""
        return self.sample_interval_ns * self.config.downsample_ratio

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Enabled channels and digital ports, in the order of a block's rows."""
        return tuple(row.name for row in self.config.inputs)

    @property
    def values_per_sample(self) -> int:
        """Values per delivered sample: 2 (min, max) in aggregate mode, else 1."""
        return self.config.downsample_mode.values_per_sample

    def volts(self, channel: ChannelConfig, counts: NDArray[Any]) -> NDArray[np.float64]:
        """Voltages at an analogue input, shaped as its counts."""
        return channel.count_scale(self.max_adc).volts(counts)


@dataclass(frozen=True)
class Block:
    """A stretch of samples in pool memory, valid only until the sink's ``write`` returns.

    :param rows: shape ``(n_inputs, count * values_per_sample)``, each row contiguous, of the
        description's ``counts_dtype``.
    :param first_sample: index in the file of the first delivered sample.
    :param count: delivered samples per channel, at least 1; any number up to a block of the pool.
    """

    rows: NDArray[Any]
    first_sample: int
    count: int
