"""What a recording's attributes say about its samples, checked to be possible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import ChannelScale, CountScale
from ..errors import ConfigurationError, FileFormatError
from ..quantities import base_unit
from ..storage import DIGITAL, PICOSTREAM, Recording, StoredAttributes

#: Impossible beyond these: a megavolt, int16.
_MAX_VOLTS = 1e6
_MAX_COUNTS = 32768
_MAX = 1e300

#: Counts at full scale where a file of PicoStream's does not say it, by its resolution.
_MAX_ADC_OF_8_BITS, _MAX_ADC = 32512, 32767


@dataclass(frozen=True)
class Metadata:
    """The settings that turn one channel's counts into volts and its indices into times.

    :param sample_interval_ns: between two stored samples.
    :param hardware_downsample_ratio: raw samples that the scope reduced to one stored sample.
    :param is_digital: a port of eight inputs; its "millivolts" are the number 0 to 255 they make.
    :param scale: what the voltage stands for. What is called volts and millivolts here is the
        voltage all the same, unless :meth:`in_units` was asked for.
    :param per_volt: how much of what is called volts here one real volt is.
    """

    sample_interval_ns: float
    hardware_downsample_ratio: int
    voltage_range_v: float
    max_adc_val: int
    analog_offset_v: float
    is_digital: bool = False
    scale: ChannelScale | None = None
    per_volt: float = 1.0

    @classmethod
    def of_channel(cls, recording: Recording, channel: str) -> Metadata:
        """Read them from a file.

        :raises FileFormatError: one is missing, not a number, or impossible.
        """
        root, own = recording.attributes, recording.channels[channel].attributes

        def of(name: str) -> StoredAttributes:
            return own if name in own else root

        return cls(
            sample_interval_ns=recording.stored_interval_ns,
            hardware_downsample_ratio=recording.ratio,
            voltage_range_v=of("voltage_range_v").number("voltage_range_v", 0, _MAX_VOLTS),
            max_adc_val=int(root.number("max_adc", 1, _MAX_COUNTS, _usual_max_adc(recording))),
            analog_offset_v=of("analog_offset_v").number(
                "analog_offset_v", -_MAX_VOLTS, _MAX_VOLTS, default=0.0
            ),
            is_digital=own.get("kind") == DIGITAL,
            scale=_scale_of(recording, own),
        )

    def in_units(self, scale: ChannelScale | None) -> Metadata:
        """The same with a quantity in place of its voltage, in its unit without a prefix.

        :param scale: takes the place of the file's own; without either volts stay.
        """
        scale = scale or self.scale
        if scale is None or self.is_digital:
            return self
        per_volt = scale.per_volt * base_unit(scale.unit)[1]
        return replace(
            self,
            voltage_range_v=self.voltage_range_v * per_volt,
            analog_offset_v=self.analog_offset_v * per_volt,
            scale=scale,
            per_volt=per_volt,
        )

    @property
    def count_scale(self) -> CountScale:
        """How counts are volts."""
        return CountScale(self.voltage_range_v, self.analog_offset_v, self.max_adc_val)

    @property
    def input_scale(self) -> CountScale:
        """How counts are volts at the input, also where a quantity takes their place."""
        range_v, offset_v = self.voltage_range_v, self.analog_offset_v
        return CountScale(range_v / self.per_volt, offset_v / self.per_volt, self.max_adc_val)

    @property
    def scale_mv(self) -> float:
        """Millivolts a count."""
        return self.count_scale.volts_per_count * 1e3

    @property
    def offset_mv(self) -> float:
        """Millivolts that the scope added before it digitised; PicoStream's reader adds them."""
        return self.analog_offset_v * 1e3

    def millivolts(self, counts: NDArray[Any]) -> NDArray[np.float64]:
        """Millivolts of counts, of their shape."""
        return counts * self.scale_mv - self.offset_mv


def _scale_of(recording: Recording, attributes: StoredAttributes) -> ChannelScale | None:
    if "unit" not in attributes:
        return None
    try:
        return ChannelScale(attributes.number("unit_per_volt", 0, _MAX), attributes.text("unit"))
    except ConfigurationError as error:
        raise FileFormatError(f"{recording.path}: {error}") from error


def _usual_max_adc(recording: Recording) -> int | None:
    """What stands in for a missing ``max_adc``; the driver's own numbers."""
    if recording.format != PICOSTREAM:
        return None
    is_8_bits = recording.attributes.get("resolution") == "PS5000A_DR_8BIT"
    return _MAX_ADC_OF_8_BITS if is_8_bits else _MAX_ADC
