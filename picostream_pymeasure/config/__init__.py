"""Frozen, validated settings, and the limits of the family."""

from .channel import ChannelConfig
from .limits import (
    CHANNEL_NAMES,
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
from .stream import OnOverrun, StreamConfig
from .trigger import TriggerConfig

__all__ = [
    "CHANNEL_NAMES",
    "MAX_CHANNELS",
    "RANGES_V",
    "RESOLUTIONS",
    "Bandwidth",
    "ChannelConfig",
    "Coupling",
    "DownsampleMode",
    "OnOverrun",
    "StreamConfig",
    "TriggerConfig",
    "TriggerDirection",
    "max_adc_counts",
    "min_interval_ns",
    "offset_limit_v",
]
