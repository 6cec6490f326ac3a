"""PyMeasure's own window with two plots over a logarithmic axis: a Bode plot that grows live.

Choose "simulated" or a scope, and queue. Without a screen it measures five points, and ends.
"""

import os
import sys

from pymeasure.display.Qt import QtWidgets
from pymeasure.display.windows.managed_dock_window import ManagedDockWindow

from picostream_pymeasure.procedures.frequency_response import (
    FREQUENCY,
    GAIN,
    PHASE,
    FrequencyResponse,
)


class BodeWindow(ManagedDockWindow):
    """Gain above phase."""

    def __init__(self):
        super().__init__(
            FrequencyResponse,
            inputs=FrequencyResponse.INPUTS,
            displays=FrequencyResponse.DISPLAYS,
            inputs_in_scrollarea=True,
            x_axis=[FREQUENCY],
            y_axis=[GAIN, PHASE],
        )
        for frame in self.dock_widget.plot_frames:
            frame.plot.setLogMode(x=True)
            axis = frame.plot.getAxis("bottom")
            axis.enableAutoSIPrefix(False)
            axis.setTicks([[(decade, f"{10**decade}") for decade in range(8)]])
        self.dock_widget.setMinimumHeight(560)
        self.inputs.scope_serial.setText("simulated")


application = QtWidgets.QApplication(sys.argv)
window = BodeWindow()
window.resize(1200, 800)
window.show()
if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
    window.manager.finished.connect(application.quit)
    window.inputs.n_frequencies.setValue(5)
    window.queue()
application.exec()
print("saved", window.grab().save("bode_window.png"))
