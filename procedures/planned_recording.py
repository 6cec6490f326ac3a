"""What will be recorded and where, before anything is touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.instrument.recording import recorder_for

from .estimates import UNKNOWN, estimates, lines
from .recording_file import is_temporary, recording_path_for, temporary_recording_path
from .stream_metadata import StreamMetadata

if TYPE_CHECKING:
    from picostream_pymeasure.config import StreamConfig
    from picostream_pymeasure.storage import Recorder


class PlannedRecording(StreamMetadata):
    """The plan; :class:`~.streaming.StreamingProcedure` carries it out."""

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

    def get_estimates(self, sequence_length: int | None = None) -> list[tuple[str, str]]:
        """Give duration, file size, room on the disk and a verdict for PyMeasure's estimator."""
        folder = Path(self.recording_path).parent if self.recording_path else Path.cwd()
        try:
            config = self.planned_config()
            return estimates(config, self.live_only, folder, max(sequence_length or 1, 1))
        except (ConfigurationError, OSError) as error:
            return lines(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, str(error))

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
