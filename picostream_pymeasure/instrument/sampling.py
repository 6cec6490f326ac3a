"""How fast, how fine and how reduced the instrument samples."""

from __future__ import annotations

import math
from typing import Any

from ..config import (
    MAX_DOWNSAMPLE_RATIO,
    MAX_INTERVAL_S,
    RESOLUTIONS,
    DownsampleMode,
    StreamConfig,
    max_adc_counts,
)
from . import checks
from .opened_scope import OpenedScope

_SHORTEST_INTERVAL_S, _FASTEST_RATE_HZ = 1e-9, 1e9


class Sampling(OpenedScope):
    """The settings of a scope that are not those of one input."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._resolution_bits = 12
        self._sample_interval_s = 0.0
        self._sample_rate_hz = 0.0
        self._downsample_mode = DownsampleMode.NONE
        self._downsample_ratio = 1
        super().__init__(*args, **kwargs)

    def _apply_sampling(self, config: StreamConfig) -> None:
        self._resolution_bits = config.resolution_bits
        self._sample_rate_hz = config.sample_rate_hz
        self._sample_interval_s = 1 / config.sample_rate_hz if config.sample_rate_hz else 0.0
        self._downsample_mode = config.downsample_mode
        self._downsample_ratio = config.downsample_ratio

    @property
    def resolution(self) -> int:
        """Control the resolution in bits, strictly 8, 12, 14, 15 or 16 (int, default 12); 15 bit
        allows two inputs at most, 16 bit one.
        """
        return self._resolution_bits

    @resolution.setter
    def resolution(self, value: int) -> None:
        bits = int(checks.choice("resolution", value, RESOLUTIONS, "bit"))
        self.require_idle("resolution")
        self._resolution_bits = bits

    @property
    def max_adc(self) -> int:
        """Get the driver's counts at full scale at the present resolution (int); streams of one
        byte a sample have 127 instead, see ``max_adc`` of their description.
        """
        return max_adc_counts(self._resolution_bits)

    @property
    def sample_interval(self) -> float:
        """Control the wanted time between two raw samples of an input in s, strictly 1e-9 to 34, or
        0 for the shortest (float, default 0); streams take 8e-9 and more. See
        :attr:`actual_sample_interval`.
        """
        return self._sample_interval_s

    @sample_interval.setter
    def sample_interval(self, value: float) -> None:
        shortest_s, longest_s = _SHORTEST_INTERVAL_S, MAX_INTERVAL_S
        interval_s = checks.number_or_zero("sample_interval", value, shortest_s, longest_s, "s")
        self.require_idle("sample_interval")
        self._sample_interval_s = interval_s
        self._sample_rate_hz = 1 / interval_s if interval_s else 0.0

    @property
    def sample_rate(self) -> float:
        """Control the wanted raw samples per second of an input in Hz, strictly 1/34 to 1e9, or 0
        for the fastest (float, default 0); streams take up to 125e6. See
        :attr:`actual_sample_rate`.
        """
        return self._sample_rate_hz

    @sample_rate.setter
    def sample_rate(self, value: float) -> None:
        slowest_hz = 1 / MAX_INTERVAL_S
        rate_hz = checks.number_or_zero("sample_rate", value, slowest_hz, _FASTEST_RATE_HZ, "Hz")
        self.require_idle("sample_rate")
        self._sample_rate_hz = rate_hz
        self._sample_interval_s = 1 / rate_hz if rate_hz else 0.0

    @property
    def actual_sample_interval(self) -> float:
        """Measure the time between two raw samples in s, as the driver answered when the running or
        latest stream started (float, NaN before the first).
        """
        return self._actual_interval_ns * 1e-9

    @property
    def actual_sample_rate(self) -> float:
        """Measure the raw samples per second of an input in Hz, as the driver answered when the
        running or latest stream started (float, NaN before the first).
        """
        return 1e9 / self._actual_interval_ns

    @property
    def _actual_interval_ns(self) -> float:
        description = self._session.description if self._session else None
        return description.sample_interval_ns if description else math.nan

    @property
    def downsample_mode(self) -> str:
        """Control how the scope reduces :attr:`downsample_ratio` raw samples to one before they are
        transferred, strictly "none", "average", "aggregate" (minimum and maximum) or "decimate"
        (the first of them) (str, default "none").
        """
        return self._downsample_mode.value

    @downsample_mode.setter
    def downsample_mode(self, value: str) -> None:
        allowed = [mode.value for mode in DownsampleMode]
        mode = DownsampleMode(checks.choice("downsample_mode", value, allowed))
        self.require_idle("downsample_mode")
        self._downsample_mode = mode

    @property
    def downsample_ratio(self) -> int:
        """Control how many raw samples become one, strictly 1 to 2147483647 (int, default 1); more
        than 1 needs a :attr:`downsample_mode`.
        """
        return self._downsample_ratio

    @downsample_ratio.setter
    def downsample_ratio(self, value: int) -> None:
        ratio = checks.whole_number("downsample_ratio", value, 1, MAX_DOWNSAMPLE_RATIO)
        self.require_idle("downsample_ratio")
        self._downsample_ratio = ratio
