"""Step a source meter while the scope streams, and mark each step in the recording.

Runs with simulated instruments; any PyMeasure instrument takes the source's place, such as
``Keithley2400("GPIB::24")``, and without ``simulated=True`` a real scope is used.
"""

import time

import numpy as np

from picostream_pymeasure import PicoStreamReader
from picostream_pymeasure.instrument import PicoScope5000A
from picostream_pymeasure.procedures.simulated_source import SimulatedSource, into_input_b

with (
    PicoScope5000A(simulated=True) as scope,
    SimulatedSource(output=into_input_b(scope)) as source,  # as a cable to B would
):
    scope.A.enabled, scope.B.enabled = False, True
    scope.B.range = 2
    scope.sample_rate = 1e6
    source.output_enabled = True
    with scope.stream("steps.hdf5", force=True, metadata={"source": source.name}) as session:
        for voltage in np.linspace(-1, 1, 5):
            source.voltage = voltage
            session.mark("source voltage", voltage)
            time.sleep(0.3)  # how long each step is recorded

with PicoStreamReader("steps.hdf5", channel="B") as reader:
    begins = reader.events["sample_index"]
    ends = [*begins[1:], reader.num_samples]
    for value, begin, end in zip(reader.events["value"], begins, ends, strict=True):
        quarter = (end - begin) // 4  # the source moves a little before the mark of its next step
        middle = reader[begin + quarter : end - quarter]
        print(f"{value:+.2f} V at the source: mean {middle.mean():+.1f} mV at B")
