"""Several runs in a row on one scope, without a window; a run that fails does not end the queue."""

from pymeasure.experiment import unique_filename

from picostream_pymeasure import PicoStreamError, recording_path_for, verify
from picostream_pymeasure.procedures.capture import StreamingCapture
from picostream_pymeasure.procedures.live_monitor import LiveMonitor
from picostream_pymeasure.procedures.scripted import run_procedure
from picostream_pymeasure.procedures.source_sweep import SourceSweep


class BriefMonitor(LiveMonitor):
    """Does not wait for a stop."""

    def run(self, session):
        """End after half a second."""
        self.stream_for(0.5)


scope = {"scope_serial": "simulated", "sample_rate": 2}
queue = {
    "small": StreamingCapture(range_a=1, duration=0.2, **scope),
    "large": StreamingCapture(range_a=5, duration=0.2, **scope),
    "impossible": StreamingCapture(resolution=16, channel_b=True, **scope),
    "monitor": BriefMonitor(live_only=0.3, **scope),
    "sweep": SourceSweep(n_values=3, dwell=0.2, **scope),
}
for name, procedure in queue.items():
    csv_path = unique_filename(".", f"queue_{name}", datetimeformat="")
    try:
        run_procedure(procedure, csv_path)
    except PicoStreamError as error:
        print(f"{name}: {error}")
    else:
        print(f"{name}: {verify(recording_path_for(csv_path)).samples} samples")
