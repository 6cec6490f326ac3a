"""The windows, started from the command line."""

from __future__ import annotations

import gc
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import PicoStreamError


def open_window(simulate: bool) -> int:
    """Open the window of experiments and return the exit code when it is closed.

    :raises PicoStreamError: Qt cannot be loaded on this system, or there is no screen.
    """
    _load_plot()
    from ..main import run

    return run(simulate)


def open_plot(path: Path, **options: Any) -> int:
    """Open the live plot of a recording and return the exit code when it is closed.

    :param options: as of ``dfplot.show``.
    :raises PicoStreamError: Qt cannot be loaded on this system, or there is no screen.
    """
    return int(_load_plot().show(str(path), **options))


def _load_plot() -> ModuleType:
    """Load the live plot, which says what to install when Qt does not load."""
    gc.disable()  # until the windows live: a fifth of the start would search modules for garbage
    try:
        from .. import dfplot
    except ImportError as error:
        raise PicoStreamError(str(error)) from None
    return dfplot
