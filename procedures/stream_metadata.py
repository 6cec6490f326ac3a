"""What PyMeasure writes into the head of the CSV once the stream has started."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymeasure.experiment import Metadata

from .estimates import UNKNOWN
from .scope_parameters import ScopeParameters

if TYPE_CHECKING:
    from picostream_pymeasure.records import StreamDescription

    from .newest_samples import NewestSamples


class StreamMetadata(ScopeParameters):
    """The metadata; :class:`~.streaming.StreamingProcedure` makes the stream.

    Figures of the end are in the last row of the CSV and in the attributes of the recording.
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
        self._newest: NewestSamples | None = None

    @property
    def description(self) -> StreamDescription | None:
        """What the scope made of the settings, once the stream has started."""
        return self._newest.description if self._newest else None

    def note_start(self, description: StreamDescription, path: Path) -> None:
        """Fill the metadata in."""
        self.scope_model = description.unit.get("variant", UNKNOWN)
        self.scope_serial_number = description.unit.get("serial", UNKNOWN)
        self.actual_sample_rate = 1e9 / description.sample_interval_ns
        self.start_time = description.start_time
        self.recording_file = path.name
