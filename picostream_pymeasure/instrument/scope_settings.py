"""All settings of the instrument together: its inputs, its trigger, its sampling."""

from __future__ import annotations

from typing import Any

from pymeasure.instruments import Instrument

from ..config import Named, StreamConfig, require_kind
from .channel import ScopeChannel
from .digital_port import DigitalPort
from .generator import ScopeGenerator
from .identity import Identity
from .sampling import Sampling
from .trigger import ScopeTrigger


class ScopeSettings(Sampling, Identity):
    """A scope with all that can be set; :class:`~.scope.PicoScope5000A` measures with it."""

    A: ScopeChannel = Instrument.ChannelCreator(ScopeChannel, "A")
    B: ScopeChannel = Instrument.ChannelCreator(ScopeChannel, "B")
    C: ScopeChannel = Instrument.ChannelCreator(ScopeChannel, "C")
    D: ScopeChannel = Instrument.ChannelCreator(ScopeChannel, "D")
    PORT0: DigitalPort = Instrument.ChannelCreator(DigitalPort, "PORT0", collection="digital_ports")
    PORT1: DigitalPort = Instrument.ChannelCreator(DigitalPort, "PORT1", collection="digital_ports")
    trigger: ScopeTrigger = Instrument.ChannelCreator(ScopeTrigger)
    generator: ScopeGenerator = Instrument.ChannelCreator(ScopeGenerator)

    channels: dict[str, ScopeChannel]
    digital_ports: dict[str, DigitalPort]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # PyMeasure fills collections that are there
        self.channels = Named("channel")
        self.digital_ports = Named("digital port")
        super().__init__(*args, **kwargs)

    def stream_config(self, **extent: Any) -> StreamConfig:
        """Give all settings as the ``StreamConfig`` of a stream that would start now.

        :param extent: further fields of it (``duration_s``, ``samples``, ``pool_s``,
            ``on_overrun``), or others that take the place of the present settings.
        :raises ConfigurationError: the settings do not fit together; says what would.
        """
        settings = {
            **self.input_settings(),
            "downsample_mode": self._downsample_mode,
            "downsample_ratio": self._downsample_ratio,
        }
        return StreamConfig(**{**settings, **extent})

    def input_settings(self) -> dict[str, Any]:
        """Give the settings that streams and captures share, as fields of a ``ScopeSetup``."""
        channels = self.channels.values()
        ports = self.digital_ports.values()
        return {
            "channels": tuple(channel.config for channel in channels if channel.enabled),
            "digital_ports": tuple(port.config for port in ports if port.enabled),
            "resolution_bits": self._resolution_bits,
            "sample_rate_hz": self._sample_rate_hz,
            "trigger": self.trigger.config,
        }

    def apply(self, config: StreamConfig) -> None:
        """Take over the settings that a ``StreamConfig`` has for inputs, sampling and trigger.

        Inputs that it leaves out are disabled and keep their other settings. What this scope does
        not have is refused when the stream starts.

        :raises SessionStateError: a stream runs.
        """
        self.require_idle("apply()")
        require_kind("config", config, StreamConfig)
        self._apply_sampling(config)
        self.trigger.apply(config.trigger)
        wanted: dict[str, Any] = {row.name: row for row in config.inputs}
        rows: list[ScopeChannel | DigitalPort] = [
            *self.channels.values(),
            *self.digital_ports.values(),
        ]
        for row in rows:
            row.apply(wanted.get(row.id))

    @property
    def shortest_sample_interval(self) -> float:
        """Get the shortest raw sample interval in s that the family can stream with the enabled
        inputs at this resolution (float). A link slower than USB 3.0 carries less, which only the
        start of a stream tells.
        """
        return self.stream_config(sample_rate_hz=0.0).requested_interval_ns * 1e-9

    @property
    def fastest_sample_rate(self) -> float:
        """Get the largest raw sample rate per input in Hz for the present set-up (float); see
        :attr:`shortest_sample_interval`.
        """
        return 1e9 / self.stream_config(sample_rate_hz=0.0).requested_interval_ns
