"""What a stream and triggered captures have in common: inputs, resolution and trigger."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import ConfigurationError, counted
from .advanced_trigger import AdvancedTriggerConfig
from .channel import ChannelConfig
from .digital import DigitalPortConfig
from .field_types import require_types
from .limits import EXTERNAL, MAX_CHANNELS, RESOLUTIONS
from .trigger import TriggerConfig


@dataclass(frozen=True)
class ScopeSetup:
    """The settings that configure a scope, whatever it then does.

    :param channels: the enabled analogue inputs, each once; at least one.
    :param resolution_bits: 8, 12, 14, 15 or 16.
    :param sample_rate_hz: raw samples per second and input; 0 takes the fastest allowed.
    :param trigger: what it waits for, or None to begin at once.
    :param digital_ports: the enabled digital ports of an MSO model, each once.
    :raises ConfigurationError: in one sentence that says what would be allowed.
    """

    channels: tuple[ChannelConfig, ...] = field(default_factory=lambda: (ChannelConfig("A"),))
    resolution_bits: int = 12
    sample_rate_hz: float = 0.0
    trigger: TriggerConfig | AdvancedTriggerConfig | None = None
    digital_ports: tuple[DigitalPortConfig, ...] = ()

    def __post_init__(self) -> None:
        require_types(self)
        self._check_channels()
        self._check_rate()
        if self.trigger is not None:
            self._check_trigger(self.trigger)

    def _check_channels(self) -> None:
        names = [row.name for row in self.inputs]
        if not self.channels:
            raise ConfigurationError(
                "At least one channel (A to D) must be enabled; digital ports come beside it."
            )
        if len(set(names)) != len(names):
            raise ConfigurationError(f"A channel is named twice: {', '.join(names)}.")
        if self.resolution_bits not in RESOLUTIONS:
            raise ConfigurationError(
                f"There is no resolution of {self.resolution_bits} bit; use 8, 12, 14, 15 or 16."
            )
        allowed = MAX_CHANNELS[self.resolution_bits]
        if len(self.channels) > allowed:
            raise ConfigurationError(
                f"At {self.resolution_bits} bit at most {counted(allowed, 'channel')} can be "
                f"enabled, not {len(self.channels)}; use fewer channels or a lower resolution."
            )

    def _check_rate(self) -> None:
        """Refuse a rate that the mode cannot have with these inputs."""
        raise NotImplementedError

    def _check_trigger(self, trigger: TriggerConfig | AdvancedTriggerConfig) -> None:
        names = [row.name for row in self.inputs]
        for source in trigger.sources:
            if source not in (*names, EXTERNAL):
                raise ConfigurationError(
                    f"The trigger watches {source}, which is not enabled; "
                    f"enable it or use one of {', '.join(names)}, {EXTERNAL}."
                )
        channels = {channel.name: channel for channel in self.channels}
        for source, level_v in trigger.levels_v:
            if source != EXTERNAL:
                channels[source].check_level(level_v)
        self.pulse_limits(self.requested_interval_ns)

    @property
    def inputs(self) -> tuple[ChannelConfig | DigitalPortConfig, ...]:
        """All that is sampled, in the order of rows: channels, then ports."""
        return (*self.channels, *self.digital_ports)

    @property
    def requested_interval_ns(self) -> float:
        """Raw sample interval to ask the driver for."""
        raise NotImplementedError

    @property
    def expected_interval_ns(self) -> float:
        """Raw sample interval that will most likely come of it."""
        return self.requested_interval_ns

    def pulse_limits(self, sample_interval_ns: float) -> tuple[int, int, int] | None:
        """Pulse width of the trigger, or None: limits in raw samples, ``PULSE_WIDTH_TYPE``.

        :raises ConfigurationError: longer than the driver can count.
        """
        if not isinstance(self.trigger, AdvancedTriggerConfig) or not self.trigger.pulse_width:
            return None
        pulse_width = self.trigger.pulse_width
        return (*pulse_width.limits_in_samples(sample_interval_ns), pulse_width.kind)
