"""Driver status codes as named exceptions.

Names come from picosdk's table; numbers it does not know (newer drivers) stay numbers.
"""

from __future__ import annotations

from functools import cache

from ..errors import (
    DeviceLostError,
    DeviceNotFoundError,
    DriverBusyError,
    DriverError,
    PowerSourceError,
    SampleRateError,
)

OK = 0
NOT_FOUND = 3
INVALID_TIMEBASE = 14
INVALID_CHANNEL = 16
NO_SIGNAL_GENERATOR = 19
STREAMING_FAILED = 20
BUFFER_STALL = 28
TOO_MANY_SAMPLES = 29
NO_SAMPLES_AVAILABLE = 37
BUSY = 39
CANCELLED = 58
DRIVER_FUNCTION = 67
NO_CAPTURES_AVAILABLE = 93
AWG_NOT_SUPPORTED = 271
POWER_SUPPLY_CONNECTED = 281
POWER_SUPPLY_NOT_CONNECTED = 282
POWER_SUPPLY_REQUEST_INVALID = 283
POWER_SUPPLY_UNDERVOLTAGE = 284
USB3_DEVICE_ON_USB2 = 286
CHANNEL_DISABLED_DUE_TO_USB_POWERED = 290

#: States of the power source that the client acknowledges with ChangePowerSource.
POWER_STATES = (POWER_SUPPLY_CONNECTED, POWER_SUPPLY_NOT_CONNECTED, USB3_DEVICE_ON_USB2)

_POWER_ERRORS = (*POWER_STATES, POWER_SUPPLY_REQUEST_INVALID, POWER_SUPPLY_UNDERVOLTAGE)

_ERRORS: dict[int, tuple[type[DriverError], str]] = {
    1: (DriverError, "The driver has too many scopes open; close one."),
    NOT_FOUND: (DeviceNotFoundError, "No scope was found; is it connected and not in use?"),
    5: (DriverBusyError, "The driver is still opening a scope; try again."),
    7: (DeviceLostError, "The scope does not answer; check its USB cable and power."),
    12: (DeviceLostError, "The scope is no longer open."),
    INVALID_TIMEBASE: (SampleRateError, "The scope cannot sample this fast in this set-up."),
    15: (DriverError, "The scope does not have this voltage range."),
    INVALID_CHANNEL: (DriverError, "The scope does not have this channel."),
    17: (DriverError, "The scope cannot trigger on this input."),
    18: (DriverError, "The scope cannot combine these trigger conditions."),
    NO_SIGNAL_GENERATOR: (DriverError, "The scope has no signal generator."),
    STREAMING_FAILED: (DriverError, "The driver's streaming failed."),
    BUFFER_STALL: (DriverError, "The driver's buffers overran."),
    TOO_MANY_SAMPLES: (DriverError, "The scope's memory does not hold so many samples."),
    30: (DriverError, "The scope's memory cannot be divided into so many segments."),
    31: (DriverError, "The scope cannot measure this pulse width."),
    34: (DriverError, "The scope cannot combine so many trigger conditions."),
    # the callback is native code that makes no calls: it is another thread's poll that is in it
    35: (DriverBusyError, "The driver is delivering samples."),
    BUSY: (DriverBusyError, "The driver is busy."),
    43: (SampleRateError, "The scope cannot stream this fast in this set-up; use a lower rate."),
    44: (DriverError, "The scope cannot trigger in this way."),
    45: (DriverError, "The driver cannot allocate its memory."),
    46: (DriverError, "The signal generator cannot do this; check frequency, sweep and shots."),
    47: (DriverError, "The signal generator cannot combine these shots and sweeps."),
    48: (DriverError, "The signal generator does not have this trigger source."),
    53: (DriverError, "The signal generator cannot reach this voltage."),
    56: (DriverError, "The signal generator cannot reach this offset."),
    57: (DriverError, "The signal generator cannot reach this amplitude."),
    CANCELLED: (DriverError, "The capture was stopped."),
    66: (DriverError, "There are fewer segments of memory than captures."),
    DRIVER_FUNCTION: (
        DriverBusyError,
        "Another driver call is under way; one at a time is allowed.",
    ),
    71: (DriverError, "The driver cannot down-sample these inputs in this mode."),
    73: (DriverError, "The scope does not take these trigger levels."),
    74: (DeviceLostError, "The scope's interface is not connected."),
    76: (DeviceLostError, "The scope's power failed."),
    NO_CAPTURES_AVAILABLE: (DriverError, "No capture was completed."),
    80: (DriverError, "The analogue offset is outside the limits of the range."),
    AWG_NOT_SUPPORTED: (DriverError, "The scope has no arbitrary waves."),
    275: (DriverError, "The scope has no digital ports."),
    POWER_SUPPLY_CONNECTED: (PowerSourceError, "The scope's power supply was plugged in."),
    POWER_SUPPLY_NOT_CONNECTED: (PowerSourceError, "The scope's power supply is not connected."),
    POWER_SUPPLY_REQUEST_INVALID: (PowerSourceError, "The supply does not fit this power mode."),
    POWER_SUPPLY_UNDERVOLTAGE: (
        PowerSourceError,
        "The USB port gives too little power; plug in the scope's power supply.",
    ),
    USB3_DEVICE_ON_USB2: (PowerSourceError, "The scope is on a port that is not USB 3.0."),
    287: (DriverError, "This model does not support it."),
    289: (DriverError, "This resolution does not allow so many channels."),
    CHANNEL_DISABLED_DUE_TO_USB_POWERED: (
        PowerSourceError,
        "Channels C and D need the scope's power supply.",
    ),
    312: (DriverError, "The signal generator cannot put out this frequency."),
}


@cache
def status_name(status: int) -> str:
    """Name of a ``PICO_STATUS`` without its prefix, or its number in hexadecimal."""
    from picosdk.constants import PICO_STATUS_LOOKUP

    name: str = PICO_STATUS_LOOKUP.get(status, f"0x{status:X}")
    return name.removeprefix("PICO_")


def is_power_status(status: int) -> bool:
    """Tell whether a status reports the power source rather than an error."""
    return status in _POWER_ERRORS


def error_of(status: int, function: str) -> DriverError:
    """Make the exception that fits a status."""
    kind, advice = _ERRORS.get(status, (DriverError, "The driver reports an error."))
    name = status_name(status)
    return kind(
        f"{advice} ({function}: {name})", function=function, status=status, status_name=name
    )


def check(status: int, function: str, *accepted: int) -> int:
    """Return the status if it is ``PICO_OK`` or accepted, else raise.

    :raises DriverError: or the subclass that fits.
    """
    if status != OK and status not in accepted:
        raise error_of(status, function)
    return status
