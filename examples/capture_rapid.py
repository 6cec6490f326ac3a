"""Capture pulses at 1 GS/s around their triggers, and average them.

Run it as it stands: it uses the simulated scope. For a real one leave ``simulated=True`` out.
"""

from picostream_pymeasure import PicoScope5000A

with PicoScope5000A(simulated=True) as scope:
    scope.resolution, scope.sample_rate = 8, 1e9
    scope.A.range = 2
    scope.trigger.source, scope.trigger.level = "A", 0.5
    scope.trigger.pre_trigger = 0.2e-6
    scope.trigger.enabled = True

    captures = scope.capture(samples=1000, captures=50, timeout=10)

print(captures)
mean_v = captures.voltages["A"].mean(axis=0)
print(f"mean at the trigger: {mean_v[captures.trigger_index]:.3f} V")
print(f"last trigger: {captures.trigger_times_s[-1]:.6f} s after the first")
print(f"shortest time without a capture between two: {captures.dead_times.min() * 1e6:.1f} µs")
