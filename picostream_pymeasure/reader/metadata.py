"""What a recording's attributes say about its samples, checked to be possible."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import FileFormatError
from ..storage.recording import PICOSTREAM, Recording
from ..storage.schema import DIGITAL

#: Impossible beyond these: 11 days a sample, a megavolt, int16, 32-bit ratios.
_MAX_INTERVAL_NS = 1e15
_MAX_VOLTS = 1e6
_MAX_COUNTS = 32768
_MAX_RATIO = 2**32


@dataclass(frozen=True)
class Metadata:
    """The settings that turn one channel's counts into volts and its indices into times.

    :param sample_interval_ns: between two stored samples.
    :param hardware_downsample_ratio: raw samples that the scope reduced to one stored sample.
    :param is_digital: a port of eight inputs; its "millivolts" are the number 0 to 255 they make.
    """

    sample_interval_ns: float
    hardware_downsample_ratio: int
    voltage_range_v: float
    max_adc_val: int
    analog_offset_v: float
    is_digital: bool = False

    @classmethod
    def of_channel(cls, recording: Recording, channel: str) -> Metadata:
        """Read them from a file.

        :raises FileFormatError: one is missing, not a number, or impossible.
        """
        values = {**recording.attributes, **_own_attributes(recording, channel)}
        numbers = _Numbers(str(recording.path), values)
        ratio = int(numbers.get("hardware_downsample_ratio", 1, _MAX_RATIO, default=1))
        raw_ns = numbers.get("sample_interval_ns", 0, _MAX_INTERVAL_NS)
        return cls(
            sample_interval_ns=raw_ns * ratio,
            hardware_downsample_ratio=ratio,
            voltage_range_v=numbers.get("voltage_range_v", 0, _MAX_VOLTS),
            max_adc_val=int(numbers.get("max_adc", 1, _MAX_COUNTS)),
            analog_offset_v=numbers.get("analog_offset_v", -_MAX_VOLTS, _MAX_VOLTS, default=0.0),
            is_digital=values.get("kind") == DIGITAL,
        )

    @property
    def scale_mv(self) -> float:
        """Millivolts a count."""
        return self.voltage_range_v / self.max_adc_val * 1e3

    @property
    def offset_mv(self) -> float:
        """Millivolts that the scope added before it digitised; PicoStream's reader adds them."""
        return self.analog_offset_v * 1e3

    @property
    def unit(self) -> str:
        """``mV``, or ``1`` of a digital port."""
        return "1" if self.is_digital else "mV"

    def column(self, name: str) -> str:
        """The name of a table's column: ``A_mv``, ``PORT0``."""
        return name if self.is_digital else f"{name}_mv"


def _own_attributes(recording: Recording, channel: str) -> dict[str, Any]:
    """A channel's attributes that differ from the first one's at the root."""
    if recording.format == PICOSTREAM:
        return {}
    return dict(recording.channels[channel].counts.parent.attrs)


@dataclass(frozen=True)
class _Numbers:
    path: str
    values: Mapping[str, Any]

    def get(self, name: str, low: float, high: float, default: float | None = None) -> float:
        """A number above 0 or from ``low`` on, up to ``high``."""
        value = self.values.get(name, default)
        value = value.tolist() if hasattr(value, "tolist") else value
        if value is None:
            raise FileFormatError(f"{self.path} is damaged: the attribute {name} is missing.")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise FileFormatError(f"{self.path} is damaged: {name} is no number but {value!r}.")
        if not math.isfinite(value) or not low <= value <= high or (low == 0 and value == 0):
            raise FileFormatError(f"{self.path} is damaged: {name} cannot be {value!r}.")
        return value
