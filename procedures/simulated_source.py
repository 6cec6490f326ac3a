"""A voltage source to try a sweep with: a PyMeasure instrument without a bus.

It is driven like any other; copy nothing from here, write ``Keithley2400("GPIB::24")`` instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pymeasure.adapters import Adapter
from pymeasure.instruments import Instrument
from pymeasure.instruments.validators import strict_range

from picostream_pymeasure.config import OUTPUT_LIMIT_V, require_function
from picostream_pymeasure.host import WITHOUT_SCPI

if TYPE_CHECKING:
    from picostream_pymeasure.instrument import PicoScope5000A


def into_input_b(scope: PicoScope5000A) -> Callable[[float], None]:
    """Connect a simulated source to input B of a simulated scope: hand this over as its output.

    The scope's generator, which is connected to B, gives the voltage, from -2 V to 2 V.
    """

    def feed(volts: float) -> None:
        generator = scope.generator
        generator.wave = "dc"
        generator.amplitude = 0
        generator.offset = min(max(volts, -OUTPUT_LIMIT_V), OUTPUT_LIMIT_V)
        if not generator.enabled:
            generator.start()

    return feed


class SimulatedSourceAdapter(Adapter):
    """Keeps what is written to it, and answers questions with it.

    :param output: gets the voltage at the terminals when it changes.
    """

    def __init__(self, output: Callable[[float], None] | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._output = output
        self._settings = {"VOLT": "0", "OUTP": "0"}
        self._answer = ""

    def _write(self, command: str, **kwargs: Any) -> None:
        word, _, value = command.partition(" ")
        if word.endswith("?"):
            self._answer = self._settings[word.removesuffix("?")]
        else:
            self._settings[word] = value
            self._put_out()

    def _read(self, **kwargs: Any) -> str:
        return self._answer

    def _put_out(self) -> None:
        if self._output is not None:
            is_on = self._settings["OUTP"] == "1"
            self._output(float(self._settings["VOLT"]) if is_on else 0.0)


class SimulatedSource(Instrument):
    """A source of -10 V to 10 V.

    :param adapter: not used; as other instruments have one.
    :param output: what its output is connected to: called with the voltage when it changes.
    """

    voltage = Instrument.control(
        "VOLT?",
        "VOLT %g",
        """Control the voltage at the output in V, strictly from -10 to 10 (float).""",
        validator=strict_range,
        values=(-10, 10),
    )
    output_enabled = Instrument.control(
        "OUTP?",
        "OUTP %d",
        """Control whether the output is on (bool).""",
        map_values=True,
        values={True: 1, False: 0},
    )

    def __init__(
        self,
        adapter: Any = None,
        name: str = "Simulated source",
        *,
        output: Callable[[float], None] | None = None,
        **kwargs: Any,
    ) -> None:
        require_function("output", output)
        super().__init__(SimulatedSourceAdapter(output), name, **WITHOUT_SCPI, **kwargs)

    def shutdown(self) -> None:
        """Switch the output off at 0 V."""
        self.voltage = 0
        self.output_enabled = False
        super().shutdown()
