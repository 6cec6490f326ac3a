"""Capture a tenth of a second into memory: the shortest script there is.

Runs with the simulated scope; take ``simulated=True`` away to use a real one.
"""

from picostream_pymeasure.instrument import PicoScope5000A

with PicoScope5000A(simulated=True) as scope:
    scope.A.range, scope.sample_rate = 2, 1e6
    capture = scope.acquire(duration=0.1)

print(capture)
print(capture.to_pandas().describe())
