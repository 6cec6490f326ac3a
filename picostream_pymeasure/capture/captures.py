"""Triggered captures in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig, Named, refuse_name

if TYPE_CHECKING:
    import pandas as pd
    import xarray


class Computed(Mapping[str, NDArray[Any]]):
    """Arrays by name that are computed when they are asked for, and not kept."""

    def __init__(
        self, what: str, names: tuple[str, ...], compute: Callable[[str], NDArray[Any]]
    ) -> None:
        self._what, self._names, self._compute = what, names, compute

    def __getitem__(self, name: str) -> NDArray[Any]:
        if not isinstance(name, str) or name not in self._names:
            refuse_name(self._what, name, self)
        return self._compute(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True, repr=False, eq=False)  # arrays are neither equal nor unequal
class Captures:
    """What ``scope.capture`` gives: n captures of k samples.

    :param config: the settings.
    :param ended_by: ``"target"``, ``"stopped"`` or ``"timeout"``; the captures that were complete
        by then are there.
    :param sample_interval_ns: the actual one, as the scope said.
    :param max_adc: counts at full scale.
    :param trigger_index: the sample at which the trigger came.
    :param counts: input → int16 counts, shape ``(n, k)``.
    :param offsets_s: float64, shape ``(n,)``: from the trigger's sample to the crossing, by
        interpolation; 0 where there is no crossing (auto-trigger, no trigger).
    :param trigger_times_s: float64, shape ``(n,)``: seconds from the first trigger to each. Inside
        a run they are counted by the scope, from run to run they are the host's, good to some ms;
        NaN where the scope does not say. If it neither stamps triggers nor counts captures while
        they are made, the first of a run may be off by up to the time that the run took.
    :param run_of: int64, shape ``(n,)``: which run of the scope made it.
    :param overflow: int16, shape ``(n,)``: bit 0 for channel A that was clipped, and so on.
    :param lost: captures that were made and lost, because the power source changed.
    :param wanted_samples: that each capture was to have; all have as many as the shortest got.
    """

    config: CaptureConfig
    ended_by: str
    sample_interval_ns: float
    max_adc: int
    trigger_index: int
    counts: Mapping[str, NDArray[np.int16]]
    offsets_s: NDArray[np.float64]
    trigger_times_s: NDArray[np.float64]
    run_of: NDArray[np.int64]
    overflow: NDArray[np.int16]
    lost: int
    wanted_samples: int

    def __len__(self) -> int:
        return len(self.offsets_s)

    def __repr__(self) -> str:
        names = ", ".join(self.counts)
        wanted = f" of {self.config.captures}" if len(self) < self.config.captures else ""
        came = f" of {self.wanted_samples}" if self.n_samples < self.wanted_samples else ""
        return (
            f"<Captures of {names}: {len(self)}{wanted}, {self.n_samples}{came} samples each, one "
            f"every {self.sample_interval:g} s>"
        )

    @property
    def n_samples(self) -> int:
        """Get the samples of each capture (int)."""
        return int(next(iter(self.counts.values())).shape[1])

    @property
    def sample_interval(self) -> float:
        """Get the actual time between two samples in s (float)."""
        return self.sample_interval_ns * 1e-9

    @property
    def sample_times(self) -> NDArray[np.float64]:
        """Get the time of each sample from the trigger's sample in s (float64, shape ``(k,)``)."""
        samples = np.arange(self.n_samples, dtype=np.float64)
        return (samples - self.trigger_index) * self.sample_interval

    @property
    def times(self) -> NDArray[np.float64]:
        """Get the time of each sample from the trigger in s (float64, shape ``(n, k)``): of each
        capture from where the signal crossed the level, between two samples.
        """
        return self.sample_times[np.newaxis, :] - self.offsets_s[:, np.newaxis]

    @property
    def voltages(self) -> Mapping[str, NDArray[np.float64]]:
        """Get the voltages in V (channel → float64, shape ``(n, k)``), computed at each access."""
        channels = {channel.name: channel for channel in self.config.channels}

        def volts(name: str) -> NDArray[np.float64]:
            return channels[name].count_scale(self.max_adc).volts(self.counts[name])

        return Computed("channel", tuple(channels), volts)

    @property
    def digital(self) -> Mapping[str, NDArray[np.uint8]]:
        """Get the patterns of the digital ports (port → uint8, shape ``(n, k)``); bit 0 is D0 of
        PORT0 and D8 of PORT1.
        """
        names = tuple(port.name for port in self.config.digital_ports)
        return Computed("digital port", names, lambda name: self.counts[name].astype(np.uint8))

    @property
    def over_range(self) -> dict[str, NDArray[np.bool_]]:
        """Get which captures of a channel were clipped (channel → bool, shape ``(n,)``)."""
        clipped = {
            channel.name: (self.overflow >> channel.index & 1).astype(bool)
            for channel in self.config.channels
        }
        return Named("channel", clipped)

    @property
    def dead_times(self) -> NDArray[np.float64]:
        """Get the time from the end of each capture to the first sample of the next in s (float64,
        shape ``(n - 1,)``; NaN where the scope does not say).
        """
        return np.diff(self.trigger_times_s) - self.n_samples * self.sample_interval

    def to_pandas(self) -> pd.DataFrame:
        """Make a table of voltages (V) and port patterns, one row a sample.

        :returns: one column an input; the index is the capture and the time from its trigger in s.
        """
        import pandas as pd

        index = pd.MultiIndex.from_arrays(
            (np.repeat(np.arange(len(self)), self.n_samples), self.times.ravel()),
            names=("capture", "time (s)"),
        )
        inputs: dict[str, NDArray[Any]] = {**self.voltages, **self.digital}
        return pd.DataFrame({name: values.ravel() for name, values in inputs.items()}, index)

    def to_xarray(self) -> xarray.Dataset:
        """Make a data set over ``capture`` and ``time`` (s, from the trigger's sample), with the
        trigger time and the offset of each capture; needs xarray.
        """
        import xarray

        inputs: dict[str, NDArray[Any]] = {**self.voltages, **self.digital}
        units = dict.fromkeys(self.voltages, "V")
        variables = {
            name: (("capture", "time"), values, {"units": units.get(name, "")})
            for name, values in inputs.items()
        }
        coordinates = {
            "time": ("time", self.sample_times, {"units": "s"}),
            "trigger_time": ("capture", self.trigger_times_s, {"units": "s"}),
            "trigger_offset": ("capture", self.offsets_s, {"units": "s"}),
        }
        return xarray.Dataset(variables, coordinates)
