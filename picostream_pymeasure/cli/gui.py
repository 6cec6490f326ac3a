"""The windows, started from the command line."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from .. import dfplot
from ..errors import StorageError
from .early_interrupt import leave_interrupts
from .looking import look_at


def open_window(simulate: bool) -> int:
    """Open the window of experiments and return the exit code when it is closed.

    :raises PicoStreamError: Qt cannot be loaded on this system, or there is no screen.
    """
    _hurry()
    dfplot.load_windows()
    from ..main import run

    leave_interrupts()
    return run(simulate)


def open_plot(path: Path, wait: bool, **options: Any) -> int:
    """Open the live plot of a recording and return the exit code when it is closed.

    :param wait: the file need not be there yet.
    :param options: as of ``dfplot.show``.
    :raises PicoStreamError: there is no such file, it is no recording, Qt cannot be loaded on this
        system, or there is no screen.
    """
    if not wait:
        _look_at(path)
    _hurry()
    dfplot.load_windows()
    leave_interrupts()
    return dfplot.show(str(path), **options)


def _look_at(path: Path) -> None:
    try:
        look_at(path)
    except StorageError as error:
        if _is_missing(path):
            raise StorageError(f"{error} Add --wait to wait for it.") from error
        raise


def _is_missing(path: Path) -> bool:
    try:
        return not path.exists()
    except OSError:  # as of a name that is too long
        return False


def _hurry() -> None:
    """Search no modules for garbage until the windows live: a fifth of the start would do so."""
    gc.disable()
