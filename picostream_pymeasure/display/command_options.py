"""The options of the programs that show one recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..quantity_options import COLUMNS, TIME

#: What a plot can follow.
_LONGEST_S = 1e7


def _window(context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    if value is not None and not 0 < value <= _LONGEST_S:
        raise click.BadParameter(f"A plot follows more than 0 s, and at most {_LONGEST_S:.0f} s.")
    return value


_OPTIONS = (
    click.option(
        "-w",
        "--plot-window",
        "--window",
        "window_s",
        type=TIME,
        callback=_window,
        help="Time that is followed, as in 20ms; a finished file is shown as a whole without it.  "
        "[default: 0.5 s]",
    ),
    click.option(
        "-n",
        "--plot-npts",
        "--plot-pts",
        "n_points",
        type=COLUMNS,
        default=4000,
        show_default=True,
        help="Columns that are drawn at most.",
    ),
    click.option(
        "--decimation",
        "decimation_factor",
        type=int,
        default=150,
        help="PicoStream's; of no effect, as every sample is drawn.",
    ),
    click.option(
        "--theme",
        type=click.Choice(["light", "dark"]),
        help="Colours of the window.  [default: the desktop's]",
    ),
)


def plot_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
