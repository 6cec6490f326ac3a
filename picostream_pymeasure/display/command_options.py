"""The options of the programs that show one recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..quantity_options import TIME

_OPTIONS = (
    click.option(
        "-w",
        "--plot-window",
        "--window",
        "window_s",
        type=TIME,
        help="Time that is followed, as in 20ms; a finished file is shown as a whole without it.  "
        "[default: 0.5]",
    ),
    click.option(
        "-n",
        "--plot-npts",
        "--plot-pts",
        "n_points",
        type=int,
        default=4000,
        show_default=True,
        help="Columns at most.",
    ),
    click.option(
        "--decimation",
        "decimation_factor",
        type=int,
        default=150,
        help="PicoStream's; of no effect, as every sample is drawn.",
    ),
    click.option("--theme", type=click.Choice(["light", "dark"]), help="[default: the desktop's]"),
)


def plot_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
