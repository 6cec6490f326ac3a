"""Record two seconds of two channels into a file, and read them back.

Runs with the simulated scope; take ``simulated=True`` away to use a real one.
"""

import time

from picostream_pymeasure import (
    ChannelConfig,
    PicoStreamReader,
    Recorder,
    StreamConfig,
    StreamSession,
    Unit,
    load_library,
    verify,
)

config = StreamConfig(
    channels=(ChannelConfig("A", range_v=2.0), ChannelConfig("B", range_v=5.0)),
    sample_rate_hz=1e6,
)

with (
    Unit.open(load_library(simulated=True)) as unit,
    StreamSession(unit, config, Recorder("record.hdf5", force=True)) as session,
):
    for step in range(4):
        session.mark("step", step)
        time.sleep(0.5)

report = verify("record.hdf5")
print(f"{report.samples} samples per channel, {report.gaps} gaps, exit code {report.exit_code}")

with PicoStreamReader("record.hdf5", channel="B") as reader:
    for times_s, voltages_mv in reader.get_block_iter(500_000, 1000, "min_max"):
        print(f"from {times_s[0]:.3f} s: {voltages_mv.min():.0f} to {voltages_mv.max():.0f} mV")
    print("events:", reader.events["label"], reader.events["sample_index"])
