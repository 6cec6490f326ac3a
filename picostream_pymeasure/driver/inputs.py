"""Setting channels, digital ports and the resolution."""

from __future__ import annotations

import ctypes

from ..config import DIGITAL_PORTS, RANGES_V, RESOLUTIONS, ChannelConfig, DigitalPortConfig
from ..errors import DriverError
from .connection import Connection
from .status import CHANNEL_DISABLED_DUE_TO_USB_POWERED, INVALID_CHANNEL


def set_channel(connection: Connection, name: str, channel: ChannelConfig | None) -> None:
    """Enable a channel as configured, or disable it (its other settings do not matter).

    One that the model does not have, or that USB power has disabled, is off already; the
    vendor's wrapper takes that status so as well.
    """
    settings = channel or ChannelConfig(name)
    connection.call(
        "ps5000aSetChannel",
        settings.index,
        channel is not None,
        settings.coupling,
        RANGES_V[settings.range_v],
        settings.offset_v,
        accepted=() if channel else (INVALID_CHANNEL, CHANNEL_DISABLED_DUE_TO_USB_POWERED),
    )


def set_port(connection: Connection, name: str, port: DigitalPortConfig | None) -> None:
    """Enable a digital port as configured, or disable it."""
    level = port.logic_level_counts if port else 0
    connection.call("ps5000aSetDigitalPort", DIGITAL_PORTS[name], port is not None, level)


def set_resolution(connection: Connection, bits: int) -> None:
    """Set the resolution, and see that the scope has it: counts of another would be stored.

    :raises DriverError: it has another one.
    """
    wanted, present = RESOLUTIONS[bits], ctypes.c_int32(-1)
    connection.call("ps5000aSetDeviceResolution", wanted)
    connection.call("ps5000aGetDeviceResolution", ctypes.byref(present))
    if present.value != wanted:
        name = {code: f"{known} bit" for known, code in RESOLUTIONS.items()}.get(present.value)
        raise DriverError(
            f"The scope was set to {bits} bit but stays at {name or 'another resolution'}; open it "
            "again or use another resolution. (ps5000aGetDeviceResolution)"
        )
