"""Every exception this package raises on purpose.

::

    PicoStreamError
    ├── ConfigurationError (ValueError)        a setting the user can correct; nothing was touched
    │   └── UnknownNameError (KeyError)        what is looked up by a name that there is not
    ├── DriverError (RuntimeError)             a driver call failed; carries function and status
    │   ├── SdkNotFoundError (ImportError)     the vendor's library is not installed
    │   ├── DeviceNotFoundError (LookupError)  no scope, or none with this serial
    │   ├── DeviceLostError (ConnectionError)  the scope stopped answering
    │   ├── PowerSourceError                   the supply changed or does not suffice
    │   ├── SampleRateError                    the driver refuses the sample interval
    │   └── DriverBusyError                    another driver call was under way
    ├── StreamError (RuntimeError)             the stream cannot go on
    │   ├── OverrunError                       samples were lost and the user asked to stop then
    │   ├── StreamStalledError (TimeoutError)  the driver stopped delivering samples
    │   └── SessionStateError                  the call does not fit the state of the session
    ├── MissingQtError (ImportError)           no windows can be shown here
    └── StorageError (OSError)                 the file could not be written or read
        ├── OutputExistsError (FileExistsError)
        ├── FileMovedError                     somebody took its name away while it was recorded
        ├── MarksFullError                     the recording holds all the marks that it can
        ├── DiskFullError                      no room on the disk
        └── FileFormatError (ValueError)       not a recording, or a damaged one

The second name is the builtin that each also is, so that callers may catch what they know.
"""

from __future__ import annotations

import reprlib


class PicoStreamError(Exception):
    """Root of all exceptions of this package."""


class ConfigurationError(PicoStreamError, ValueError):
    """A setting is impossible; the message says what is allowed."""


class UnknownNameError(ConfigurationError, KeyError):
    """Something is looked up by a name that there is not; the message says which there are."""

    __str__ = Exception.__str__  # a KeyError shows its message in quotes


class DriverError(PicoStreamError, RuntimeError):
    """A driver call did not return ``PICO_OK``.

    :param message: one sentence for the user.
    :param function: C name of the call, or ``""`` when no call was made.
    :param status: ``PICO_STATUS`` number, 0 when no call was made.
    :param status_name: the status's name without ``PICO_``.
    """

    def __init__(
        self, message: str, *, function: str = "", status: int = 0, status_name: str = ""
    ) -> None:
        super().__init__(message)
        self.function = function
        self.status = status
        self.status_name = status_name


class SdkNotFoundError(DriverError, ImportError):
    """The ``ps5000a`` library of the PicoSDK is missing or cannot be loaded."""


class DeviceNotFoundError(DriverError, LookupError):
    """No scope is connected, or none with the wanted serial number."""


class DeviceLostError(DriverError, ConnectionError):
    """The scope stopped answering: unplugged, or its power failed."""


class PowerSourceError(DriverError):
    """The power source changed, or does not suffice for what was asked."""


class SampleRateError(DriverError):
    """The driver refuses the sample interval for this set-up."""


class DriverBusyError(DriverError):
    """The driver allows one call at a time and another was under way."""


class StreamError(PicoStreamError, RuntimeError):
    """The stream cannot go on."""


class OverrunError(StreamError):
    """Samples were lost, and the settings say to stop when that happens."""


class StreamStalledError(StreamError, TimeoutError):
    """The driver reports no error but no samples either."""


class SessionStateError(StreamError):
    """The call does not fit the present state of the session."""


class MissingQtError(PicoStreamError, ImportError):
    """Qt is missing or cannot be loaded; the message says what to install."""


class StorageError(PicoStreamError, OSError):
    """A file could not be written or read."""


class OutputExistsError(StorageError, FileExistsError):
    """The output file exists, and overwriting was not asked for."""


class FileMovedError(StorageError):
    """Somebody took the name of the file that is recorded; the message says where the file is."""


class MarksFullError(StorageError):
    """A recording has no room for one more mark; it goes on."""


class DiskFullError(StorageError):
    """The disk has no room for what was asked, or ran full."""


class FileFormatError(StorageError, ValueError):
    """The file is not a recording of this package or of PicoStream, or is damaged."""


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80


def counted(number: int, noun: str) -> str:
    """Write a number of things for a sentence: ``1 channel``, ``2 channels``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shown(value: object) -> str:
    """Write what was refused for a sentence: in short, and whatever it is."""
    try:
        return _SHORT.repr(value)
    except Exception:  # noqa: BLE001 - of somebody's class, or a number too long for Python
        return f"such {type(value).__name__}"


def sentence(error: BaseException) -> str:
    """What an exception says; its kind where that is nothing, or a mere key."""
    kind, text = type(error).__name__, str(error)
    if isinstance(error, KeyError) and not isinstance(error, UnknownNameError):
        return f"{kind}: {text}"
    return text or kind
