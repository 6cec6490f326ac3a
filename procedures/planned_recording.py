"""What will be recorded and where, before anything is touched, and what came of it at the start."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymeasure.experiment import Metadata

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.instrument.recording import recorder_for

from .estimates import UNKNOWN, estimates, lines
from .recording_file import is_temporary, recording_path_for, temporary_recording_path
from .scope_parameters import ScopeParameters

if TYPE_CHECKING:
    from picostream_pymeasure.config import StreamConfig
    from picostream_pymeasure.records import StreamDescription
    from picostream_pymeasure.storage import Recorder
    from picostream_pymeasure.streaming import StreamSession


class PlannedRecording(ScopeParameters):
    """The plan; :class:`~.streaming.StreamingProcedure` carries it out.

    PyMeasure writes the metadata into the head of the CSV once the stream has started. Figures of
    the end are in the last row of the CSV and in the attributes of the recording.
    """

    # Defaults, because PyMeasure offers metadata as placeholders of file names before the start.
    scope_model = Metadata("Scope Model", default=UNKNOWN)
    scope_serial_number = Metadata("Scope Serial Number", default=UNKNOWN)
    actual_sample_rate = Metadata("Actual Sample Rate", units="Hz", fmt="%.10g", default=math.nan)
    start_time = Metadata("Start Time", default=UNKNOWN)
    recording_file = Metadata("Recording File", default=UNKNOWN)

    recording_path: str | None = None

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._session: StreamSession | None = None

    @property
    def description(self) -> StreamDescription | None:
        """What the scope made of the settings, while the stream runs."""
        return self._session.description if self._session else None

    @property
    def planned_duration_s(self) -> float | None:
        """How long :meth:`run` will take if it decides that; for estimates."""
        return None

    def check(self) -> None:
        """Raise what would keep the run from beginning; nothing is touched.

        :raises ConfigurationError: the parameters are impossible or contradict each other.
        :raises StorageError: the recording cannot be made where it shall be.
        """
        config = self.planned_config()
        if self.recording_path is not None:
            self.recorder(self.recording_path, config)

    def planned_config(self) -> StreamConfig:
        """What will be streamed, with the expected duration where :meth:`run` decides it.

        :raises ConfigurationError: as :meth:`check`.
        """
        config = self.stream_config()
        if self.planned_duration_s is None:
            return config
        return replace(config, duration_s=self.planned_duration_s, samples=None)

    def settle(self) -> None:
        """Let the sample rate be the one that will come of it, so that all names tell that one.

        :raises ConfigurationError: as :meth:`check`.
        """
        rate_mss = 1e3 / self.planned_config().expected_interval_ns
        self.set_parameters({"sample_rate": rate_mss})

    def get_estimates(self, sequence_length: int | None = None) -> list[tuple[str, str]]:
        """Give duration, file size, room on the disk and a verdict for PyMeasure's estimator."""
        folder = Path(self.recording_path).parent if self.recording_path else Path.cwd()
        try:
            config = self.planned_config()
            return estimates(config, self.live_only, folder, max(sequence_length or 1, 1))
        except (ConfigurationError, OSError) as error:
            return lines(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, f"no: {error}")

    def default_path(self) -> Path:
        """Where to record when nobody said it: beside the CSV of the worker that runs this."""
        worker = getattr(self.emit, "__self__", None)
        results = getattr(worker, "results", None)
        if results is None or is_temporary(results.data_filename):
            return temporary_recording_path()
        return recording_path_for(results.data_filename)

    def recorder(self, path: str, config: StreamConfig) -> Recorder:
        """Make the recorder of a file, after all checks that can be made before the stream."""
        return recorder_for(
            path,
            config,
            live_only=self.live_only or None,
            compression="none" if self.live_only else self.compression,
            force=False,
            reserve_bytes=None,
        )

    def note_start(self, description: StreamDescription, path: str) -> None:
        """Fill the metadata in."""
        self.scope_model = description.unit.get("variant", UNKNOWN)
        self.scope_serial_number = description.unit.get("serial", UNKNOWN)
        self.actual_sample_rate = 1e9 / description.sample_interval_ns
        self.start_time = description.start_time
        self.recording_file = Path(path).name
