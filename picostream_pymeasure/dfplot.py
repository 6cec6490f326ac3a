"""The live plot as a program: ``python -m picostream_pymeasure.dfplot FILE``."""

from __future__ import annotations

import functools
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from .display import plot_options, require_screen
from .errors import MissingQtError, PicoStreamError

if TYPE_CHECKING:
    from .display import HDF5LivePlotter

__all__ = ["HDF5LivePlotter", "load_windows", "show"]

_SIZE_PX = (1100, 700)


def __getattr__(name: str) -> Any:
    """Give the plotter, which PicoStream has here, loaded when it is used."""
    if name == "HDF5LivePlotter":
        return load_windows().HDF5LivePlotter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_windows() -> ModuleType:
    """Load Qt and what is made of it.

    :raises MissingQtError: says what to install.
    """
    from . import display

    try:
        display.HDF5LivePlotter  # noqa: B018 - loads it
    except ImportError as error:
        raise MissingQtError(
            f"The windows cannot be shown because Qt does not load ({error}); on Debian and Ubuntu "
            "install libgl1 and libglib2.0-0."
        ) from error
    return display


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
    :raises PicoStreamError: Qt cannot be loaded on this system, or there is no screen.
    """
    require_screen()
    windows = load_windows()
    application = windows.make_application()
    plotter = windows.HDF5LivePlotter(
        path,
        decimation_factor=decimation_factor,
        max_display_points=n_points,
        theme=theme,
    )
    if window_s is None:
        plotter.opens_whole = True
    else:
        plotter.display_window_seconds = window_s
    windows.dress(application, theme)
    plotter.themed.connect(functools.partial(windows.dress, application))
    plotter.resize(*_SIZE_PX)
    plotter.start_updates()
    plotter.show()
    plotter.setFocus()
    return int(windows.run_event_loop(application))


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
