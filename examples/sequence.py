"""Run a sequence file of PyMeasure's sequencer without its window: two ranges, two rates each."""

from pathlib import Path

from pymeasure.experiment import unique_filename
from pymeasure.experiment.sequencer import SequenceHandler

from picostream_pymeasure.procedures.capture import StreamingCapture
from picostream_pymeasure.procedures.scripted import run_procedure

parameters = StreamingCapture().parameter_objects()
names = {parameter.name: name for name, parameter in parameters.items()}
with Path(__file__).with_name("sequence.txt").open() as file:
    sequence = SequenceHandler(list(names), file).parameters_sequence(names)

for number, steps in enumerate(sequence, 1):
    procedure = StreamingCapture(scope_serial="simulated", duration=0.2)
    for step in steps:
        procedure.set_parameters(step)
    run_procedure(procedure, unique_filename(".", "sequence", datetimeformat=""))
    print(f"{number}: {procedure.range_a} V, {procedure.sample_rate:g} MS/s")
