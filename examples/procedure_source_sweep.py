"""Step a voltage source while the scope streams; each step is an event in the recording.

For another instrument name its class, address and property instead, for example
source="pymeasure.instruments.keithley.Keithley2400", source_address="GPIB::24",
source_property="source_voltage".
"""

from pymeasure.experiment import unique_filename

from picostream_pymeasure import PicoStreamReader, recording_path_for
from picostream_pymeasure.procedures.scripted import run_procedure
from picostream_pymeasure.procedures.source_sweep import SourceSweep

procedure = SourceSweep(
    scope_serial="simulated",
    channel_b=True,
    range_b=2,
    source="simulated",  # connected to input B
    first_value=0,
    last_value=2,
    n_values=5,
    dwell=0.2,
)
csv_path = unique_filename(".", "sweep", datetimeformat="")  # sweep_1.csv, sweep_2.csv ...
run_procedure(procedure, csv_path)

with PicoStreamReader(recording_path_for(csv_path), channel="B") as reader:
    begins = reader.events["sample_index"].tolist()
    for value, begin, end in zip(
        reader.events["value"], begins, [*begins[1:], reader.num_samples], strict=True
    ):
        step_mv = reader[begin:end]
        print(f"source at {value:g} V: {step_mv.size} samples, mean {step_mv.mean():.0f} mV")
