"""The command line ``picostream``.

Only click is imported before a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import logging
import signal
import sys
from typing import NoReturn

import click

from ..errors import ConfigurationError, OutputExistsError, PicoStreamError
from . import output

COMPLETE, FAILED, WRONG_USAGE, SAMPLES_MISSING = range(4)

log = logging.getLogger(__name__)


def main() -> None:
    """Run ``picostream`` and exit with its code."""
    from .group import picostream

    _run_and_exit(picostream)


def plot() -> None:
    """Run ``picostream-plot``, which is ``picostream view``, and exit with its code."""
    from .group import view

    _run_and_exit(view)


def _run_and_exit(command: click.Command) -> NoReturn:
    output.install()
    logging.getLogger("picostream_pymeasure").addHandler(logging.NullHandler())
    try:
        code = _run(command)
        output.finish()
        if failure := output.failure():
            code = _tell(f"Error: The output cannot be written ({failure.strerror}).")
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = FAILED
        _tell("Interrupted.")
    sys.exit(code)


def _run(command: click.Command) -> int:
    try:
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
        log.exception("Unexpected error")
        return _tell(
            f"Error: Something unexpected happened ({type(error).__name__}: {error}). This is a "
            "fault of picostream; run it again with --log FILE and report what FILE says."
        )


def _tell(sentence: str, code: int = FAILED) -> int:
    output.let_through()
    click.echo(sentence, err=True)
    output.let_through()
    return code
