"""Parameters of the inputs: four analogue channels, and the digital ports of an MSO model."""

from __future__ import annotations

from pymeasure.experiment import BooleanParameter, ListParameter, Procedure

from picostream_pymeasure.config import (
    BANDWIDTHS,
    CHANNEL_NAMES,
    DIGITAL_PORTS,
    LOGIC_LEVEL_LIMIT_V,
    RANGES_V,
    ChannelConfig,
    Coupling,
    DigitalPortConfig,
)
from picostream_pymeasure.quantities import parse_scale

from .number_parameters import NumberChoice, NumberParameter, ScaleParameter


def enabled(name: str, *, default: bool = False) -> BooleanParameter:
    """Make the parameter that records an input."""
    return BooleanParameter(f"Channel {name}", default=default, description=f"Record input {name}.")


def input_range(name: str, *, default: float = 20) -> NumberChoice:
    """Make the parameter of an input's range."""
    return NumberChoice(
        f"Range {name}",
        choices=list(RANGES_V),
        units="V",
        sign="±",
        default=default,
        group_by=f"channel_{name.lower()}",
        description=f"Full scale of input {name}, to both sides of zero.",
    )


def _coupling(name: str) -> ListParameter:
    return ListParameter(
        f"Coupling {name}",
        choices=["DC", "AC"],
        default="DC",
        group_by=f"channel_{name.lower()}",
        description="AC takes the mean voltage away.",
    )


def _offset(name: str) -> NumberParameter:
    return NumberParameter(
        f"Offset {name}",
        units="V",
        minimum=-20,
        maximum=20,
        default=0,
        group_by=f"channel_{name.lower()}",
        description="Voltage the scope adds before it digitises; how much depends on the range.",
    )


def _bandwidth(name: str) -> ListParameter:
    return ListParameter(
        f"Bandwidth {name}",
        choices=list(BANDWIDTHS),
        default="full",
        group_by=f"channel_{name.lower()}",
        description="Analogue filter before the digitiser.",
    )


def _scale(name: str) -> ScaleParameter:
    return ScaleParameter(
        f"Scale {name}",
        default="",
        group_by=f"channel_{name.lower()}",
        description="What the voltage stands for, as 1 nA/mV or 2.5 bar/V; empty for volts.",
    )


def _port(number: int) -> BooleanParameter:
    first = 8 * number
    return BooleanParameter(
        f"Port {number}",
        default=False,
        description=f"Record the digital inputs D{first} to D{first + 7} of an MSO model.",
    )


def _logic_level(number: int) -> NumberParameter:
    return NumberParameter(
        f"Logic Level {number}",
        units="V",
        minimum=-LOGIC_LEVEL_LIMIT_V,
        maximum=LOGIC_LEVEL_LIMIT_V,
        default=1.5,
        group_by=f"port_{number}",
        description=f"Inputs of port {number} above this voltage are 1.",
    )


_CHANNEL_ROWS = tuple(
    tuple(f"{setting}_{letter}" for setting in ("channel", "range", "coupling", "offset"))
    for letter in ("a", "b", "c", "d")
)
_RARE = tuple(f"{setting}_{letter}" for setting in ("bandwidth", "scale") for letter in "abcd")
_PORT_ROWS = (("port_0", "logic_level_0"), ("port_1", "logic_level_1"))


class ChannelParameters(Procedure):
    """Which inputs are recorded, and how."""

    channel_a = enabled("A", default=True)
    range_a = input_range("A")
    coupling_a = _coupling("A")
    offset_a = _offset("A")
    bandwidth_a = _bandwidth("A")
    scale_a = _scale("A")
    channel_b = enabled("B")
    range_b = input_range("B")
    coupling_b = _coupling("B")
    offset_b = _offset("B")
    bandwidth_b = _bandwidth("B")
    scale_b = _scale("B")
    channel_c = enabled("C")
    range_c = input_range("C")
    coupling_c = _coupling("C")
    offset_c = _offset("C")
    bandwidth_c = _bandwidth("C")
    scale_c = _scale("C")
    channel_d = enabled("D")
    range_d = input_range("D")
    coupling_d = _coupling("D")
    offset_d = _offset("D")
    bandwidth_d = _bandwidth("D")
    scale_d = _scale("D")
    port_0 = _port(0)
    logic_level_0 = _logic_level(0)
    port_1 = _port(1)
    logic_level_1 = _logic_level(1)

    INPUTS: tuple[str, ...] = (
        *(name for row in _CHANNEL_ROWS for name in row),
        *_RARE,
        *(name for row in _PORT_ROWS for name in row),
    )
    INPUT_GROUPS: tuple[tuple[str, tuple[str | tuple[str, ...], ...]], ...] = (
        ("Channels", _CHANNEL_ROWS),
        ("Bandwidths and Scales …", _RARE),
        ("Digital Ports …", _PORT_ROWS),
    )

    @property
    def enabled_channels(self) -> tuple[str, ...]:
        """Names of the inputs that are recorded, such as ``("A", "B")``."""
        return tuple(name for name in CHANNEL_NAMES if getattr(self, f"channel_{name.lower()}"))

    @property
    def enabled_ports(self) -> tuple[str, ...]:
        """Names of the digital ports that are recorded, such as ``("PORT0",)``."""
        return tuple(name for name in DIGITAL_PORTS if getattr(self, f"port_{name[-1]}"))

    def channel_config(self, name: str) -> ChannelConfig:
        """Give the settings of one input.

        :raises ConfigurationError: they do not fit together.
        """
        letter = name.lower()
        return ChannelConfig(
            name,
            range_v=getattr(self, f"range_{letter}"),
            coupling=Coupling[getattr(self, f"coupling_{letter}")],
            offset_v=getattr(self, f"offset_{letter}"),
            bandwidth=BANDWIDTHS[getattr(self, f"bandwidth_{letter}")],
            scale=parse_scale(scale) if (scale := getattr(self, f"scale_{letter}")) else None,
        )

    def port_config(self, name: str) -> DigitalPortConfig:
        """Give the settings of one digital port."""
        return DigitalPortConfig(name, logic_level_v=getattr(self, f"logic_level_{name[-1]}"))
