"""Every setting of a stream as a PyMeasure parameter, and what they mean together."""

from __future__ import annotations

from pymeasure.experiment import BooleanParameter, ListParameter

from picostream_pymeasure.config import DownsampleMode, StreamConfig
from picostream_pymeasure.storage import MAX_LIVE_ONLY_S

from .channel_parameters import ChannelParameters
from .keep_parameters import KeepParameters
from .number_parameters import NumberParameter, WholeNumberParameter
from .scope_parameters import MAX_DURATION_S, MAX_INTEGER, ScopeParameters
from .trigger_parameters import TriggerParameters


class StreamParameters(ScopeParameters, KeepParameters):
    """The parameters; :class:`~.streaming.StreamingProcedure` does something with them."""

    sample_rate = NumberParameter(
        "Sample Rate",
        units="MS/s",
        minimum=0,
        maximum=125,
        default=1,
        description="Samples per channel; 0 takes the fastest that resolution and channels allow.",
    )

    downsample_mode = ListParameter(
        "Down-Sampling",
        choices=[mode.value for mode in DownsampleMode],
        default="none",
        description="How the driver makes one sample of many; aggregate keeps their min and max.",
    )
    downsample_ratio = WholeNumberParameter(
        "Down-Sampling Ratio",
        minimum=2,
        maximum=MAX_INTEGER,
        default=16,
        group_by="downsample_mode",
        group_condition=lambda mode: mode != "none",
        description="Samples that become one.",
    )

    ends_by = ListParameter(
        "Ends By",
        choices=["duration", "samples", "stop"],
        default="duration",
        description="What ends the recording; it can always be stopped earlier.",
    )
    duration = NumberParameter(
        "Duration",
        units="s",
        minimum=0.001,
        maximum=MAX_DURATION_S,
        default=10,
        group_by="ends_by",
        group_condition="duration",
        description="Length of the recording, after the edge if there is a trigger.",
    )
    sample_count = WholeNumberParameter(
        "Sample Count",
        minimum=1,
        maximum=MAX_INTEGER,
        default=1_000_000,
        group_by="ends_by",
        group_condition="samples",
        description="Recorded samples per channel, after the edge if there is a trigger.",
    )

    live_only = NumberParameter(
        "Keep Newest",
        units="s",
        minimum=0,
        maximum=MAX_LIVE_ONLY_S,
        default=0,
        description="Keep only so much, in a file that stops growing; 0 keeps everything.",
    )
    compress = BooleanParameter(
        "Compress",
        default=False,
        description="Compress the file while it is recorded, without loss, to about half the size.",
    )
    pool = NumberParameter(
        "Buffer",
        units="s",
        minimum=0.1,
        maximum=3600,
        default=4,
        description="How long a busy disk or computer may keep the stream waiting.",
    )
    on_overrun = ListParameter(
        "On Lost Samples",
        choices=["continue", "stop"],
        default="continue",
        description="Go on with a gap in the file, or end the recording.",
    )

    #: Parameters in the order in which a window should ask for them.
    INPUTS: tuple[str, ...] = (
        "scope_serial",
        "resolution",
        "sample_rate",
        *ChannelParameters.INPUTS,
        "downsample_mode",
        "downsample_ratio",
        *TriggerParameters.INPUTS,
        "ends_by",
        "duration",
        "sample_count",
        *KeepParameters.INPUTS,
        "live_only",
        "compress",
        "pool",
        "on_overrun",
    )

    INPUT_GROUPS: tuple[tuple[str, tuple[str | tuple[str, ...], ...]], ...] = (
        (
            "Scope",
            ("scope_serial", "resolution", "sample_rate", "downsample_mode", "downsample_ratio"),
        ),
        *ChannelParameters.INPUT_GROUPS,
        ("Start", TriggerParameters.INPUTS),
        ("End", ("ends_by", "duration", "sample_count")),
    )

    def stream_config(self) -> StreamConfig:
        """What the parameters ask for, checked as a whole; nothing is touched.

        :raises ConfigurationError: a value is impossible, or they contradict each other; one
            sentence says what is allowed.
        """
        self.require_parameters()
        mode = DownsampleMode(self.downsample_mode)
        return StreamConfig(
            channels=tuple(self.channel_config(name) for name in self.enabled_channels),
            digital_ports=tuple(self.port_config(name) for name in self.enabled_ports),
            resolution_bits=self.resolution,
            sample_rate_hz=self.sample_rate * 1e6,
            downsample_mode=mode,
            downsample_ratio=1 if mode is DownsampleMode.NONE else self.downsample_ratio,
            trigger=self.trigger_config(),
            duration_s=self.duration if self.ends_by == "duration" else None,
            samples=self.sample_count if self.ends_by == "samples" else None,
            pool_s=self.pool,
            on_overrun=self.on_overrun,
            keep=self.keep_config(),
        )
