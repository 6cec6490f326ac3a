"""Step another PyMeasure instrument while the scope streams; each step is an event in the file.

Which instrument, and how to do more with it, says :mod:`.stepped_source`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pymeasure.experiment import ListParameter

from .number_parameters import NumberParameter
from .stepped_source import SOURCE_VALUE, SteppedSource
from .streaming import StreamingProcedure

if TYPE_CHECKING:
    from picostream_pymeasure.records import Health
    from picostream_pymeasure.streaming import StreamSession


class SourceSweep(SteppedSource, StreamingProcedure):
    """Sets a source to equidistant values, and streams for a while at each."""

    DATA_COLUMNS: ClassVar[list[str]] = [*StreamingProcedure.DATA_COLUMNS, SOURCE_VALUE]

    dwell = NumberParameter(
        "Dwell Time",
        units="s",
        minimum=0.001,
        maximum=1e6,
        default=0.5,
        description="Time at each value.",
    )
    ends_by = ListParameter("Ends By", choices=["stop"], default="stop")

    INPUTS = (
        *SteppedSource.SOURCE_INPUTS,
        "dwell",
        *(
            name
            for name in StreamingProcedure.INPUTS
            if name not in ("ends_by", "duration", "sample_count")
        ),
    )

    @property
    def planned_duration_s(self) -> float:
        """How long the sweep will take."""
        return float(self.n_values * self.dwell)

    def run(self, session: StreamSession) -> None:
        """Step through the values."""
        for number, value in enumerate(self.values):
            self.set_source(value)
            self.source_value = value
            session.mark("source", value)
            if not self.stream_for(self.dwell):
                return
            self.emit("progress", 100 * (number + 1) / self.n_values)

    def summary(self, health: Health) -> dict[str, Any]:
        """Add the present value of the source."""
        return {**super().summary(health), SOURCE_VALUE: self.source_value}
