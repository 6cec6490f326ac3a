"""What viewers of HDF5 files draw when they open a recording: its envelope, in volts and seconds.

``/`` → ``@default`` → ``/entry`` (NXentry) → ``@default`` → ``/entry/envelope`` (NXdata), as the
NeXus standard has it and silx and h5web follow it. The group holds ``time`` and, for each channel,
``A_min`` and ``A_max``: at most :data:`MAX_POINTS` values each, empty until the recording ends.
Digital ports have no volts and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import DownsampleMode
from ..kernels.envelope import MAX, MIN
from .live_layout import LIVE
from .overview import FACTORS
from .schema import ADC_COUNTS, CHANNELS, GAPS, OVERVIEW

MAX_POINTS = 2000

_ENTRY, _ENVELOPE, _TIME = "entry", "envelope", "time"

#: Fewer points than this are taken from a finer level of the overview, at last from the samples.
_MIN_POINTS = 1000


def create_default_plot(root: Any, channels: Sequence[str]) -> None:
    """Make the groups and the empty datasets of a new file.

    :param channels: the analogue ones, the first is the one that viewers begin with.
    """
    entry = root.create_group(_ENTRY)
    envelope = entry.create_group(_ENVELOPE)
    root.attrs.update({"NX_class": "NXroot", "default": _ENTRY})
    entry.attrs.update({"NX_class": "NXentry", "default": _ENVELOPE})
    curves = [f"{name}_{end}" for name in channels for end in ("max", "min")]
    envelope.attrs.update(
        {
            "NX_class": "NXdata",
            "title": "Envelope of the recording",
            "signal": curves[0],
            "auxiliary_signals": curves[1:],
            "axes": [_TIME],
        }
    )
    _create(envelope, _TIME, np.float64, "Time (s)", "s")
    for name in channels:
        _create(envelope, f"{name}_min", np.float32, f"Channel {name}, minimum (V)", "V")
        _create(envelope, f"{name}_max", np.float32, f"Channel {name}, maximum (V)", "V")


def _create(group: Any, name: str, dtype: type, long_name: str, units: str) -> None:
    dataset = group.create_dataset(name, (0,), dtype, maxshape=(MAX_POINTS,), chunks=(MAX_POINTS,))
    dataset.attrs.update({"long_name": long_name, "units": units})


def fill_default_plot(root: Any, stored: Any, total_samples: int, first_sample: int = 0) -> None:
    """Draw a recording that has ended and whose overview is complete.

    :param root: the file that is written.
    :param stored: the same file, or one to read from in its place.
    :param total_samples: recorded samples per channel.
    :param first_sample: how many of them a live-only file has lost.
    """
    samples = total_samples - first_sample
    if not samples:
        return
    factor = _fitting_factor(stored, samples)
    bins = -(-samples // factor)
    starts = np.arange(0, bins, -(-bins // MAX_POINTS))
    envelope = root[_ENTRY][_ENVELOPE]
    _store(envelope[_TIME], _times_s(stored, first_sample + starts * factor))
    for name in _plotted(envelope):
        channel = stored[CHANNELS][name]
        low, high = _extremes(channel, factor, _values_per_sample(stored))
        max_adc = int(stored.attrs["max_adc"])
        _store(envelope[f"{name}_min"], _volts(np.minimum.reduceat(low, starts), channel, max_adc))
        _store(envelope[f"{name}_max"], _volts(np.maximum.reduceat(high, starts), channel, max_adc))


def _plotted(envelope: Any) -> list[str]:
    """The channels that have curves."""
    return [name.removesuffix("_min") for name in envelope if name.endswith("_min")]


def _fitting_factor(stored: Any, samples: int) -> int:
    """Samples per bin of the coarsest level that has enough bins; 1 for the samples themselves."""
    channel, *_ = stored[CHANNELS].values()
    levels = [factor for factor in FACTORS if f"{OVERVIEW}/{factor}" in channel]
    return max((factor for factor in levels if samples // factor >= _MIN_POINTS), default=1)


def _extremes(
    channel: Any, factor: int, values_per_sample: int
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Lowest and highest counts of every ``factor`` samples."""
    if factor > 1:
        level = channel[f"{OVERVIEW}/{factor}"][()]
        return level[:, MIN], level[:, MAX]
    samples = channel[ADC_COUNTS][()].reshape(-1, values_per_sample)
    return samples.min(axis=1), samples.max(axis=1)


def _times_s(stored: Any, samples: NDArray[np.int64]) -> NDArray[np.floating[Any]]:
    """When samples were taken; what is missing before them counts too.

    :param samples: indices among all that were recorded.
    """
    attributes = stored.attrs
    interval_s = attributes["sample_interval_ns"] * attributes["hardware_downsample_ratio"] * 1e-9
    gaps = stored[GAPS][()]
    forgotten = int(stored[LIVE]["missing_before"]) if LIVE in stored else 0
    missing = forgotten + np.concatenate(([0], np.cumsum(gaps["estimated_missing"])))
    before = np.searchsorted(gaps["sample_index"], samples, side="right")
    return (samples + missing[before]) * interval_s


def _volts(counts: NDArray[np.int16], channel: Any, max_adc: int) -> NDArray[np.floating[Any]]:
    attributes = channel.attrs
    return counts / max_adc * attributes["voltage_range_v"] - attributes["analog_offset_v"]


def _values_per_sample(stored: Any) -> int:
    return DownsampleMode(stored.attrs["downsample_mode"]).values_per_sample


def _store(dataset: Any, values: NDArray[Any]) -> None:
    dataset.resize(values.shape)
    dataset[:] = values
    dataset.flush()
