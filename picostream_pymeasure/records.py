"""The nouns that pass from a stream to whatever stores it.

``streaming`` makes them, sinks (``storage``) take them; neither room knows the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from .config import ChannelConfig, StreamConfig


@dataclass(frozen=True)
class StreamDescription:
    """What is known once the driver has accepted the stream.

    :param config: the settings as asked for.
    :param sample_interval_ns: *actual* raw interval, as the driver answered.
    :param max_adc: counts at full scale.
    :param block_samples: delivered samples per channel in a full block.
    :param start_time: UTC, ISO 8601.
    :param unit: identification of the scope (``serial``, ``variant``, ``driver_version`` …).
    :param simulation: how to compute every simulated sample, or None for hardware.
    :param metadata: whatever the caller wants stored (procedure parameters …).
    """

    config: StreamConfig
    sample_interval_ns: float
    max_adc: int
    block_samples: int
    start_time: str
    unit: Mapping[str, Any] = field(default_factory=dict)
    simulation: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

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
        """int16 values per delivered sample: 2 (min, max) in aggregate mode, else 1."""
        return self.config.downsample_mode.values_per_sample

    def volts(self, channel: ChannelConfig, counts: NDArray[np.int16]) -> NDArray[np.float64]:
        """Voltages at an analogue input, shaped as its counts."""
        # the driver adds the offset before it digitises
        return counts.astype(np.float64) * (channel.range_v / self.max_adc) - channel.offset_v


@dataclass(frozen=True)
class Block:
    """A stretch of samples in pool memory, valid only until the sink's ``write`` returns.

    :param rows: int16, shape ``(n_inputs, block_samples * values_per_sample)``, each row
        contiguous; beyond ``count`` samples the values are meaningless.
    :param first_sample: index in the file of the first delivered sample.
    :param count: delivered samples per channel; less than a full block only at the very end.
    """

    rows: NDArray[np.int16]
    first_sample: int
    count: int


@dataclass(frozen=True)
class Gap:
    """Samples that are missing between two neighbours in the file.

    :param sample_index: the first stored sample after the gap.
    :param missing: delivered samples per channel that are missing, -1 if nobody can know.
    :param estimated_missing: ``missing``, or the estimate from the host's clock.
    :param cause: ``"driver overrun"``, ``"pool full"``, ``"not reported by the driver"`` (the clock
        shows it), or ``"restart after"`` and the driver's status.
    :param time_s: host seconds since the start of the stream.
    """

    sample_index: int
    missing: int
    estimated_missing: int
    cause: str
    time_s: float


@dataclass(frozen=True)
class Event:
    """Something the user marked while the stream ran.

    :param sample_index: sample that was the newest when it was marked.
    :param time_s: host seconds since the start of the stream.
    """

    sample_index: int
    time_s: float
    label: str
    value: float = float("nan")


@dataclass(frozen=True)
class Health:
    """Running totals for whoever watches; samples are delivered samples per channel.

    :param received: what the driver delivered.
    :param stored: what the sink has taken.
    :param lost: known and estimated losses.
    :param gaps: number of gaps.
    :param pool_fill: 0 to 1.
    :param over_range: per analogue channel, how many deliveries of the driver held clipped samples.
    :param actual_rate_hz: delivered samples per second by the host's clock.
    """

    elapsed_s: float = 0.0
    received: int = 0
    stored: int = 0
    lost: int = 0
    gaps: int = 0
    pool_fill: float = 0.0
    over_range: Mapping[str, int] = field(default_factory=dict)
    actual_rate_hz: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """How the stream ended.

    :param complete: it ended as asked for (target reached, or the user stopped it).
    :param reason: one sentence.
    :param health: final totals.
    :param trigger_sample: file index of the trigger, or None.
    :param first_stream_sample: index in the stream of the file's first sample; not 0 when a
        trigger let earlier samples go.
    :param simulation: the final description of the simulated signals (they may have changed).
    """

    complete: bool
    reason: str
    health: Health
    trigger_sample: int | None = None
    first_stream_sample: int = 0
    simulation: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Proof:
    """How far the samples of a simulated recording are those that were delivered.

    :param proven_samples: samples per channel from the start that are right on all channels.
    :param text: what was found.
    :param holds: whether that is all of them.
    """

    proven_samples: int
    text: str
    holds: bool


@runtime_checkable
class Sink(Protocol):
    """Where a session puts what it streams; all calls come from one thread, in order."""

    def open(self, description: StreamDescription) -> None:
        """Get ready; called once, while samples already arrive in the pool."""

    def write(self, block: Block) -> None:
        """Store a block; it must not be touched after the return."""

    def add_gap(self, gap: Gap) -> None:
        """Note missing samples."""

    def add_event(self, event: Event) -> None:
        """Note a user's mark."""

    def update(self, health: Health) -> None:
        """Publish running totals; called a few times a second."""

    def close(self, outcome: Outcome) -> None:
        """Finish; called once after ``open``, also when the stream failed."""
