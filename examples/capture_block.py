"""Capture once, at once: no trigger, one block of samples faster than any stream.

Run it as it stands: it uses the simulated scope. For a real one leave ``simulated=True`` out.
"""

from picostream_pymeasure import PicoScope5000A

with PicoScope5000A(simulated=True) as scope:
    scope.resolution, scope.sample_rate = 12, 500e6
    scope.A.range = 2
    capture = scope.capture(duration=1e-3)

table = capture.to_pandas()
print(capture)
print(table.describe())
