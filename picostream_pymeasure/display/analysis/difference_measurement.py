"""What the measurement table says about the difference of two channels."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ...reader import PicoStreamReader
from .measurement import Measurements, with_period
from .period import Levels, Period, find_period
from .stretches import chosen_stretches, read_difference, sample_range, unbroken_parts

#: Steps of half the height of a difference, whose edges are looked for in whole numbers.
_STEPS = 32_000

#: First sample of a stretch, and float64 volts from there on.
_Stretch = tuple[int, NDArray[np.float64]]


def measure_difference(
    reader: PicoStreamReader, minuend: str, subtrahend: str, begin_s: float, end_s: float
) -> Measurements:
    """Measure one channel less another from ``begin_s`` up to, not including, ``end_s``.

    Of a long range min and max come from stretches as everything else does: those of the channels
    do not tell them. Nothing is known where min and max of samples are recorded.

    :raises ConfigurationError: there is no such channel, or the times are not finite.
    :raises StorageError: the file cannot be read.
    """
    first, stop = sample_range(reader, begin_s, end_s)
    read = (
        read_difference(reader, minuend, subtrahend, *ends)
        for ends in chosen_stretches(first, stop)
    )
    stretches = [stretch for stretch in read if stretch[1].size]
    looked_at = sum(values.size for _, values in stretches)
    exact = looked_at == stop - first
    if not looked_at:
        return Measurements(n_samples=stop - first, exact=exact, extremes_exact=exact)
    low_v = min(float(values.min()) for _, values in stretches)
    high_v = max(float(values.max()) for _, values in stretches)
    mean_v = math.fsum(float(values.sum()) for _, values in stretches) / looked_at
    square = math.fsum(float(np.dot(values, values)) for _, values in stretches) / looked_at
    interval_s = reader.settings(minuend).sample_interval_ns * 1e-9
    period = _period(reader, stretches, low_v, high_v) if low_v < high_v else None
    found = Measurements(
        min_v=low_v,
        max_v=high_v,
        peak_to_peak_v=high_v - low_v,
        mean_v=mean_v,
        rms_v=math.sqrt(square),
        n_samples=stop - first,
        exact=exact,
        extremes_exact=exact,
    )
    return with_period(found, period, interval_s)


def _period(
    reader: PicoStreamReader, stretches: list[_Stretch], low_v: float, high_v: float
) -> Period | None:
    middle_v, step_v = (low_v + high_v) / 2, (high_v - low_v) / 2 / _STEPS
    parts = [
        np.rint((values[begin - start : end - start] - middle_v) / step_v).astype(np.int16)
        for start, values in stretches
        for begin, end in unbroken_parts(reader, start, start + values.size)
    ]
    return find_period(parts, Levels.of_extremes(-_STEPS, _STEPS))
