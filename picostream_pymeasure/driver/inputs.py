"""Setting channels and digital ports."""

from __future__ import annotations

from ..config import DIGITAL_PORTS, RANGES_V, ChannelConfig, DigitalPortConfig
from .connection import Connection
from .status import INVALID_CHANNEL


def set_channel(connection: Connection, name: str, channel: ChannelConfig | None) -> None:
    """Enable a channel as configured, or disable it (its other settings do not matter)."""
    settings = channel or ChannelConfig(name)
    connection.call(
        "ps5000aSetChannel",
        settings.index,
        channel is not None,
        settings.coupling,
        RANGES_V[settings.range_v],
        settings.offset_v,
        accepted=() if channel else (INVALID_CHANNEL,),
    )


def set_port(connection: Connection, name: str, port: DigitalPortConfig | None) -> None:
    """Enable a digital port as configured, or disable it."""
    level = port.logic_level_counts if port else 0
    connection.call("ps5000aSetDigitalPort", DIGITAL_PORTS[name], port is not None, level)
