"""Driver status codes as named exceptions.

Names come from picosdk's table; numbers it does not know (newer drivers) stay numbers.
"""

from __future__ import annotations

from functools import cache

from ..config import Status
from ..errors import (
    DeviceLostError,
    DeviceNotFoundError,
    DriverBusyError,
    DriverError,
    PowerSourceError,
    SampleRateError,
)

OK = Status.OK.value
NOT_FOUND = Status.NOT_FOUND.value
INVALID_TIMEBASE = Status.INVALID_TIMEBASE.value
TOO_MANY_SEGMENTS = Status.TOO_MANY_SEGMENTS.value
INVALID_CHANNEL = Status.INVALID_CHANNEL.value
NO_SIGNAL_GENERATOR = Status.NO_SIGNAL_GENERATOR.value
STREAMING_FAILED = Status.STREAMING_FAILED.value
BUFFER_STALL = Status.BUFFER_STALL.value
TOO_MANY_SAMPLES = Status.TOO_MANY_SAMPLES.value
NO_SAMPLES_AVAILABLE = Status.NO_SAMPLES_AVAILABLE.value
BUSY = Status.BUSY.value
CANCELLED = Status.CANCELLED.value
DRIVER_FUNCTION = Status.DRIVER_FUNCTION.value
NO_CAPTURES_AVAILABLE = Status.NO_CAPTURES_AVAILABLE.value
AWG_NOT_SUPPORTED = Status.AWG_NOT_SUPPORTED.value
POWER_SUPPLY_CONNECTED = Status.POWER_SUPPLY_CONNECTED.value
POWER_SUPPLY_NOT_CONNECTED = Status.POWER_SUPPLY_NOT_CONNECTED.value
POWER_SUPPLY_REQUEST_INVALID = Status.POWER_SUPPLY_REQUEST_INVALID.value
POWER_SUPPLY_UNDERVOLTAGE = Status.POWER_SUPPLY_UNDERVOLTAGE.value
USB3_DEVICE_ON_USB2 = Status.USB3_0_DEVICE_NON_USB3_0_PORT.value
CHANNEL_DISABLED_DUE_TO_USB_POWERED = Status.CHANNEL_DISABLED_DUE_TO_USB_POWERED.value

#: States of the power source that the client acknowledges with ChangePowerSource.
POWER_STATES = (POWER_SUPPLY_CONNECTED, POWER_SUPPLY_NOT_CONNECTED, USB3_DEVICE_ON_USB2)

_ERRORS: dict[int, tuple[type[DriverError], str]] = {
    Status.MAX_UNITS_OPENED: (DriverError, "The driver has too many scopes open; close one."),
    NOT_FOUND: (DeviceNotFoundError, "No scope was found; is it connected and not in use?"),
    Status.OPEN_OPERATION_IN_PROGRESS: (
        DriverBusyError,
        "The driver is still opening a scope; try again.",
    ),
    Status.NOT_RESPONDING: (
        DeviceLostError,
        "The scope does not answer; check its USB cable and power.",
    ),
    Status.INVALID_HANDLE: (DeviceLostError, "The scope is no longer open."),
    INVALID_TIMEBASE: (SampleRateError, "The scope cannot sample this fast in this set-up."),
    Status.INVALID_VOLTAGE_RANGE: (DriverError, "The scope does not have this voltage range."),
    INVALID_CHANNEL: (DriverError, "The scope does not have this channel."),
    Status.INVALID_TRIGGER_CHANNEL: (DriverError, "The scope cannot trigger on this input."),
    Status.INVALID_CONDITION_CHANNEL: (
        DriverError,
        "The scope cannot combine these trigger conditions.",
    ),
    NO_SIGNAL_GENERATOR: (DriverError, "The scope has no signal generator."),
    STREAMING_FAILED: (DriverError, "The driver's streaming failed."),
    BUFFER_STALL: (DriverError, "The driver's buffers overran."),
    TOO_MANY_SAMPLES: (DriverError, "The scope's memory does not hold so many samples."),
    TOO_MANY_SEGMENTS: (
        DriverError,
        "The scope's memory cannot be divided into so many segments.",
    ),
    Status.PULSE_WIDTH_QUALIFIER: (DriverError, "The scope cannot measure this pulse width."),
    Status.CONDITIONS: (DriverError, "The scope cannot combine so many trigger conditions."),
    # the callback is native code that makes no calls: it is another thread's poll that is in it
    Status.USER_CALLBACK: (DriverBusyError, "The driver is delivering samples."),
    BUSY: (DriverBusyError, "The driver is busy."),
    Status.INVALID_SAMPLE_INTERVAL: (
        SampleRateError,
        "The scope cannot stream this fast in this set-up; use a lower rate.",
    ),
    Status.TRIGGER_ERROR: (DriverError, "The scope cannot trigger in this way."),
    Status.MEMORY: (DriverError, "The driver cannot allocate its memory."),
    Status.SIG_GEN_PARAM: (
        DriverError,
        "The signal generator cannot do this; check frequency, sweep and shots.",
    ),
    Status.SHOTS_SWEEPS_WARNING: (
        DriverError,
        "The signal generator cannot combine these shots and sweeps.",
    ),
    Status.SIGGEN_TRIGGER_SOURCE: (
        DriverError,
        "The signal generator does not have this trigger source.",
    ),
    Status.SIGGEN_OUTPUT_OVER_VOLTAGE: (
        DriverError,
        "The signal generator cannot reach this voltage.",
    ),
    Status.SIGGEN_OFFSET_VOLTAGE: (DriverError, "The signal generator cannot reach this offset."),
    Status.SIGGEN_PK_TO_PK: (DriverError, "The signal generator cannot reach this amplitude."),
    CANCELLED: (DriverError, "The capture was stopped."),
    Status.NOT_ENOUGH_SEGMENTS: (DriverError, "There are fewer segments of memory than captures."),
    DRIVER_FUNCTION: (
        DriverBusyError,
        "Another driver call is under way; one at a time is allowed.",
    ),
    Status.RATIO_MODE_NOT_SUPPORTED: (
        DriverError,
        "The driver cannot down-sample these inputs in this mode.",
    ),
    Status.INVALID_TRIGGER_PROPERTY: (DriverError, "The scope does not take these trigger levels."),
    Status.INTERFACE_NOT_CONNECTED: (DeviceLostError, "The scope's interface is not connected."),
    Status.POWER_FAILED: (DeviceLostError, "The scope's power failed."),
    NO_CAPTURES_AVAILABLE: (DriverError, "No capture was completed."),
    Status.INVALID_ANALOGUE_OFFSET: (
        DriverError,
        "The analogue offset is outside the limits of the range.",
    ),
    AWG_NOT_SUPPORTED: (DriverError, "The scope has no arbitrary waves."),
    Status.INVALID_DIGITAL_PORT: (DriverError, "The scope has no digital ports."),
    POWER_SUPPLY_CONNECTED: (PowerSourceError, "The scope's power supply was plugged in."),
    POWER_SUPPLY_NOT_CONNECTED: (PowerSourceError, "The scope's power supply is not connected."),
    POWER_SUPPLY_REQUEST_INVALID: (PowerSourceError, "The supply does not fit this power mode."),
    POWER_SUPPLY_UNDERVOLTAGE: (
        PowerSourceError,
        "The USB port gives too little power; plug in the scope's power supply.",
    ),
    USB3_DEVICE_ON_USB2: (PowerSourceError, "The scope is on a port that is not USB 3.0."),
    Status.NOT_SUPPORTED_BY_THIS_DEVICE: (DriverError, "This model does not support it."),
    Status.INVALID_NUMBER_CHANNELS_FOR_RESOLUTION: (
        DriverError,
        "This resolution does not allow so many channels.",
    ),
    CHANNEL_DISABLED_DUE_TO_USB_POWERED: (
        PowerSourceError,
        "Channels C and D need the scope's power supply.",
    ),
    Status.SIGGEN_FREQUENCY_OUT_OF_RANGE: (
        DriverError,
        "The signal generator cannot put out this frequency.",
    ),
}


@cache
def status_name(status: int) -> str:
    """Name of a ``PICO_STATUS`` without its prefix, or its number in hexadecimal."""
    from picosdk.constants import PICO_STATUS_LOOKUP

    name: str = PICO_STATUS_LOOKUP.get(status, f"0x{status:X}")
    return name.removeprefix("PICO_")


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
