"""A procedure of one's own: the light is switched while the scope streams, each time an event.

Keep yours in a module that can be imported: PyMeasure writes its name into the CSV, and loads it
from there.
"""

from pymeasure.experiment import IntegerParameter, unique_filename

from picostream_pymeasure import PicoStreamReader, recording_path_for
from picostream_pymeasure.procedures.scripted import run_procedure
from picostream_pymeasure.procedures.streaming import StreamingProcedure


class Flashes(StreamingProcedure):
    """Switches a lamp on and off."""

    n_flashes = IntegerParameter("Flashes", minimum=1, default=3)

    def run(self, session):
        """Do it while the scope streams."""
        for number in range(self.n_flashes):
            session.mark("on", number)  # lamp.on()
            if not self.stream_for(0.1):
                return
            session.mark("off", number)  # lamp.off()
            if not self.stream_for(0.2):
                return


if __name__ == "__main__":
    csv_path = unique_filename(".", "flashes", datetimeformat="")  # flashes_1.csv, flashes_2.csv
    run_procedure(Flashes(scope_serial="simulated", ends_by="stop"), csv_path)
    with PicoStreamReader(recording_path_for(csv_path)) as reader:
        for event in reader.events:
            print(f"sample {event['sample_index']}: {event['label'].decode()} {event['value']:g}")
