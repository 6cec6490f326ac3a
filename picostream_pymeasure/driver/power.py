"""The power source of a scope.

A four-channel scope without its supply answers 282, a USB 3 scope on a slower port 286; both
come with a valid handle and wait for ChangePowerSource with the same code, and then offer
channels A and B. 284 asks for the supply, 283 says that the mode does not fit the supply.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from .connection import call
from .status import (
    OK,
    POWER_STATES,
    POWER_SUPPLY_CONNECTED,
    POWER_SUPPLY_NOT_CONNECTED,
    USB3_DEVICE_ON_USB2,
)

log = logging.getLogger(__name__)

_NAMES = {
    OK: "sufficient",
    POWER_SUPPLY_CONNECTED: "mains",
    POWER_SUPPLY_NOT_CONNECTED: "USB",
    USB3_DEVICE_ON_USB2: "USB 2",
}


@dataclass(frozen=True)
class PowerSource:
    """How the scope is powered.

    :param status: the driver's code, or 0 for a scope that opened without a word about it.
    """

    status: int = OK

    @classmethod
    def acknowledged(cls, library: Any, handle: int, status: int) -> PowerSource:
        """Tell the driver that its power state is accepted; 0 needs no answer.

        :param status: 0 or one of ``POWER_STATES``.
        :raises PowerSourceError: the supply does not suffice, or the mode does not fit.
        """
        if status == OK:
            return cls()
        call(library, "ps5000aChangePowerSource", handle, status)
        source = cls(status)
        log.info("The scope's power: %s.", source.name)
        return source

    @classmethod
    def present(cls, library: Any, handle: int) -> PowerSource:
        """Ask the driver how the scope is powered now.

        :raises DriverError: the scope does not answer.
        """
        return cls(call(library, "ps5000aCurrentPowerSource", handle, accepted=POWER_STATES))

    @property
    def name(self) -> str:
        """``"mains"``, ``"USB"``, ``"USB 2"``, or ``"sufficient"`` if the driver says no more."""
        return _NAMES[self.status]

    @property
    def max_channels(self) -> int:
        """Analogue channels that the source can supply."""
        return 2 if self.status in (POWER_SUPPLY_NOT_CONNECTED, USB3_DEVICE_ON_USB2) else 4

    @property
    def limit(self) -> str:
        """The source in words."""
        return {
            POWER_SUPPLY_NOT_CONNECTED: "USB power (the scope's supply is not connected)",
            USB3_DEVICE_ON_USB2: "a port slower than USB 3.0",
        }.get(self.status, "its power supply")


#: The sources that can be asked for.
MAINS = PowerSource(POWER_SUPPLY_CONNECTED)
USB = PowerSource(POWER_SUPPLY_NOT_CONNECTED)
USB_2 = PowerSource(USB3_DEVICE_ON_USB2)
