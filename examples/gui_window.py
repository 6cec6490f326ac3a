"""A window for any procedure that records: live plot, queue, stop, sequences, earlier runs.

Queue a run and press Stop when you have seen enough. A procedure of your own must be in a module
that can be imported, or its files cannot be opened again. Without a screen it runs two seconds.
"""

import os
import sys
from pathlib import Path

from pymeasure.display.Qt import QtCore, QtWidgets

from picostream_pymeasure.display.experiment.window import ExperimentWindow
from picostream_pymeasure.procedures.live_monitor import LiveMonitor

application = QtWidgets.QApplication(sys.argv)
window = ExperimentWindow(
    LiveMonitor,
    x_axis="Elapsed Time (s)",
    y_axis="A RMS (V)",
    displays=("sample_rate", "live_only"),
    settings=QtCore.QSettings("gui_window.ini", QtCore.QSettings.IniFormat),
)
window.directory = Path.cwd()
window.filename = "monitor at {Sample Rate} MS"
window.inputs.scope_serial.setText("simulated")
window.show()

if os.environ.get("QT_QPA_PLATFORM") == "offscreen":  # without a screen nobody can press Stop
    window.manager.running.connect(lambda _: QtCore.QTimer.singleShot(2000, window.stop))
    window.manager.finished.connect(lambda _: window.close())
    window.queue()
application.exec()
print("kept", [experiment.data_filename for experiment in window.manager.experiments.queue])
