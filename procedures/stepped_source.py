"""Another PyMeasure instrument that is stepped through values while a scope records.

Any instrument with a property that can be set will do: name its class, address and property in
the parameters. To do more with it, write ``open_source`` and ``set_source`` anew::

    class FieldSweep(SourceSweep):
        def open_source(self):
            return Magnet("GPIB::12")

        def set_source(self, value):
            self.instrument.ramp_to_field(value)
"""

from __future__ import annotations

import importlib
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from pymeasure.experiment import Parameter

from picostream_pymeasure.errors import ConfigurationError

from .number_parameters import NumberParameter, WholeNumberParameter
from .recording_procedure import RecordingProcedure
from .scope_parameters import SIMULATED
from .simulated_source import SimulatedSource, into_input_b

if TYPE_CHECKING:
    from picostream_pymeasure.instrument import PicoScope5000A

SOURCE_VALUE = "Source Value"


class SteppedSource(RecordingProcedure):
    """The part of a procedure that knows the source."""

    source = Parameter(
        "Source",
        default=SIMULATED,
        description=f'"{SIMULATED}", or the class of the instrument with its module, such as '
        "pymeasure.instruments.keithley.Keithley2400.",
    )
    source_address = Parameter(
        "Source Address",
        default="",
        group_by="source",
        group_condition=lambda source: source != SIMULATED,
        description="What the instrument is opened with, such as GPIB::24.",
    )
    source_property = Parameter(
        "Source Property",
        default="voltage",
        description="Property of the instrument that is stepped, such as source_voltage.",
    )
    first_value = NumberParameter("First Value", default=0, description="Of the source.")
    last_value = NumberParameter("Last Value", default=1, description="Of the source.")
    n_values = WholeNumberParameter(
        "Values", minimum=1, maximum=1_000_000, default=11, description="How many there are."
    )

    SOURCE_INPUTS: tuple[str, ...] = (
        "source",
        "source_address",
        "source_property",
        "first_value",
        "last_value",
        "n_values",
    )

    DISPLAYS: tuple[str, ...] = ("source", "first_value", "last_value", "n_values")

    #: The opened instrument.
    instrument: Any = None

    #: Where it is, in the rows of the CSV.
    source_value = math.nan

    def check(self) -> None:
        """See :meth:`.PlannedRecording.check`; also finds the source's class."""
        super().check()
        self.source_class()

    def configure(self, scope: PicoScope5000A) -> None:
        """Open the source, and bring it to the first value before anything is recorded."""
        self.instrument = self.open_source()
        self.set_source(self.first_value)

    @property
    def values(self) -> list[float]:
        """All values, equidistant."""
        values: list[float] = np.linspace(self.first_value, self.last_value, self.n_values).tolist()
        return values

    def source_class(self) -> Any:
        """Find the class that the parameters name.

        :raises ConfigurationError: there is none, or it has no such property.
        """
        found = SimulatedSource if self.source == SIMULATED else self._named_class()
        is_there = hasattr(found, self.source_property)
        if not is_there or callable(getattr(found, self.source_property)):
            raise ConfigurationError(f"{found.__name__} has no property {self.source_property!r}.")
        return found

    def _named_class(self) -> Any:
        module, _, name = self.source.rpartition(".")
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError, ValueError):
            raise ConfigurationError(
                f"There is no instrument {self.source!r}; write its class with the module, such "
                f"as pymeasure.instruments.keithley.Keithley2400."
            ) from None

    def open_source(self) -> Any:
        """Open the instrument to step; a simulated one feeds input B of a simulated scope."""
        if self.source != SIMULATED:
            return self.source_class()(self.source_address)
        wired = self.scope if self.scope_serial == SIMULATED else None
        source = SimulatedSource(output=into_input_b(wired) if wired else None)
        source.output_enabled = True
        return source

    def set_source(self, value: float) -> None:
        """Bring the instrument to a value."""
        setattr(self.instrument, self.source_property, value)

    def release(self) -> None:
        """Leave the source in its safe state."""
        instrument, self.instrument = self.instrument, None
        if instrument is not None:
            instrument.shutdown()
