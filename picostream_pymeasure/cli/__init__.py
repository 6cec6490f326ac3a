"""The command line ``picostream``.

Only click is imported before a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys

from ..errors import ConfigurationError, OutputExistsError, PicoStreamError

COMPLETE, FAILED, WRONG_USAGE, SAMPLES_MISSING = range(4)


def main() -> None:
    """Run the command line and exit with its code."""
    import click

    from .group import picostream

    try:
        code = picostream.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Interrupted; nothing was recorded.", err=True)
        code = FAILED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (ConfigurationError, OutputExistsError) as error:
        click.echo(f"Error: {error}", err=True)
        code = WRONG_USAGE
    except PicoStreamError as error:
        click.echo(f"Error: {error}", err=True)
        code = FAILED
    sys.exit(code or COMPLETE)
