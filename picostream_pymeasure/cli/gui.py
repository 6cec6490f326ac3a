"""The window, started from the command line."""

from __future__ import annotations

from ..errors import PicoStreamError


def open_window(simulate: bool) -> int:
    """Open the window and return the exit code when it is closed.

    :raises PicoStreamError: Qt cannot be loaded on this system.
    """
    try:
        from ..main import run
    except ImportError as error:
        raise PicoStreamError(
            f"Qt cannot be loaded ({error}); on Debian and Ubuntu install libgl1 and libglib2.0-0."
        ) from None
    return run(simulate)
