"""An open handle to a scope, and how every driver call is made.

The driver does one call at a time and answers a second one, from another thread or for another
scope of the process, with DRIVER_FUNCTION, USER_CALLBACK or BUSY. A stream polls from native code
all the time, so such answers are expected and the call is made again for a while.
"""

from __future__ import annotations

import atexit
import logging
import os
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar

from ..errors import ConfigurationError, DriverBusyError, DriverError, shown
from . import call_log
from .status import POWER_STATES, check

log = logging.getLogger(__name__)

_PATIENCE_S = 1.0
_PAUSE_S = 0.001

_Self = TypeVar("_Self", bound="Connection")


def call(library: Any, function: str, *arguments: Any, accepted: tuple[int, ...] = ()) -> int:
    """Call a function of the driver and return its status: ``PICO_OK``, or one accepted.

    :raises ConfigurationError: it is no library of the driver.
    :raises DriverBusyError: the driver has been busy with other calls for about 1 s.
    :raises DriverError: or the subclass that fits the status.
    """
    return patient(lambda: check(_made(library, function, arguments), function, *accepted))


def patient(make: Callable[[], int]) -> int:
    """Make a call again while the driver is busy with others.

    :raises DriverBusyError: it has been for about 1 s.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return make()
        except DriverBusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_S)


def _made(library: Any, function: str, arguments: tuple[Any, ...]) -> int:
    begun_s = time.perf_counter()
    if not hasattr(library, function):
        raise ConfigurationError(
            f"A scope is opened through a library that load_library gives, not {shown(library)}."
        )
    status: int = getattr(library, function)(*arguments)
    call_log.note(function, arguments, status, time.perf_counter() - begun_s)
    return status


_connections: weakref.WeakSet[Connection] = weakref.WeakSet()


def held_serials(library: Any) -> list[str]:
    """List the serial numbers of the scopes that this program has open."""
    return [one.serial for one in _connections if one.handle and one.library is library]


def _forget_all() -> None:
    """Leave the scopes to the parent: the child of a fork has none of its threads."""
    for connection in _connections:
        connection.handle = 0


def _close_all() -> None:
    for connection in list(_connections):
        with suppress(Exception):  # nobody is left to be told
            connection.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


class Connection:
    """A scope's handle; use it as a context manager, or call :meth:`close`.

    :param handle: 0 once it is closed.
    :param serial: serial number of the scope.
    """

    #: Memory of an overlapped request that the driver may still write to; kept for that.
    overlapped: object = None
    #: Into how many segments its memory was divided, and how many of them a run fills.
    segments = run_captures = 1

    def __init__(self, library: Any, handle: int, serial: str) -> None:
        self.library = library
        self.handle = handle
        self.serial = serial
        self._users: list[Callable[[BaseException | None], None]] = []
        _connections.add(self)
        # the last one registered comes first: before the exit of the library
        atexit.unregister(_close_all)
        atexit.register(_close_all)

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close(error)

    def at_close(self, end: Callable[[BaseException | None], None]) -> None:
        """Let something that uses the scope end before it is closed.

        :param end: gets what went wrong in the caller's code, or None; it does not raise.
        """
        self._users.append(end)

    def call(self, function: str, *arguments: Any, accepted: tuple[int, ...] = ()) -> int:
        """Call a function with the handle; see :func:`call`."""
        return call(self.library, function, self.handle, *arguments, accepted=accepted)

    def stop(self) -> None:
        """Stop sampling; harmless when nothing runs."""
        self.call("ps5000aStop", accepted=POWER_STATES)

    def close(self, error: BaseException | None = None) -> None:
        """End what uses the scope, and close it; harmless when it is closed or gone.

        :param error: what went wrong, for those who are ended.
        """
        self.end_uses(error)
        if self.handle:
            handle, self.handle = self.handle, 0
            close_handle(self.library, handle)

    def end_uses(self, error: BaseException | None) -> None:
        """End what uses the scope.

        :param error: what went wrong in the caller's code, or None.
        """
        while self._users:
            self._users.pop()(error)

    def abandon(self) -> None:
        """Forget the handle without a call: one that never returns blocks all others."""
        log.warning("The driver does not return; the scope is left to it until the program ends.")
        self.handle = 0


def close_handle(library: Any, handle: int) -> None:
    """Close a handle; one that is gone needs no closing."""
    with suppress(DriverError):
        call(library, "ps5000aCloseUnit", handle)
