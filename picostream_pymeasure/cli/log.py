"""What the program hears of its parts: on standard error, and whole in a file."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from .. import __version__
from ..errors import ConfigurationError, StorageError
from ..system import compiling
from ..system.patience import reason
from . import output

_PACKAGE = "picostream_pymeasure"
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)

#: A log under such a name would be taken for a recording, or be written into one.
_RECORDING_SUFFIXES = (".hdf5", ".h5", ".hdf")
_SIGNATURE = b"\x89HDF\r\n\x1a\n"


class _Sentence(logging.Formatter):
    """One line a record; a traceback is for the file."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name == compiling.__name__:
            return record.getMessage()  # nothing is wrong
        return f"{record.levelname.capitalize()}: {record.getMessage()}"


class _StandardError(logging.StreamHandler):  # type: ignore[type-arg]  # from Python 3.11 on
    """Writes to what standard error is at the moment: a status line replaces it while it shows."""

    def emit(self, record: logging.LogRecord) -> None:
        if sys.stderr is not None:
            self.setStream(sys.stderr)
            super().emit(record)


def hear(verbosity: int, path: Path | None) -> None:
    """Begin to tell warnings, with 1 what goes on as well, with 2 every call of the driver.

    :param path: file that everything is appended to, with times; None for none.
    :raises ConfigurationError: it is, or is named as, a recording.
    :raises StorageError: it cannot be written.
    """
    logging.raiseExceptions = False  # a log that cannot be written says nothing of what it is about
    shown = _StandardError()
    shown.setFormatter(_Sentence())
    shown.setLevel(_LEVELS[min(verbosity, len(_LEVELS) - 1)])
    logger = logging.getLogger(_PACKAGE)
    logger.addHandler(shown)
    logger.setLevel(shown.level)
    if path is not None:
        logger.addHandler(_file_handler(path))
        logger.setLevel(logging.DEBUG)
        logger.info("%s %s: %s", sys.platform, __version__, sys.argv[1:])


def _file_handler(path: Path) -> logging.Handler:
    if path.suffix.lower() in _RECORDING_SUFFIXES or _holds_hdf5(path):
        raise ConfigurationError(
            f"A log is a text, and {path} is an HDF5 file, or named as one; choose another name, "
            "as in --log run.log."
        )
    try:
        handler = logging.StreamHandler(output.appended_file(path))
    except OSError as error:
        raise StorageError(f"The log {path} cannot be written ({reason(error)}).") from error
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    )
    return handler


def _holds_hdf5(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(_SIGNATURE)) == _SIGNATURE
    except OSError:  # told when it is to be written
        return False
