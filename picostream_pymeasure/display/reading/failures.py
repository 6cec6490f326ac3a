"""What reading a recording can come to, and how that is told."""

from __future__ import annotations

import logging

from ...errors import PicoStreamError, sentence, shown
from ...system.patience import reason

#: Everything that a file of any content, its absence, or its name can raise.
FILE_ERRORS = (PicoStreamError, OSError, MemoryError)

log = logging.getLogger(__name__)


def words(error: BaseException) -> str:
    """What to tell of a file that gave one of :data:`FILE_ERRORS`."""
    if not isinstance(error, OSError) or isinstance(error, PicoStreamError):
        return sentence(error)
    name = "The file" if error.filename is None else shown(str(error.filename))
    return f"{name} cannot be read: {reason(error)}."


def words_of_fault(error: BaseException) -> str:
    """What to tell of an error that is none of a file's."""
    what = f"{type(error).__name__}: {error}"
    return (
        f"Something unexpected happened ({what}). This is a fault of picostream; report what its "
        "log says (--log FILE)."
    )


def log_fault(error: BaseException) -> None:
    """Write down where it happened."""
    log.error("%s", words_of_fault(error), exc_info=error)
