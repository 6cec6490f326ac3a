"""What will be recorded and where, before anything is touched, and what came of it at the start."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymeasure.experiment import Metadata

from picostream_pymeasure.errors import ConfigurationError

from .estimates import UNKNOWN, lines
from .recording_file import is_temporary, recording_path_for, temporary_recording_path
from .scope_parameters import ScopeParameters

if TYPE_CHECKING:
    from picostream_pymeasure.keeping import KeepingSink
    from picostream_pymeasure.records import StreamDescription
    from picostream_pymeasure.storage import Recorder


class PlannedRecording(ScopeParameters):
    """The plan; :class:`~.recording_procedure.RecordingProcedure` carries it out.

    PyMeasure writes the metadata into the head of the CSV once the recording has begun. Figures of
    the end are in the last row of the CSV and in the attributes of the recording.
    """

    # Defaults, because PyMeasure offers metadata as placeholders of file names before the start.
    scope_model = Metadata("Scope Model", default=UNKNOWN)
    scope_serial_number = Metadata("Scope Serial Number", default=UNKNOWN)
    actual_sample_rate = Metadata("Actual Sample Rate", units="Hz", fmt="%.10g", default=math.nan)
    start_time = Metadata("Start Time", default=UNKNOWN)
    recording_file = Metadata("Recording File", default=UNKNOWN)

    recording_path: str | None = None

    def check(self) -> None:
        """Raise what would keep the run from beginning; nothing is touched.

        :raises ConfigurationError: the parameters are impossible or contradict each other.
        :raises StorageError: the recording cannot be made where it shall be.
        """
        config = self.planned_config()
        if self.recording_path is not None:
            self.recorder(self.recording_path, config)

    def planned_config(self) -> Any:
        """What will be recorded: a ``ScopeSetup``, of a stream or of captures.

        :raises ConfigurationError: as :meth:`check`.
        """
        raise NotImplementedError

    def recorder(self, path: str, config: Any) -> Recorder | KeepingSink:
        """Make the recorder of a file, after all checks that can be made before the start."""
        raise NotImplementedError

    def settle(self) -> None:
        """Let the sample rate be the one that will come of it, so that all names tell that one.

        0, as fast as it goes, stays: only the scope knows how fast that is where it is connected.

        :raises ConfigurationError: as :meth:`check`.
        """
        if self.sample_rate == 0:
            return
        rate_mss = 1e3 / self.planned_config().expected_interval_ns
        self.set_parameters({"sample_rate": rate_mss})

    def estimated(self, config: Any, folder: Path, n_runs: int) -> list[tuple[str, str]]:
        """Lines for PyMeasure's estimator, see :mod:`.estimates`."""
        raise NotImplementedError

    def get_estimates(self, sequence_length: int | None = None) -> list[tuple[str, str]]:
        """Give duration, file size, room on the disk and a verdict for PyMeasure's estimator."""
        folder = Path(self.recording_path).parent if self.recording_path else Path.cwd()
        try:
            n_runs = max(sequence_length or 1, 1)
            return self.estimated(self.planned_config(), folder, n_runs)
        except (ConfigurationError, OSError) as error:
            return lines(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, f"no: {error}")

    def default_path(self) -> Path:
        """Where to record when nobody said it: beside the CSV of the worker that runs this."""
        worker = getattr(self.emit, "__self__", None)
        results = getattr(worker, "results", None)
        if results is None or is_temporary(results.data_filename):
            return temporary_recording_path()
        return recording_path_for(results.data_filename)

    def note_start(self, description: StreamDescription, path: str) -> None:
        """Fill the metadata in."""
        self.scope_model = description.unit.get("variant", UNKNOWN)
        self.scope_serial_number = description.unit.get("serial", UNKNOWN)
        self.actual_sample_rate = 1e9 / description.sample_interval_ns
        self.start_time = description.start_time
        self.recording_file = Path(path).name
