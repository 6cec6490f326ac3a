"""The live plot as a program: ``python -m picostream_pymeasure.dfplot FILE``."""

from __future__ import annotations

import signal
import sys

import click
from pymeasure.display.Qt import QtWidgets

from .display.live_plotter import HDF5LivePlotter

__all__ = ["HDF5LivePlotter", "show"]


def show(path: str, window_s: float, n_points: int) -> int:
    """Open a window on a recording; return the exit code when it is closed."""
    application = QtWidgets.QApplication(sys.argv[:1])
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop never lets Python's handler run
    plotter = HDF5LivePlotter(path, display_window_seconds=window_s, max_display_points=n_points)
    plotter.resize(1000, 600)
    plotter.start_updates()
    plotter.show()
    return application.exec_()


@click.command()
@click.argument("file", default="/tmp/data.hdf5")
@click.option("-w", "--plot-window", "window_s", type=float, default=0.5, show_default=True)
@click.option("--plot-pts", "n_points", type=int, default=4000, show_default=True)
def _main(file: str, window_s: float, n_points: int) -> None:
    """Show the newest seconds of a recording while it grows; S saves a picture."""
    sys.exit(show(file, window_s, n_points))


if __name__ == "__main__":
    _main()
