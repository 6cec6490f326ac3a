"""What a scope's measurement table says about a channel in a stretch of time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...kernels.statistics import low_and_high, sums
from ...reader import PicoStreamReader
from .period import Levels, Period, find_period
from .request import LIMIT_SAMPLES
from .stretches import (
    as_samples,
    chosen_stretches,
    read_stretch,
    sample_range,
    unbroken_parts,
)

_NAN = float("nan")

#: Columns that a signal too slow for the stretches is looked for in, and how many a period needs.
_COLUMNS = 4096
_COLUMNS_PER_PERIOD = 16

#: Where no slow signal is found, a part of the time that is shorter by this factor is looked at.
_ZOOM = 16


@dataclass(frozen=True)
class Measurements:
    """Measurements of one channel; what cannot be said is NaN.

    In aggregate recordings min and max are those of the raw samples, and everything else is
    measured on the middles of the (min, max) pairs. A digital port has min, max and peak to peak
    alone, of its bit pattern (0 to 255) taken as millivolts.

    :param rms_v: with the DC part.
    :param frequency_hz: NaN where the signal does not repeat itself.
    :param frequency_error_hz: how far off it may be, as far as the edges tell.
    :param duty: share of a period above the middle between min and max, 0 to 1.
    :param n_samples: in the stretch of time.
    :param exact: every one of them was looked at. Otherwise the range is long, and all but min,
        max and peak to peak come from stretches evenly spread over it, or the file lacks some.
    :param extremes_exact: min, max and peak to peak are of all samples; else as all others.
    :param clipped: min or max lies at the end of the scale; the input was probably beyond it.
        Told by who knows the converter, not by :func:`measure`; so is ``unit``, of all volts.
    :param step_v: from one value of the converter to the next; 0 where nobody knows.
    """

    min_v: float = _NAN
    max_v: float = _NAN
    peak_to_peak_v: float = _NAN
    mean_v: float = _NAN
    rms_v: float = _NAN
    frequency_hz: float = _NAN
    frequency_error_hz: float = _NAN
    duty: float = _NAN
    n_samples: int = 0
    exact: bool = True
    extremes_exact: bool = True
    clipped: bool = False
    is_digital: bool = False
    unit: str = "V"
    step_v: float = 0.0


def measure(reader: PicoStreamReader, channel: str, begin_s: float, end_s: float) -> Measurements:
    """Measure a channel from ``begin_s`` up to, not including, ``end_s``.

    Up to 4 million samples are read, and overview bins where there are more. Gaps are left out, and
    no period reaches across one.

    :raises ConfigurationError: there is no such channel, or the times are not finite.
    :raises StorageError: the file cannot be read.
    """
    first, stop = sample_range(reader, begin_s, end_s)
    chosen = [read_stretch(reader, channel, *ends) for ends in chosen_stretches(first, stop)]
    stretches = [(start, counts) for start, counts in chosen if counts.size]
    if not stretches:
        return Measurements(n_samples=stop - first, exact=first == stop)
    times_s = max(begin_s, reader.begin_s), min(end_s, reader.end_s)
    return _Measuring(reader, channel, times_s, stretches).measurements(stop - first)


class _Measuring:
    """Measures a channel from stretches of its counts, each with its first sample's index."""

    def __init__(
        self,
        reader: PicoStreamReader,
        channel: str,
        times_s: tuple[float, float],
        stretches: Sequence[tuple[int, NDArray[np.int16]]],
    ) -> None:
        self._reader = reader
        self._channel = channel
        self._times_s = times_s
        self._settings = reader.settings(channel)
        self._interval_s = self._settings.sample_interval_ns * 1e-9
        self._scale = self._settings.count_scale
        self._extremes = [low_and_high(counts.ravel()) for _, counts in stretches]
        self._stretches = [(start, as_samples(counts)) for start, counts in stretches]
        self._looked_at = sum(samples.size for _, samples in self._stretches)

    def measurements(self, n_samples: int) -> Measurements:
        """Everything of ``n_samples`` samples."""
        exact = self._looked_at == n_samples
        low, high = self._low_and_high(n_samples)
        extremes = Measurements(
            min_v=self._scale.volts(low),
            max_v=self._scale.volts(high),
            peak_to_peak_v=(high - low) * self._scale.volts_per_count,
            n_samples=n_samples,
            exact=exact,
            is_digital=self._settings.is_digital,
        )
        if self._settings.is_digital:
            return extremes
        mean_v, rms_v = self._mean_and_rms_v()
        period = self._period(Levels.of_extremes(low, high), exact) if low < high else None
        found = replace(extremes, mean_v=mean_v, rms_v=rms_v)
        return with_period(found, period, self._interval_s)

    def _counts(self, millivolts: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._scale.counts(millivolts * 1e-3)

    def _low_and_high(self, n_samples: int) -> tuple[int, int]:
        if n_samples > LIMIT_SAMPLES:
            columns = self._reader.window(*self._times_s, 1, self._channel)
            low, high = np.rint(self._counts(columns[0, 1:3])).astype(int).tolist()
            return low, high
        lows, highs = zip(*self._extremes, strict=True)
        return min(lows), max(highs)

    def _mean_and_rms_v(self) -> tuple[float, float]:
        totals, squares = zip(*(sums(samples) for _, samples in self._stretches), strict=True)
        n, total = self._looked_at, sum(totals)
        variance = (n * sum(squares) - total * total) / (n * n)  # exact until it is divided
        mean_v = self._scale.volts(total / n)
        return mean_v, math.hypot(mean_v, math.sqrt(variance) * self._scale.volts_per_count)

    def _period(self, levels: Levels, exact: bool) -> Period | None:
        parts = [
            samples[begin - start : end - start]
            for start, samples in self._stretches
            for begin, end in unbroken_parts(self._reader, start, start + samples.size)
        ]
        period = find_period(parts, levels)
        return period if period or exact else self._slow_period(levels)

    def _slow_period(self, levels: Levels) -> Period | None:
        """Period of a signal that shows in the columns of a picture, the coarsest that serves."""
        begin_s, end_s = self._times_s
        length_s = end_s - begin_s
        while length_s > LIMIT_SAMPLES * self._interval_s:
            middle_s = (begin_s + end_s) / 2
            columns_mv = self._reader.window(
                middle_s - length_s / 2, middle_s + length_s / 2, _COLUMNS, self._channel
            )
            lows, highs = self._counts(columns_mv[:, 1:3].T)
            period = find_period(_column_runs((lows + highs) / 2), levels)
            if period and _is_resolved(period, lows, highs, levels):
                return period.times(length_s / _COLUMNS / self._interval_s)
            length_s /= _ZOOM
        return None


def with_period(found: Measurements, period: Period | None, interval_s: float) -> Measurements:
    """The measurements with what a period tells, which is nothing without one."""
    if period is None:
        return found
    frequency_hz = 1 / (period.length * interval_s)
    error_hz = frequency_hz * period.error / period.length
    return replace(found, frequency_hz=frequency_hz, frequency_error_hz=error_hz, duty=period.duty)


def _column_runs(middles: NDArray[np.float64]) -> list[NDArray[np.int16]]:
    """Columns between gaps."""
    empty = np.flatnonzero(np.isnan(middles))
    runs = np.split(middles, np.unique(np.concatenate((empty, empty + 1))))
    return [np.rint(run).astype(np.int16) for run in runs if not np.isnan(run).any()]


def _is_resolved(
    period: Period, lows: NDArray[np.float64], highs: NDArray[np.float64], levels: Levels
) -> bool:
    """Whether the columns show all edges; one that hides some reaches to both of the levels."""
    # an edge in the first or the last column has nothing beside it to be found from
    reach_both = ((lows <= levels.lower) & (highs >= levels.upper))[1:-1]
    n_both = int(np.count_nonzero(reach_both))
    return period.length >= _COLUMNS_PER_PERIOD and n_both <= period.n_edges
