"""The command line ``picostream``.

Only click is imported before a command runs, so that ``--help`` answers at once, and that not
before Ctrl+C is a sentence.
"""

from __future__ import annotations

import errno
import signal
import sys
from pathlib import Path
from typing import NoReturn

from ..errors import ConfigurationError, OutputExistsError, PicoStreamError
from . import output
from .early_interrupt import note_early_interrupts
from .exit_codes import COMPLETE, FAILED, WRONG_USAGE


def main() -> None:
    """Run ``picostream`` and exit with its code."""
    _run_and_exit("picostream")


def plot() -> None:
    """Run ``picostream-plot``, which is ``picostream view``, and exit with its code."""
    _run_and_exit("view")


def _run_and_exit(command: str) -> NoReturn:
    try:
        note_early_interrupts()
        output.install()
        code = _run(command)
        output.finish()
        for log, cause in output.unwritten_logs():
            _tell(f"Warning: The end of the log {log} is missing ({cause.strerror}).")
        if failure := output.failure():
            code = _tell(f"Error: The output cannot be written ({failure.strerror}).")
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = FAILED
        _tell("Interrupted.")
    sys.exit(code)


def _run(name: str) -> int:
    import logging

    import click

    log = logging.getLogger("picostream_pymeasure")
    log.addHandler(logging.NullHandler())  # until the options are read
    try:
        from .group import picostream

        command = picostream.commands.get(name, picostream)
        return command.main(standalone_mode=False) or COMPLETE
    except click.exceptions.Abort:
        return _tell("Interrupted.")
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (ConfigurationError, OutputExistsError) as error:
        return _tell(f"Error: {error}", WRONG_USAGE)
    except PicoStreamError as error:
        return _tell(f"Error: {error}")
    except Exception as error:
        log.debug("Unexpected error", exc_info=True)
        if _follows_an_interrupt(error):
            raise KeyboardInterrupt from error
        return _tell(f"Error: {_unexpected(error)}")


def _follows_an_interrupt(error: BaseException | None) -> bool:
    """Whether Ctrl+C came first: a compiler that it stops fails in ways of its own."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None


def _unexpected(error: Exception) -> str:
    """Whose fault it is, and what to do."""
    if _has_no_folder():
        return "The folder in which it was started is gone; go to another one."
    if isinstance(error, MemoryError):
        return "There was not enough memory; end other programs, or raise the limit."
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return "No more files can be opened; end other programs, or raise the limit (ulimit -n)."
    what = f"{type(error).__name__}: {error}"
    if isinstance(error, ImportError):
        return (
            f"A part of the installation cannot be loaded ({what}). Install picostream-pymeasure "
            "anew, in an environment of its own."
        )
    return (
        f"Something unexpected happened ({what}). This is a fault of picostream; run it again with "
        "--log FILE and report what FILE says."
    )


def _has_no_folder() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _tell(sentence: str, code: int = FAILED) -> int:
    import click

    output.let_through()
    click.echo(sentence, err=True)
    output.let_through()
    return code
