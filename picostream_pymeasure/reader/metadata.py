"""What a recording's attributes say about its samples, checked to be possible."""

from __future__ import annotations

from dataclasses import dataclass

from ..storage import DIGITAL, PICOSTREAM, Recording, StoredAttributes

#: Impossible beyond these: a megavolt, int16.
_MAX_VOLTS = 1e6
_MAX_COUNTS = 32768

#: Counts at full scale where a file of PicoStream's does not say it, by its resolution.
_MAX_ADC_OF_8_BITS, _MAX_ADC = 32512, 32767


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


def _usual_max_adc(recording: Recording) -> int | None:
    """What stands in for a missing ``max_adc``; the driver's own numbers."""
    if recording.format != PICOSTREAM:
        return None
    is_8_bits = recording.attributes.get("resolution") == "PS5000A_DR_8BIT"
    return _MAX_ADC_OF_8_BITS if is_8_bits else _MAX_ADC
