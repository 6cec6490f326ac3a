"""Watch a file while it is recorded: the usage example of PicoStream, with the root name changed.

Here a recording of two seconds runs in the same program; usually it runs in another one, and the
plot just looks at its file. Close the window to end.
"""

import os
import sys

from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QApplication

from picostream_pymeasure import (
    ChannelConfig,
    Recorder,
    StreamConfig,
    StreamSession,
    Unit,
    load_library,
)
from picostream_pymeasure.dfplot import HDF5LivePlotter

app = QApplication(sys.argv)
plotter = HDF5LivePlotter(
    hdf5_path="live_plot.hdf5",
    update_interval_ms=50,
    display_window_seconds=0.5,
    decimation_factor=150,
    max_display_points=4000,
)
plotter.resize(1000, 600)
plotter.show()
plotter.start_updates()

config = StreamConfig(channels=(ChannelConfig("A", range_v=2.0),), sample_rate_hz=10e6)
with (
    Unit.open(load_library(simulated=True)) as unit,
    StreamSession(unit, config, Recorder("live_plot.hdf5", force=True)),
):
    QTimer.singleShot(2000, app.quit)
    app.exec_()

print("saved", plotter.save_screenshot())
if os.environ.get("QT_QPA_PLATFORM") == "offscreen":  # without a screen nobody can close it
    plotter.close()
else:
    sys.exit(app.exec_())
