"""The command line ``picostream``.

Only click is imported before a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys

from ..errors import ConfigurationError, OutputExistsError, PicoStreamError

COMPLETE, FAILED, WRONG_USAGE, SAMPLES_MISSING = range(4)


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        sys.exit(_run())
    except KeyboardInterrupt:
        sys.exit("Interrupted.")


def _run() -> int:
    import click

    from .group import picostream

    try:
        return picostream.main(standalone_mode=False) or COMPLETE
    except click.exceptions.Abort:
        click.echo("Interrupted.", err=True)
        return FAILED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (ConfigurationError, OutputExistsError) as error:
        click.echo(f"Error: {error}", err=True)
        return WRONG_USAGE
    except PicoStreamError as error:
        click.echo(f"Error: {error}", err=True)
        return FAILED
