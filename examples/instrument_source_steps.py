"""Step a source meter while the scope streams, and mark each step in the recording.

Runs with simulated instruments; any PyMeasure instrument takes the source's place, such as
``Keithley2400("GPIB::24")``, and without ``simulated=True`` a real scope is used.
"""

import time

import numpy as np

from picostream_pymeasure import PicoStreamReader
from picostream_pymeasure.instrument import PicoScope5000A
from picostream_pymeasure.procedures.simulated_source import SimulatedSource

with SimulatedSource() as source, PicoScope5000A(simulated=True) as scope:
    scope.A.range = 2
    scope.sample_rate = 1e6
    source.output_enabled = True
    with scope.stream("steps.hdf5", force=True, metadata={"source": source.name}) as session:
        for voltage in np.linspace(-1, 1, 5):
            source.voltage = voltage
            session.mark("source voltage", voltage)
            time.sleep(0.3)  # how long each step is recorded

with PicoStreamReader("steps.hdf5") as reader:
    ends = [*reader.events["sample_index"][1:], reader.num_samples]
    for event, end in zip(reader.events, ends, strict=True):
        _, millivolts = reader.get_block(end - event["sample_index"], event["sample_index"])
        print(f"{event['value']:+.2f} V at the source: mean {millivolts.mean():+.1f} mV at A")
