"""Frozen, validated settings, and the limits of the family."""

from .advanced_trigger import (
    AdvancedTriggerConfig,
    Direction,
    PulseWidth,
    PulseWidthKind,
    TriggerInput,
)
from .capture import CaptureConfig
from .channel import ChannelConfig
from .digital import DigitalPortConfig
from .event_rule import EventRule
from .generator import (
    GeneratorConfig,
    GeneratorTrigger,
    GeneratorTriggerSource,
    IndexMode,
    Sweep,
    Wave,
)
from .limits import (
    BANDWIDTHS,
    CHANNEL_NAMES,
    DIGITAL_PORTS,
    EXTERNAL,
    INPUT_NAMES,
    MAX_CHANNELS,
    RANGES_V,
    RESOLUTIONS,
    Bandwidth,
    Coupling,
    DownsampleMode,
    TriggerDirection,
    max_adc_counts,
    min_interval_ns,
    offset_limit_v,
)
from .setup import ScopeSetup
from .stream import OnOverrun, StreamConfig
from .trigger import TriggerConfig

__all__ = [
    "BANDWIDTHS",
    "CHANNEL_NAMES",
    "DIGITAL_PORTS",
    "EXTERNAL",
    "INPUT_NAMES",
    "MAX_CHANNELS",
    "RANGES_V",
    "RESOLUTIONS",
    "AdvancedTriggerConfig",
    "Bandwidth",
    "CaptureConfig",
    "ChannelConfig",
    "Coupling",
    "DigitalPortConfig",
    "Direction",
    "DownsampleMode",
    "EventRule",
    "GeneratorConfig",
    "GeneratorTrigger",
    "GeneratorTriggerSource",
    "IndexMode",
    "OnOverrun",
    "PulseWidth",
    "PulseWidthKind",
    "ScopeSetup",
    "StreamConfig",
    "Sweep",
    "TriggerConfig",
    "TriggerDirection",
    "TriggerInput",
    "Wave",
    "max_adc_counts",
    "min_interval_ns",
    "offset_limit_v",
]
