"""Files that another program has open for a moment, as virus scanners do on Windows.

There a file cannot be opened for writing, renamed or deleted while somebody else has it open, and
what looks into each new file does so just when it gets its name. POSIX systems do not refuse that.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

_ACCESS_DENIED, _SHARING_VIOLATION, _LOCK_VIOLATION, _USER_MAPPED_FILE = 5, 32, 33, 1224
_PASSING = {_ACCESS_DENIED, _SHARING_VIOLATION, _LOCK_VIOLATION, _USER_MAPPED_FILE}

#: Windows takes no longer paths from programs, unless its administrator allows them.
_LONGEST_PATH = 259

#: Pauses between attempts, a second in all: scanners need tenths of it.
_PAUSES_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.3)


def may_pass(error: OSError) -> bool:
    """Whether another program may have caused an error by having the file open (Windows)."""
    return getattr(error, "winerror", None) in _PASSING


def is_write_refused(error: OSError) -> bool:
    """Whether somebody's lock may be why an open file was not written; any system's C library."""
    return error.errno in (errno.EACCES, errno.EAGAIN)


def patiently(
    call: Callable[[], Result],
    passes: Callable[[OSError], bool] = may_pass,
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """Call until nobody else is in the way, for a second at most.

    :param passes: whether an error may pass by waiting.
    :raises OSError: as the system refuses it; what cannot pass by waiting at once.
    """
    for pause_s in _PAUSES_S:
        try:
            return call()
        except OSError as error:
            if not passes(error):
                raise
        sleep(pause_s)
    return call()


def reason(error: OSError) -> str:
    """What to tell of an error, with what its words leave out on Windows."""
    text = _text(error)
    path = str(error.filename or "")
    if sys.platform == "win32" and len(os.path.abspath(path)) > _LONGEST_PATH:  # noqa: PTH100
        return f"{text}; the path has more than the {_LONGEST_PATH} characters that Windows takes"
    is_refused = error.errno in (errno.EACCES, errno.EPERM)
    if may_pass(error) or (sys.platform == "win32" and is_refused):
        return f"{text}; another program may have the file open"
    return text


def _text(error: OSError) -> str:
    """What the system says; ``errno`` has no numbers for most errors of Windows."""
    if getattr(error, "winerror", None) and error.strerror:
        return error.strerror.rstrip(". ")
    if error.errno:
        return os.strerror(error.errno)
    return next(iter(str(error).splitlines()), type(error).__name__)
