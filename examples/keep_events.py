"""Keep the pulses of a stream with what lies around them, and draw what they are like.

Run it as it stands: it uses the simulated scope, whose channel D rests at a level and leaves it for
short pulses. For a real one leave ``simulated=True`` out.
"""

import numpy as np

from picostream_pymeasure import EventRule, PicoScope5000A, PicoStreamReader, verify

# sigmas from a baseline of 10 ms: an event begins and ends at 5 - 2, and counts if it reached 5
rule = EventRule("D", "falling", threshold=5, hysteresis=2, min_width_s=10e-6, baseline_s=10e-3)

with PicoScope5000A(simulated=True) as scope:
    scope.sample_rate = 1e6
    scope.A.enabled, scope.D.enabled = False, True
    scope.D.range = 2
    with scope.stream(
        "events.hdf5", keep=rule, before=1e-3, after=1e-3, duration=2, force=True
    ) as session:
        session.wait()

report = verify("events.hdf5")
print(report.proof)

with PicoStreamReader("events.hdf5") as reader:
    events = reader.captures.events
    share = reader.num_samples * reader.sample_interval_ns * 1e-9 / reader.duration_s
    print(f"{len(events)} events; {share:.0%} of the stream are in the file")
    print(events.to_pandas()[["start_s", "duration_s", "amplitude_v"]].head(3))
    first = reader.captures[0]
    print(f"the first has {len(first.times_s)} samples, from {first.times_s[0] * 1e3:.1f} ms on")
    picture = reader.window(0, reader.end_s, 60)  # all of the stream, kept or not
    print("lowest in each 1/60:", np.round(picture[:8, 1]), "mV ...")

for name, unit in (("duration_s", "ms"), ("amplitude_v", "mV"), ("between_s", "ms")):
    numbers, edges = np.histogram(getattr(events, name) * 1e3, bins=6)
    print(f"{name}, {edges[0]:.3g} to {edges[-1]:.3g} {unit}: {numbers}")
