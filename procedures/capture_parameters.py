"""The settings of triggered captures as PyMeasure parameters, and what they mean together."""

from __future__ import annotations

from pymeasure.experiment import BooleanParameter, ListParameter

from picostream_pymeasure.config import CaptureConfig

from .channel_parameters import ChannelParameters
from .number_parameters import NumberParameter, WholeNumberParameter
from .scope_parameters import MAX_DURATION_S, MAX_INTEGER, ScopeParameters
from .trigger_parameters import TriggerParameters


class CaptureParameters(ScopeParameters):
    """The parameters; :class:`~.triggered_capture.TriggeredCapture` does something with them."""

    sample_rate = NumberParameter(
        "Sample Rate",
        units="MS/s",
        minimum=0,
        maximum=1000,
        default=125,
        description="Samples per channel; 0 takes the fastest that resolution and channels allow.",
    )
    trigger_enabled = BooleanParameter(
        "Trigger", default=True, description="Capture at an edge; without it at once."
    )
    length_by = ListParameter(
        "Length By",
        choices=["samples", "duration"],
        default="samples",
        description="What says how long a capture is.",
    )
    capture_samples = WholeNumberParameter(
        "Capture Samples",
        minimum=1,
        maximum=MAX_INTEGER,
        default=1000,
        group_by="length_by",
        group_condition="samples",
        description="Samples per channel of each capture, those before the trigger included.",
    )
    capture_duration = NumberParameter(
        "Capture Duration",
        units="s",
        minimum=1e-9,
        maximum=1e5,
        default=10e-6,
        group_by="length_by",
        group_condition="duration",
        description="Length of each capture, the time before the trigger included.",
    )
    captures = WholeNumberParameter(
        "Captures",
        minimum=1,
        maximum=MAX_INTEGER,
        default=100,
        description="How many, at each value of a source that is stepped.",
    )
    timeout = NumberParameter(
        "Timeout",
        units="s",
        minimum=0,
        maximum=MAX_DURATION_S,
        default=0,
        description="End with the captures complete by then; 0 waits for ever.",
    )

    #: Parameters in the order in which a window should ask for them.
    INPUTS: tuple[str, ...] = (
        "scope_serial",
        "resolution",
        "sample_rate",
        *ChannelParameters.INPUTS,
        *TriggerParameters.INPUTS,
        "length_by",
        "capture_samples",
        "capture_duration",
        "captures",
        "timeout",
    )
    #: Titles and the inputs below them, for a window; tuples are rows of a table, "…" folds.
    INPUT_GROUPS: tuple[tuple[str, tuple[str | tuple[str, ...], ...]], ...] = (
        ("Scope", ("scope_serial", "resolution", "sample_rate")),
        *ChannelParameters.INPUT_GROUPS,
        ("Trigger", TriggerParameters.INPUTS),
        (
            "Captures",
            ("length_by", "capture_samples", "capture_duration", "captures", "timeout"),
        ),
    )

    @property
    def all_captures(self) -> int:
        """How many there will be in the recording."""
        return int(self.captures)

    def capture_config(self) -> CaptureConfig:
        """What the parameters ask for, checked as a whole; nothing is touched.

        :raises ConfigurationError: a value is impossible, or they contradict each other; one
            sentence says what is allowed.
        """
        self.require_parameters()
        by_samples = self.length_by == "samples"
        return CaptureConfig(
            channels=tuple(self.channel_config(name) for name in self.enabled_channels),
            digital_ports=tuple(self.port_config(name) for name in self.enabled_ports),
            resolution_bits=self.resolution,
            sample_rate_hz=self.sample_rate * 1e6,
            trigger=self.trigger_config(),
            samples=self.capture_samples if by_samples else None,
            duration_s=None if by_samples else self.capture_duration,
            captures=self.all_captures,
        )
