"""Settings of one stream."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from ..errors import ConfigurationError, counted
from .keep import KeepConfig
from .limits import (
    MAX_DOWNSAMPLE_RATIO,
    MAX_INTERVAL_S,
    DownsampleMode,
    interval_grid_ns,
    min_interval_ns,
    rate_text,
)
from .setup import ScopeSetup

MAX_DURATION_S = 10 * 366 * 86400.0
MAX_SAMPLES = 10**17
_MAX_DELIVERED_INTERVAL_S = 3600.0

OnOverrun = Literal["continue", "stop"]


@dataclass(frozen=True)
class StreamConfig(ScopeSetup):
    """What to stream; checked as a whole when it is made.

    With a trigger the stream starts at an edge, or what else it waits for, instead of at once.

    :param downsample_mode: reduction by the driver.
    :param downsample_ratio: raw samples per delivered one.
    :param duration_s: stop after this time (after the edge, with a trigger).
    :param samples: stop after this many delivered samples per channel; not with ``duration_s``.
    :param pool_s: seconds the buffer pool can bridge when the disk or Python is late.
    :param on_overrun: what lost samples do: a gap in the file, or the end of the recording.
    :param int16: take two bytes a sample also at 8 bit, as PicoStream does.
    :param keep: store only events and what lies around them; None stores all.
    :raises ConfigurationError: in one sentence that says what would be allowed.
    """

    downsample_mode: DownsampleMode = DownsampleMode.NONE
    downsample_ratio: int = 1
    duration_s: float | None = None
    samples: int | None = None
    pool_s: float = 4.0
    on_overrun: OnOverrun = "continue"
    int16: bool = False
    keep: KeepConfig | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_downsampling()
        self._check_extent()
        self._check_keep()

    def _check_rate(self) -> None:
        fastest_hz = 1e9 / min_interval_ns(self.resolution_bits, len(self.inputs))
        slowest_hz = 1 / MAX_INTERVAL_S
        rate_hz = self.sample_rate_hz
        if rate_hz == 0:
            return
        if not (slowest_hz <= rate_hz <= fastest_hz * (1 + 1e-9)):
            raise ConfigurationError(
                f"{counted(len(self.inputs), 'channel')} at {self.resolution_bits} bit cannot "
                f"stream at {rate_text(rate_hz)}; use {slowest_hz:.1g} S/s up to "
                f"{rate_text(fastest_hz)} per channel, or 0 for the fastest."
            )

    def _check_downsampling(self) -> None:
        ratio = self.downsample_ratio
        if not 1 <= ratio <= MAX_DOWNSAMPLE_RATIO:
            raise ConfigurationError(
                f"The down-sampling ratio must be 1 to {MAX_DOWNSAMPLE_RATIO}, not {ratio}."
            )
        if self.downsample_mode is DownsampleMode.NONE and ratio != 1:
            raise ConfigurationError(
                f"A down-sampling ratio of {ratio} needs a mode: average, aggregate or decimate."
            )
        delivered_s = self._delivered_s
        if delivered_s > _MAX_DELIVERED_INTERVAL_S:
            raise ConfigurationError(
                f"At this rate and ratio a sample takes {delivered_s:.3g} s; use a higher rate or "
                f"a lower ratio, so that it takes at most {_MAX_DELIVERED_INTERVAL_S:g} s."
            )
        if self.downsample_mode is DownsampleMode.AVERAGE and self.digital_ports:
            raise ConfigurationError(
                "Digital ports have no average; use the down-sampling mode aggregate or decimate."
            )

    def _check_extent(self) -> None:
        if self.duration_s is not None and self.samples is not None:
            raise ConfigurationError("Give a duration or a number of samples, not both.")
        if self.duration_s is not None and not 0 < self.duration_s <= MAX_DURATION_S:
            raise ConfigurationError("The duration must be more than 0 s and at most 10 years.")
        if self.duration_s is not None and self.duration_s < self._delivered_s * (1 - 1e-9):
            raise ConfigurationError(
                f"A sample takes {self._delivered_s:.3g} s at this rate and ratio; the duration "
                f"must be at least that, not {self.duration_s:.3g} s."
            )
        if self.samples is not None and not 1 <= self.samples <= MAX_SAMPLES:
            raise ConfigurationError(f"The number of samples must be 1 to {MAX_SAMPLES}.")
        if not 0 < self.pool_s <= 3600:
            raise ConfigurationError("The buffer pool must bridge more than 0 s and at most 1 h.")

    def _check_keep(self) -> None:
        if self.keep is None:
            return
        rule, channels = self.keep.rule, {row.name: row for row in self.channels}
        if rule.channel not in channels:
            raise ConfigurationError(
                f"Events can be kept by a channel that is streamed, {' or '.join(channels)}; not "
                f"by {rule.channel}."
            )
        if not rule.is_distance:
            channels[rule.channel].check_level(rule.threshold, "level of events")
        if self.downsample_mode is DownsampleMode.AGGREGATE:
            raise ConfigurationError(
                "In the down-sampling mode aggregate there are no single samples to find events "
                "in; use average, decimate or none."
            )

    @property
    def _delivered_s(self) -> float:
        return self.requested_interval_ns * self.downsample_ratio * 1e-9

    @property
    def requested_interval_ns(self) -> float:
        """Raw sample interval to ask the driver for."""
        if self.sample_rate_hz == 0:
            return min_interval_ns(self.resolution_bits, len(self.inputs))
        return 1e9 / self.sample_rate_hz

    @property
    def expected_interval_ns(self) -> float:
        """Raw sample interval that will come of it: the nearest that the scopes' clock divides to.

        The driver has the last word; what it says is known once the stream has started.
        """
        grid_ns = interval_grid_ns(self.resolution_bits)
        n_fastest = math.ceil(min_interval_ns(self.resolution_bits, len(self.inputs)) / grid_ns)
        n_wanted = math.floor(self.requested_interval_ns / grid_ns + 0.5)
        return float(grid_ns * max(n_wanted, n_fastest))

    def samples_in(self, seconds: float, sample_interval_ns: float) -> int:
        """Delivered samples per channel in a time span at the actual raw interval."""
        return max(1, round(seconds * 1e9 / (sample_interval_ns * self.downsample_ratio)))

    @property
    def wanted_counts_dtype(self) -> str:
        """``"i1"`` where the driver is asked for one byte a sample: 8 bit; else ``"<i2"``.

        Averages have more bits, and of ports nobody says that they come in bytes.
        """
        has_bytes = self.resolution_bits == 8 and not self.digital_ports
        is_average = self.downsample_mode is DownsampleMode.AVERAGE
        return "i1" if has_bytes and not is_average and not self.int16 else "<i2"

    @property
    def bytes_per_sample(self) -> int:
        """What a delivered sample of all inputs takes, in memory and in a file."""
        item_bytes = 1 if self.wanted_counts_dtype == "i1" else 2
        return item_bytes * self.downsample_mode.values_per_sample * len(self.inputs)

    def largest_samples(self, sample_interval_ns: float) -> int | None:
        """Delivered samples per input at most, those before a trigger too; None without an end."""
        n_samples = self.target_samples(sample_interval_ns)
        if n_samples is None or self.trigger is None:
            return n_samples
        return n_samples + self.samples_in(self.trigger.pre_trigger_s, sample_interval_ns)

    def target_samples(self, sample_interval_ns: float) -> int | None:
        """Delivered samples per channel to stop after, or None to stream until stopped."""
        if self.duration_s is not None:
            return self.samples_in(self.duration_s, sample_interval_ns)
        return self.samples
