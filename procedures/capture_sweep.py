"""Step another PyMeasure instrument, and capture pulses at each of its values.

Which instrument, and how to do more with it, says :mod:`.stepped_source`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from .number_parameters import NumberParameter
from .stepped_source import SOURCE_VALUE, SteppedSource
from .triggered_capture import TriggeredCapture

if TYPE_CHECKING:
    from picostream_pymeasure.capture import Pulses
    from picostream_pymeasure.instrument import OrderedCaptures


class CaptureSweep(SteppedSource, TriggeredCapture):
    """Sets a source to equidistant values, and captures at each; each is an event in the file."""

    DATA_COLUMNS: ClassVar[list[str]] = [SOURCE_VALUE, *TriggeredCapture.DATA_COLUMNS]

    settling_time = NumberParameter(
        "Settling Time",
        units="s",
        minimum=0,
        maximum=1e5,
        default=0,
        description="Wait so long at each value before it captures.",
    )

    INPUTS = (*SteppedSource.SOURCE_INPUTS, "settling_time", *TriggeredCapture.INPUTS)

    @property
    def all_captures(self) -> int:
        """How many there will be in the recording."""
        return int(self.n_values * self.captures)

    def run(self, session: OrderedCaptures) -> None:
        """Step through the values."""
        for value in self.values:
            self.set_source(value)
            if not self._settle():
                return
            self.source_value = value
            session.mark("source", value)
            if not self.capture():
                return

    def _settle(self) -> bool:
        """Wait for the source, and tell whether the run goes on."""
        end_s = time.monotonic() + self.settling_time
        while not self.is_ending and (left_s := end_s - time.monotonic()) > 0:
            self.wait_for_stop(left_s)
        return not self.is_ending

    def rows(self, pulses: Pulses) -> dict[str, list[Any]]:
        """Add the value of the source."""
        return {**super().rows(pulses), SOURCE_VALUE: [self.source_value] * len(pulses)}
