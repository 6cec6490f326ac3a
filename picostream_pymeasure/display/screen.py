"""Whether there is a screen, asked before anything of Qt is loaded."""

from __future__ import annotations

import os
import sys

from ..errors import PicoStreamError

NO_SCREEN = "There is no screen to show a window on; log in with a desktop or with ssh -X."


def require_screen() -> None:
    """Refuse what cannot be shown; a screen that does not answer shows only when it is used.

    :raises PicoStreamError: there is no screen.
    """
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(map(os.environ.get, names)):
        raise PicoStreamError(NO_SCREEN)
