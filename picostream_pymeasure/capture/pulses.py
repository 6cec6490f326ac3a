"""What the captures of a run are in short, for whoever watches or tabulates them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig, ChannelConfig
from ..kernels.pulses import BASELINE, MAXIMUM, MEAN, MINIMUM, measure
from .plan import CapturePlan
from .run import FetchedRun
from .trigger_facts import RunTriggers


@dataclass(frozen=True)
class Pulse:
    """Of n captures of one channel; float64, shape ``(n,)``.

    :param baseline_v: mean of the first half of what lies before the trigger; 0 if nothing does.
    :param amplitude_v: the farthest from the baseline, negative below it.
    :param area_vs: integral over the capture from the baseline on, in V s.
    """

    minimum_v: NDArray[np.float64]
    maximum_v: NDArray[np.float64]
    mean_v: NDArray[np.float64]
    baseline_v: NDArray[np.float64]
    amplitude_v: NDArray[np.float64]
    area_vs: NDArray[np.float64]


@dataclass(frozen=True)
class Pulses:
    """Of the n captures of a run.

    :param first: number of the first one, from 0 on.
    :param times_s: float64, shape ``(n,)``: when each was triggered, from the first of all on; NaN
        where the scope does not say.
    :param channels: channel → what was measured.
    :param over_range: channel → bool, shape ``(n,)``.
    """

    first: int
    times_s: NDArray[np.float64]
    channels: Mapping[str, Pulse]
    over_range: Mapping[str, NDArray[np.bool_]]

    def __len__(self) -> int:
        return len(self.times_s)


def measure_pulses(
    config: CaptureConfig,
    plan: CapturePlan,
    max_adc: int,
    run: FetchedRun,
    triggers: RunTriggers,
    first: int,
) -> Pulses:
    """Measure all captures of a run.

    :param first: number of its first capture.
    """
    at_rest = -(-plan.before // 2)
    return Pulses(
        first=first,
        times_s=triggers.times_s,
        channels={
            channel.name: _pulse(channel, counts, at_rest, plan.interval_ns * 1e-9, max_adc)
            for channel, counts in zip(config.channels, run.counts, strict=False)
        },
        over_range={
            channel.name: (run.overflow >> channel.index & 1).astype(bool)
            for channel in config.channels
        },
    )


def _pulse(
    channel: ChannelConfig,
    counts: NDArray[np.int16],
    at_rest: int,
    interval_s: float,
    max_adc: int,
) -> Pulse:
    found = np.empty((len(counts), 4))
    measure(counts, min(at_rest, counts.shape[1]), found)
    volts = channel.count_scale(max_adc).volts(found)
    low_v, high_v, mean_v = volts[:, MINIMUM], volts[:, MAXIMUM], volts[:, MEAN]
    baseline_v = volts[:, BASELINE] if at_rest else np.zeros(len(counts))
    above_v, below_v = high_v - baseline_v, low_v - baseline_v
    return Pulse(
        minimum_v=low_v,
        maximum_v=high_v,
        mean_v=mean_v,
        baseline_v=baseline_v,
        amplitude_v=np.where(above_v >= -below_v, above_v, below_v),
        area_vs=(mean_v - baseline_v) * counts.shape[1] * interval_s,
    )
