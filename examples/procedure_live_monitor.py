"""Watch a signal until somebody has seen enough; the file never holds more than a second.

In a window this is the Stop button. Here the procedure stops itself when the signal is large.
"""

from pymeasure.experiment import unique_filename

from picostream_pymeasure import PicoStreamReader, recording_path_for
from picostream_pymeasure.procedures.live_monitor import LiveMonitor
from picostream_pymeasure.procedures.scripted import run_procedure


class UntilLarge(LiveMonitor):
    """Ends by itself."""

    def summary(self, health):
        """Look at what becomes a row of the CSV."""
        row = super().summary(health)
        if health.elapsed_s > 1.5 and row.get("A Maximum (V)", 0) > 0.9:
            self.request_stop()
        return row


csv_path = unique_filename(".", "monitor", datetimeformat="")  # monitor_1.csv, monitor_2.csv ...
run_procedure(UntilLarge(scope_serial="simulated", sample_rate=5, live_only=1), csv_path)
with PicoStreamReader(recording_path_for(csv_path)) as reader:
    print(f"{reader.first_sample} samples passed, {reader.num_samples} are kept")
