"""Record for a second as a PyMeasure procedure: summary rows in a CSV, all samples in HDF5.

Runs with the simulated scope; name a serial number, or "first found", to use a real one.
"""

from pymeasure.experiment import Results, unique_filename

from picostream_pymeasure import PicoStreamReader, recording_path_for
from picostream_pymeasure.procedures.capture import StreamingCapture
from picostream_pymeasure.procedures.scripted import run_procedure

procedure = StreamingCapture(
    scope_serial="simulated", sample_rate=10, channel_b=True, range_a=2, duration=1
)
for label, estimate in procedure.get_estimates():
    print(f"{label}: {estimate}")
csv_path = unique_filename(".", "capture", datetimeformat="")  # capture_1.csv, capture_2.csv ...
run_procedure(procedure, csv_path)

results = Results.load(csv_path)  # later, or in another program
print(results.data[["Elapsed Time (s)", "A Mean (V)", "A RMS (V)", "Lost Samples (count)"]])
with PicoStreamReader(recording_path_for(csv_path), channel="B") as reader:
    times_s, voltages_mv = reader.get_block(5, start=1000)
    print(f"{reader.num_samples} samples of B, some of them: {voltages_mv} mV")
