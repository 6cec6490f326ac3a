"""Record with two scopes at once, each into a file of its own.

Runs with two simulated scopes; take ``simulated=True`` away and give the serial numbers of your
own, as ``PicoScope5000A.list_devices()`` lists them.
"""

from picostream_pymeasure import verify
from picostream_pymeasure.instrument import PicoScope5000A

left_serial, right_serial = PicoScope5000A.list_devices(simulated=True)[:2]

with (
    PicoScope5000A(serial=left_serial, simulated=True) as left,
    PicoScope5000A(serial=right_serial, simulated=True) as right,
):
    left.sample_rate = 2e6
    left.A.range = 2

    right.sample_rate = 500e3
    right.A.range = 5
    right.B.enabled = True

    with (
        left.stream("left.hdf5", duration=1, force=True) as left_session,
        right.stream("right.hdf5", duration=1, force=True) as right_session,
    ):
        left_session.wait()
        right_session.wait()

for name in ("left.hdf5", "right.hdf5"):
    report = verify(name)
    print(f"{name}: {report.samples} samples per channel, {report.gaps} gaps")
