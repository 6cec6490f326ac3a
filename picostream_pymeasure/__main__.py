"""The standalone program: the window, or the command line when there are arguments."""

from __future__ import annotations

import sys


def main() -> None:
    """Start what the arguments ask for."""
    if len(sys.argv) > 1:
        from picostream_pymeasure.cli import main as command_line

        command_line()
    else:
        from picostream_pymeasure.main import run

        sys.exit(run())


if __name__ == "__main__":
    main()
