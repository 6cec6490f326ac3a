"""Step a voltage source, and capture pulses at each value: one row of the CSV a capture.

For another instrument name its class, address and property instead, for example
source="pymeasure.instruments.keithley.Keithley2400", source_address="GPIB::24",
source_property="source_voltage".
"""

from pymeasure.experiment import Results, unique_filename

from picostream_pymeasure import PicoStreamReader, recording_path_for
from picostream_pymeasure.procedures.capture_sweep import CaptureSweep
from picostream_pymeasure.procedures.scripted import run_procedure

procedure = CaptureSweep(
    scope_serial="simulated",
    resolution=8,
    sample_rate=500,
    range_a=2,
    channel_b=True,
    range_b=2,
    trigger_level=0.5,
    pre_trigger="200 ns",
    captures=20,
    capture_samples=500,
    timeout=10,
    source="simulated",  # connected to input B
    first_value=0,
    last_value=1,
    n_values=3,
)
csv_path = unique_filename(".", "pulses", datetimeformat="")  # pulses_1.csv, pulses_2.csv ...
run_procedure(procedure, csv_path)

table = Results.load(csv_path).data  # later, or in another program
for value, captures in table.groupby("Source Value"):
    print(
        f"source at {value:g} V: {len(captures)} captures, B {captures['B Mean (V)'].mean():.2f} V"
    )

with PicoStreamReader(recording_path_for(csv_path)) as reader:
    last = reader.captures[-1]
    mean_mv = reader.captures.average("A")
print(f"the last one, {last.trigger_time_s:.3f} s after the first: {last.voltages_mv['A'][:3]} mV")
print(f"{mean_mv.size} samples of the mean of all, at most {mean_mv.max():.0f} mV")
