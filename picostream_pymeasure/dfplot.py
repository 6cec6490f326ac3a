"""The live plot as a program: ``python -m picostream_pymeasure.dfplot FILE``."""

from __future__ import annotations

import functools
import sys
from typing import Any

import click

from .display import plot_options
from .errors import PicoStreamError

try:
    from .display import HDF5LivePlotter, dress, make_application, run_event_loop
except ImportError as error:
    raise ImportError(
        f"The windows cannot be shown because Qt does not load ({error}); on Debian and Ubuntu "
        "install libgl1 and libglib2.0-0."
    ) from error

__all__ = ["HDF5LivePlotter", "show"]

_SIZE_PX = (1100, 700)


def show(
    path: str,
    *,
    window_s: float | None = None,
    n_points: int,
    decimation_factor: int = 150,
    theme: str | None = None,
) -> int:
    """Open a window on a recording; return the exit code when it is closed.

    :param window_s: length of the stretch that is followed; None for the usual one, and for the
        whole of a file that is finished when it is opened.
    :param theme: ``"light"``, ``"dark"``, or None for the desktop's.
    :raises PicoStreamError: there is no screen.
    """
    application = make_application()
    plotter = HDF5LivePlotter(
        path,
        decimation_factor=decimation_factor,
        max_display_points=n_points,
        theme=theme,
    )
    if window_s is None:
        plotter.opens_whole = True
    else:
        plotter.display_window_seconds = window_s
    dress(application, theme)
    plotter.themed.connect(functools.partial(dress, application))
    plotter.resize(*_SIZE_PX)
    plotter.start_updates()
    plotter.show()
    plotter.setFocus()
    return run_event_loop(application)


@click.command()
@click.argument("file", default="/tmp/data.hdf5")
@plot_options
def _main(file: str, **options: Any) -> None:
    """Show the newest seconds of a recording while it grows, or any part of it; F1 lists keys."""
    try:
        sys.exit(show(file, **options))
    except PicoStreamError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    _main()
