"""Amplitude spectrum of a stretch of time by Welch's method.

P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra", IEEE Trans.
Audio Electroacoust. 15 (1967), with Hann windows that overlap by half.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ...reader import PicoStreamReader
from .request import LIMIT_SAMPLES
from .stretches import (
    as_samples,
    read_difference,
    read_stretch,
    sample_range,
    unbroken_parts,
)

#: Shorter stretches are transformed as a whole, for the finest resolution.
_SHORT_SEGMENT = 1 << 16
_LONG_SEGMENT = 1 << 19

#: Fewer samples have no spectrum worth to look at.
_MIN_SEGMENT = 16

#: Of a long stretch the segments are this part of it, so that a few can be averaged.
_SEGMENTS = 4

#: Nothing is drawn lower than this: a constant signal has no logarithm.
_FLOOR_DBV = -200.0

#: Bins on both sides that hold all but a millionth of a sine's power.
_MAIN_LOBE = 3

#: Bins that a Hann window spreads white noise over.
_NOISE_BINS = 1.5

#: A strongest line that stands out less from the median is just noise.
_PEAK_DB = 15.0

#: One that stands out less from the mean of so many bins on both sides is a hump, with the
#: frequency of none of them.
_NEAR_DB, _NEAR_BINS = 13.0, 16

#: A line has the shape that the window gives it but for so much of its power: pulses have not.
_MISFIT = 0.2

_SMALL = 1e-6

_NAN = float("nan")


@dataclass(frozen=True)
class Spectrum:
    """Amplitudes over frequencies; all arrays are empty where there were too few samples.

    A sine of 1 V rms whose frequency is one of ``frequencies_hz`` reads 0 dBV. Half way between two
    of them the Hann window shows it 1.42 dB too low; the peak is free of that.

    :param frequencies_hz: float64, ascending, without zero (the DC part is taken out).
    :param amplitude_dbv: as many: dB over 1 V rms, -200 at least.
    :param resolution_hz: distance of the frequencies; two sines are told apart from about two on.
    :param n_averages: segments whose powers were averaged.
    :param begin_s: time of the first sample used …
    :param end_s: … and the end of the last one.
    :param peak_hz: frequency of the strongest line; NaN when none stands out from the noise, of a
        hump, and of what has a period or less in a segment: slow drift looks the same.
    :param peak_dbv: its amplitude.
    :param floor_dbv: amplitude that one bin in a hundred lies below.
    """

    frequencies_hz: NDArray[np.float64]
    amplitude_dbv: NDArray[np.float64]
    resolution_hz: float = _NAN
    n_averages: int = 0
    begin_s: float = _NAN
    end_s: float = _NAN
    peak_hz: float = _NAN
    peak_dbv: float = _NAN
    floor_dbv: float = _NAN


def make_spectrum(reader: PicoStreamReader, channel: str, begin_s: float, end_s: float) -> Spectrum:
    """Make the spectrum of a channel from ``begin_s`` up to, not including, ``end_s``.

    The longest stretch without a gap sets the length of a segment: all of it up to 65 536 samples,
    a quarter of a longer one, and 524 288 samples at most. All stretches that are as long give
    segments; at most 4 million samples are read, in segments evenly spread over the time. Of
    aggregate recordings the middles of the (min, max) pairs are transformed. Digital ports have
    no spectrum.

    :raises ConfigurationError: there is no such channel, or the times are not finite.
    :raises StorageError: the file cannot be read.
    """
    settings = reader.settings(channel)
    if settings.is_digital:
        return Spectrum(np.empty(0), np.empty(0))
    gain = settings.count_scale.volts_per_count

    def read(start: int, stop: int) -> NDArray[np.float32]:
        _, counts = read_stretch(reader, channel, start, stop)
        # float32 errs far below a 16-bit scope's noise, and takes half the time
        values = as_samples(counts).astype(np.float32)
        values -= round(float(values.mean(dtype=np.float64))) if values.size else 0  # exact
        return values * np.float32(gain)

    return _averaged(reader, read, begin_s, end_s)


def difference_spectrum(
    reader: PicoStreamReader, minuend: str, subtrahend: str, begin_s: float, end_s: float
) -> Spectrum:
    """Make that of one channel less another one, as :func:`spectrum` does.

    Nothing is known where min and max of samples are recorded.

    :raises ConfigurationError: there is no such channel, or the times are not finite.
    :raises StorageError: the file cannot be read.
    """

    def read(start: int, stop: int) -> NDArray[np.float32]:
        first, values = read_difference(reader, minuend, subtrahend, start, stop)
        is_whole = first == start and values.size
        return (values - values.mean() if is_whole else np.empty(0)).astype(np.float32)

    return _averaged(reader, read, begin_s, end_s)


def _averaged(
    reader: PicoStreamReader,
    read: Callable[[int, int], NDArray[np.float32]],
    begin_s: float,
    end_s: float,
) -> Spectrum:
    """Average segments of what is read: volts, without their mean so that float32 holds them."""
    runs = list(unbroken_parts(reader, *sample_range(reader, begin_s, end_s)))
    size = _segment_size(max(stop - start for start, stop in runs))
    power, used = np.zeros(size // 2 + 1), []
    for start in _segment_starts(runs, size) if size >= _MIN_SEGMENT else []:
        values = read(start, start + size)
        if values.size == size:
            power += _power(values)
            used.append(start)
    if not used:
        return Spectrum(np.empty(0), np.empty(0))
    interval_s = reader.sample_interval_ns * 1e-9
    times_s = _time_s(reader, used[0]), _time_s(reader, used[-1] + size - 1) + interval_s
    return _finished(power[1:] / len(used), 1 / (size * interval_s), len(used), times_s)


def _finished(
    power: NDArray[np.float64], resolution_hz: float, n_averages: int, times_s: tuple[float, float]
) -> Spectrum:
    """Make a spectrum of mean squares in V², the first one at ``resolution_hz``."""
    amplitude_dbv = 10 * np.log10(np.maximum(power, 10 ** (_FLOOR_DBV / 10)))
    floor_dbv, median_dbv = np.percentile(amplitude_dbv, (1, 50)).tolist()
    top = int(amplitude_dbv.argmax())
    # half of what is strongest in the first bin lies below it, in what was taken out as the mean
    is_line = top > 0 and amplitude_dbv[top] > median_dbv + _PEAK_DB and _is_narrow(power, top)
    peak_bin, peak_dbv = _peak(power) if is_line else (_NAN, _NAN)
    return Spectrum(
        frequencies_hz=resolution_hz * np.arange(1, power.size + 1, dtype=np.float64),
        amplitude_dbv=amplitude_dbv,
        resolution_hz=resolution_hz,
        n_averages=n_averages,
        begin_s=times_s[0],
        end_s=times_s[1],
        peak_hz=(peak_bin + 1) * resolution_hz,
        peak_dbv=peak_dbv,
        floor_dbv=floor_dbv,
    )


def _is_narrow(power: NDArray[np.float64], top: int) -> bool:
    """Whether what is strongest is one line, and no part of something broader."""
    below = power[max(top - _NEAR_BINS, 0) : max(top - _MAIN_LOBE, 0)]
    above = power[top + _MAIN_LOBE + 1 : top + _NEAR_BINS + 1]
    beside = np.concatenate((below, above))
    stands_out = not beside.size or power[top] > beside.mean() * 10 ** (_NEAR_DB / 10)
    return bool(stands_out and _misfit(power, top) < _MISFIT)


def _misfit(power: NDArray[np.float64], top: int) -> float:
    """Share of the power of a line's bins that a line would have in others of them."""
    bins = np.arange(max(top - _MAIN_LOBE, 0), min(top + _MAIN_LOBE + 1, power.size))
    sides = [float(power[n]) if 0 <= n < power.size else 0.0 for n in (top - 1, top + 1)]
    ratio = math.sqrt(max(sides) / float(power[top]))
    place = top + math.copysign((2 * ratio - 1) / (ratio + 1), sides[1] - sides[0])
    wanted = _hann(np.asarray(bins - place, np.float64))
    wanted *= power[top] / wanted[top - bins[0]]
    return float(np.abs(power[bins] - wanted).sum() / power[bins].sum())


def _hann(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power of a line in a bin so many bins beside it, 1 at its own."""
    distance = np.where(np.abs(np.abs(distance) - 1) < _SMALL, 1 + _SMALL, distance)
    return np.asarray((np.sinc(distance) / (1 - distance**2)) ** 2)


def _peak(power: NDArray[np.float64]) -> tuple[float, float]:
    """Place and dBV of the strongest line, from all bins that it spreads over.

    So it does not matter where between two bins it lies.
    """
    top = int(power.argmax())
    first = max(top - _MAIN_LOBE, 0)
    lobe = power[first : top + _MAIN_LOBE + 1]
    place = float(np.arange(first, first + lobe.size) @ lobe / lobe.sum())
    return place, 10 * math.log10(lobe.sum() / _NOISE_BINS)


def _segment_size(longest: int) -> int:
    if longest <= _SHORT_SEGMENT:
        return longest
    quarter = 1 << (longest // _SEGMENTS).bit_length() - 1
    return min(max(quarter, _SHORT_SEGMENT), _LONG_SEGMENT)


def _segment_starts(runs: list[tuple[int, int]], size: int) -> list[int]:
    """First samples of the segments, overlapping by half, or evenly chosen from all of these."""
    step = size // 2
    long_runs = np.array([run for run in runs if run[1] - run[0] >= size], np.int64)
    n_segments = (long_runs[:, 1] - long_runs[:, 0] - size) // step + 1
    last = np.cumsum(n_segments)
    n_chosen = min(int(last[-1]), LIMIT_SAMPLES // size)
    chosen = np.linspace(0, last[-1] - 1, n_chosen).astype(np.int64)
    run = np.searchsorted(last, chosen, side="right")
    number = chosen - (last - n_segments)[run]
    starts: list[int] = (long_runs[run, 0] + number * step).tolist()
    return starts


@lru_cache(maxsize=4)
def _window(size: int) -> NDArray[np.float32]:
    """Hann window, periodic."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)


def _power(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Squared rms amplitudes of a segment, its mean taken out; shape (n // 2 + 1,).

    :param values: float32, shape ``(n,)``; overwritten.
    """
    window = _window(values.size)
    values *= window
    gain = float(window.sum(dtype=np.float64))
    values -= window * (float(values.sum(dtype=np.float64)) / gain)
    lines = np.fft.rfft(values)
    power = lines.real.astype(np.float64) ** 2 + lines.imag.astype(np.float64) ** 2
    power *= 2 / gain**2
    if values.size % 2 == 0:
        power[-1] /= 2  # half the sample rate has no mirror image
    return power


def _time_s(reader: PicoStreamReader, index: int) -> float:
    return float(reader.get_block(1, index)[0][0])
