"""A script written for PicoStream, after the change: the root name of one import.

The command is called ``picostream`` here too and takes the same options; add --simulate where
there is no scope. Files that PicoStream recorded are read as well.
"""

import subprocess

# from picostream.reader import PicoStreamReader
from picostream_pymeasure.reader import PicoStreamReader

command = "picostream -s 10 -r 2 -o data.hdf5 --duration 1 --simulate"
subprocess.run([*command.split(), "--force"], check=True)  # PicoStream replaced files unasked

with PicoStreamReader("data.hdf5") as reader:
    print(f"{reader.num_samples} samples, one every {reader.sample_interval_ns:g} ns")
    for times_s, voltages_mv in reader.get_block_iter(
        chunk_size=2_000_000, decimation_factor=100, decimation_mode="min_max"
    ):
        print(f"from {times_s[0]:.2f} s: {voltages_mv.min():.0f} to {voltages_mv.max():.0f} mV")
