"""Measure gain and phase with the scope's generator and two inputs, and draw the Bode plot.

The simulated scope has an RC low-pass of 1 kHz between its generator and input B.
"""

import os

import pyqtgraph
from pymeasure.experiment import unique_filename

from picostream_pymeasure.procedures.frequency_response import FrequencyResponse
from picostream_pymeasure.procedures.scripted import run_procedure

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # a picture needs no screen

procedure = FrequencyResponse(
    scope_serial="simulated",
    first_frequency=100,
    last_frequency=50e3,
    n_frequencies=10,
    measuring_time=0.1,
    settling_time=0.05,
)
csv_path = unique_filename(".", "response", datetimeformat="")  # response_1.csv, response_2.csv
table = run_procedure(procedure, csv_path).data
print(table.round(3).to_string(index=False))

application = pyqtgraph.mkQApp()
bode = pyqtgraph.GraphicsLayoutWidget(size=(800, 600))
for row, column in enumerate(("Gain (dB)", "Phase (deg)")):
    plot = bode.addPlot(row, 0, labels={"left": column, "bottom": "Frequency (Hz)"})
    plot.setLogMode(x=True)
    plot.showGrid(x=True, y=True)
    plot.plot(table["Frequency (Hz)"].to_numpy(), table[column].to_numpy(), symbol="o")
bode.grab().save("bode.png")
