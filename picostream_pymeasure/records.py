"""The nouns that pass from a stream to whatever stores it.

``streaming`` makes them, sinks (``storage``) take them; neither room knows the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .config import ChannelConfig, StreamConfig
from .errors import ConfigurationError

# -- the native form: what a native sink is called with, one record a message

#: Kinds of messages, see :class:`NativeSink`.
STRETCH, GAP, CLOCK, HEALTH = range(4)

#: Bytes of a cause: UTF-8, padded with zeros.
CAUSE_BYTES = 64


def _words(*names: str) -> np.dtype[np.void]:
    return np.dtype([(name, np.int64) for name in names])


#: Input r's samples lie one behind the other from ``rows_address + r * row_bytes`` on: ``count *
#: values_per_sample`` items of the description's ``counts_dtype``; never beyond a block.
STRETCH_DTYPE = _words("first_sample", "count", "rows_address", "row_bytes")
#: As :class:`Gap`; a number that was seen before settles that gap.
GAP_MESSAGE_DTYPE = _words(
    "number",
    "sample_index",
    "earliest",
    "latest",
    "missing",
    "estimated_missing",
    "time_ns",
    "cause_address",
)
#: As :class:`ClockPair`.
CLOCK_DTYPE = _words("sample_index", "host_ns", "slept_ns")
#: As :class:`Health`; comes at least five times a second, also when nothing else does.
HEALTH_MESSAGE_DTYPE = _words(
    "host_ns",
    "received",
    "lost",
    "gaps",
    "pool_permille",
    "over_range_A",
    "over_range_B",
    "over_range_C",
    "over_range_D",
)


@dataclass(frozen=True)
class NativeSink:
    """A sink that is called without Python.

    ``int64 function(int64 context, int64 kind, int64 address)`` is called from one native thread
    without the GIL, in order, with the address of one record of the kind, which is valid during
    the call. It returns 0; after anything else it is not called again, and :meth:`Sink.update`
    tells why.

    :param function: address of the function.
    :param context: passed through to it.
    """

    function: int
    context: int


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
        return channel.volts(counts, self.max_adc)


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


@dataclass(frozen=True)
class Gap:
    """Samples that are missing between two neighbours in the file; indices are the file's.

    :param number: 0, 1, 2 … in the order of finding; one that is told again is settled by it.
    :param sample_index: the most likely place: the first stored sample after the gap.
    :param earliest: the true place is not before this sample …
    :param latest: … and not after this one.
    :param missing: delivered samples per channel that are missing, -1 if nobody can know.
    :param estimated_missing: ``missing``, or the estimate from the host's clock; -1 until there is
        one.
    :param cause: ``"driver overrun"``, ``"pool full"``, ``"not reported by the driver"`` (the clock
        shows it), or ``"restart after"`` and the driver's status …
    :param time_s: when it was noticed, in host seconds since the file's first sample.
    """

    number: int
    sample_index: int
    earliest: int
    latest: int
    missing: int
    estimated_missing: int
    cause: str
    time_s: float


@dataclass(frozen=True)
class ClockPair:
    """How far the samples and the host's clock were at one moment.

    :param sample_index: file index of the next sample to come.
    :param host_ns: on a clock that nobody slews, since the file's first sample.
    :param slept_ns: how long the machine has slept since the start of the stream.
    """

    sample_index: int
    host_ns: int
    slept_ns: int


@dataclass(frozen=True)
class Event:
    """Something the user marked while the stream ran.

    :param sample_index: file index of the sample that was taken when it was marked.
    :param time_s: host seconds since the file's first sample.
    """

    sample_index: int
    time_s: float
    label: str
    value: float = float("nan")


def number_of_mark(label: Any, value: Any) -> float:
    """The number of a user's mark.

    :raises ConfigurationError: the mark is not a text and a number.
    """
    try:
        label.encode()
        return float(value)
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise ConfigurationError(
            f"A mark is a text and a number, not {label!r} and {value!r}."
        ) from None


@dataclass(frozen=True)
class CapturedRun:
    """Triggered captures of one run; arrays of n captures.

    :param first_samples: int64, file index of each one's first sample.
    :param trigger_samples: int64, file index of the sample at its trigger.
    :param times_s: float64, from the first trigger of all; NaN where the scope does not say.
    :param offsets_s: float64, from the trigger's sample to the crossing.
    :param over_range: int64, bit 0 for channel A that was clipped, and so on.
    :param samples: of each of them.
    :param number: 0, 1, 2 … of the run.
    """

    first_samples: NDArray[np.int64]
    trigger_samples: NDArray[np.int64]
    times_s: NDArray[np.float64]
    offsets_s: NDArray[np.float64]
    over_range: NDArray[np.int64]
    samples: int
    number: int


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


#: How a stream can end; the first three are as asked for. ``crash`` only a repair can tell.
TARGET, STOPPED, FINISHED, ABORTED, FAILED, LOST_SCOPE, DISK, CRASH = ENDINGS = (
    "target",
    "stopped",
    "finished",
    "aborted",
    "failed",
    "lost scope",
    "disk",
    "crash",
)


@dataclass(frozen=True)
class Outcome:
    """How the stream ended, and what its ledger knows in the end.

    :param ended_by: one of :data:`ENDINGS`.
    :param reason: one sentence.
    :param health: final totals.
    :param trigger_sample: file index of the trigger, or None.
    :param first_stream_sample: index in the stream of the file's first sample; not 0 when a
        trigger let earlier samples go.
    :param simulation: the final description of the simulated signals (they may have changed).
    :param lost_is_exact: ``health.lost`` is no estimate.
    :param smallest_visible_loss: samples; a smaller loss that the driver did not report could not
        have been seen. 0 if there was no time to see anything.
    :param rate_deviation_ppm: how much slower than reported the samples came, over the whole run.
    :param mark_accuracy_s: so far a mark's sample may lie from its time.
    """

    ended_by: str
    reason: str
    health: Health
    trigger_sample: int | None = None
    first_stream_sample: int = 0
    simulation: Mapping[str, Any] | None = None
    lost_is_exact: bool = True
    smallest_visible_loss: int = 0
    rate_deviation_ppm: float = 0.0
    mark_accuracy_s: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether it ended as asked for, which says nothing about missing samples."""
        return self.ended_by in (TARGET, STOPPED, FINISHED)


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


class Sink:
    """Where a session puts what it streams; a subclass overrides what it needs, at least ``write``.

    All calls come from one thread, in the order of the samples. A gap that the driver signalled
    comes before the first block behind its earliest place, with ``estimated_missing`` -1, and again
    with the same number once its length is known; one that only the clock shows comes when it is
    known. Nothing comes before the file's first sample is known.
    """

    def prepare(self) -> None:
        """Load and compile what is needed; called before the scope starts."""

    def open(self, description: StreamDescription) -> NativeSink | None:
        """Get ready; called once, while samples already arrive in the pool.

        :returns: None, or where native code takes the samples; then :meth:`write`, :meth:`add_gap`
            and :meth:`add_clock` are not called.
        """
        return None

    def write(self, block: Block) -> None:
        """Store a block; it must not be touched after the return."""
        raise NotImplementedError

    def add_gap(self, gap: Gap) -> None:
        """Note missing samples, or settle a gap that was told before."""

    def add_clock(self, pair: ClockPair) -> None:
        """Note how the samples and the host's clock go together, about ten times a second."""

    def add_event(self, event: Event) -> None:
        """Note a user's mark."""

    def add_captures(self, run: CapturedRun) -> None:
        """Note which of the samples that were written last are captures."""

    def update(self, health: Health) -> None:
        """Publish running totals, a few times a second.

        :raises Exception: the native sink failed; only this object knows why.
        """

    def close(self, outcome: Outcome) -> None:
        """Finish; called once after ``open``, also when the stream failed."""
