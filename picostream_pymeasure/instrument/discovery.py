"""Which scopes are connected, really or simulated."""

from __future__ import annotations

import threading
from typing import Any

from ..driver import list_serials, load_library

#: Held while scopes are opened, also for a moment to ask what they are: none is missed for that.
looking = threading.RLock()

_lock = threading.Lock()
_simulation: Any = None


def library_of(simulated: bool | str) -> Any:
    """Give the real library, or the simulated one.

    The simulated scopes of a process are connected together, so that each can be opened once;
    when none of them is open any more, the next one finds them as if plugged in anew. A text
    describes scopes of their own.

    :raises SdkNotFoundError: says what to install on this system.
    """
    global _simulation
    if simulated is not True:
        return load_library(simulated=simulated)
    with _lock:
        if _simulation is None or not _simulation.simulation.open_handles():
            _simulation = load_library(simulated=True)
        return _simulation


def list_devices(simulated: bool = False) -> list[str]:
    """List the serial numbers of the scopes that are connected and that nobody has opened.

    :param simulated: those of the simulation instead.
    :raises SdkNotFoundError: says what to install on this system.
    """
    with looking:
        return list_serials(library_of(simulated))
