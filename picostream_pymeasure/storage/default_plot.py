"""What viewers of HDF5 files draw when they open a recording: its envelope, in volts and seconds.

``/`` → ``@default`` → ``/entry`` (NXentry) → ``@default`` → ``/entry/envelope`` (NXdata), as the
NeXus standard has it and silx and h5web follow it. The group holds ``time`` and, for each channel,
``A_min`` and ``A_max``: at most :data:`MAX_POINTS` values each, empty until the recording ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from ..config import ChannelConfig
from ..kernels.envelope import MAX, MIN
from ..records import StreamDescription
from .overview import FACTORS
from .overview_levels import OVERVIEW
from .schema import ADC_COUNTS, CHANNELS, GAPS
from .unclosed import UnclosedFile

MAX_POINTS = 2000

_ENTRY, _ENVELOPE, _TIME = "entry", "envelope", "time"

#: Fewer points than this are taken from a finer level of the overview, at last from the samples.
_MIN_POINTS = 1000


class DefaultPlot:
    """The NXdata group of a new file.

    :param root: the open file, before SWMR begins, with its channels.
    """

    def __init__(self, root: Any, description: StreamDescription) -> None:
        self._root = root
        self._description = description
        entry = root.create_group(_ENTRY)
        self._group = entry.create_group(_ENVELOPE)
        root.attrs.update({"NX_class": "NXroot", "default": _ENTRY})
        entry.attrs.update({"NX_class": "NXentry", "default": _ENVELOPE})
        self._group.attrs.update(self._attributes())
        self._create(_TIME, np.float64, "Time (s)", "s")
        for name in description.channel_names:
            self._create(f"{name}_min", np.float32, f"Channel {name}, minimum (V)", "V")
            self._create(f"{name}_max", np.float32, f"Channel {name}, maximum (V)", "V")

    def _attributes(self) -> Mapping[str, Any]:
        curves = [
            f"{name}_{end}" for name in self._description.channel_names for end in ("max", "min")
        ]
        return {
            "NX_class": "NXdata",
            "title": "Envelope of the recording",
            "signal": curves[0],
            "auxiliary_signals": curves[1:],
            "axes": [_TIME],
        }

    def _create(self, name: str, dtype: type, long_name: str, units: str) -> None:
        dataset = self._group.create_dataset(
            name, (0,), dtype, maxshape=(MAX_POINTS,), chunks=(MAX_POINTS,)
        )
        dataset.attrs.update({"long_name": long_name, "units": units})

    def fill(self, samples: int) -> None:
        """Draw a recording that has ended and whose overview is written.

        :param samples: stored samples per channel.
        """
        if not samples:
            return
        factor = _fitting_factor(samples)
        bins = -(-samples // factor)
        starts = np.arange(0, bins, -(-bins // MAX_POINTS))
        self._store(_TIME, self._times_s(starts * factor))
        for channel in self._description.config.channels:
            low, high = self._extremes(channel.name, factor)
            lowest, highest = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
            self._store(f"{channel.name}_min", self._volts(lowest, channel))
            self._store(f"{channel.name}_max", self._volts(highest, channel))

    def _store(self, name: str, values: NDArray[Any]) -> None:
        dataset = self._group[name]
        dataset.resize(values.shape)
        dataset[:] = values
        dataset.flush()

    def _extremes(self, channel: str, factor: int) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
        """Lowest and highest counts of every ``factor`` samples."""
        # a file of its own: where it is written, HDF5 takes the chunk written last for compressed
        with UnclosedFile(Path(self._root.filename)) as raw, h5py.File(raw, "r") as file:
            group = file[f"{CHANNELS}/{channel}"]
            if factor > 1:
                level = group[f"{OVERVIEW}/{factor}"][()]
                return level[:, MIN], level[:, MAX]
            samples = group[ADC_COUNTS][()].reshape(-1, self._description.values_per_sample)
            return samples.min(axis=1), samples.max(axis=1)

    def _times_s(self, samples: NDArray[np.int64]) -> NDArray[np.floating[Any]]:
        """When samples of the file were taken; what is missing before them counts too."""
        gaps = self._root[GAPS][()]
        missing = np.concatenate(([0], np.cumsum(gaps["estimated_missing"])))
        before = np.searchsorted(gaps["sample_index"], samples, side="right")
        return (samples + missing[before]) * (self._description.stored_interval_ns * 1e-9)

    def _volts(
        self, counts: NDArray[np.int16], channel: ChannelConfig
    ) -> NDArray[np.floating[Any]]:
        return counts / self._description.max_adc * channel.range_v - channel.offset_v


def _fitting_factor(samples: int) -> int:
    """Samples per bin of the coarsest level that has enough bins; 1 for the samples themselves."""
    return max((factor for factor in FACTORS if samples // factor >= _MIN_POINTS), default=1)
