"""The power source of a scope.

A four-channel scope without its supply answers 282, a USB 3 scope on a slower port 286; both
come with a valid handle and wait for ChangePowerSource with the same code, and then offer
channels A and B. 284 asks for the supply, 283 says that the mode does not fit the supply.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .status import (
    OK,
    POWER_STATES,
    POWER_SUPPLY_NOT_CONNECTED,
    USB3_DEVICE_ON_USB2,
    check,
    error_of,
)


@dataclass(frozen=True)
class PowerSource:
    """How the scope is powered.

    :param status: 0 or the driver's code.
    """

    status: int = OK

    @classmethod
    def acknowledged(cls, library: Any, handle: int, status: int) -> PowerSource:
        """Tell the driver that its power state is accepted.

        :raises PowerSourceError: the supply does not suffice, or the mode does not fit.
        :raises DriverError: the status is no power state.
        """
        if status == OK:
            return cls()
        if status not in POWER_STATES:
            raise error_of(status, "ps5000aOpenUnit")
        check(library.ps5000aChangePowerSource(handle, status), "ps5000aChangePowerSource")
        return cls(status)

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
