"""The standalone program: the window, or the command line when there are arguments."""

from __future__ import annotations

import sys

from picostream_pymeasure.cli import main as command_line


def main() -> None:
    """Start what the arguments ask for."""
    if len(sys.argv) == 1:
        sys.argv.append("gui")  # so that its failures are told as those of any command
    command_line()


if __name__ == "__main__":
    main()
