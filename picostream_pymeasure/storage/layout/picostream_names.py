"""Root attributes that programs written for PicoStream's files look at."""

from __future__ import annotations

from typing import Any

from ...config import DownsampleMode
from ...records import StreamDescription

#: What PicoStream's files call their own layout.
_DATA_FORMAT_VERSION = "1.0"

_INTERLEAVED, _ONE_VALUE = "interleaved_min_max", "none"


def picostream_attributes(description: StreamDescription) -> dict[str, Any]:
    """Describe the first channel, which PicoStream's only one stands for, in the driver's words."""
    config = description.config
    first = config.channels[0]
    is_aggregate = config.downsample_mode is DownsampleMode.AGGREGATE
    return {
        "sample_interval_ns": description.sample_interval_ns,
        "voltage_range_v": first.range_v,
        "max_adc": description.max_adc,
        "analog_offset_v": first.offset_v,
        "downsample_mode": config.downsample_mode.value,
        "hardware_downsample_ratio": config.downsample_ratio,
        "resolution": f"PS5000A_DR_{config.resolution_bits}BIT",
        "channel_a_coupling": f"PS5000A_{first.coupling.name}",
        "channel_a_range": f"PS5000A_{_range_name(first.range_v)}",
        "data_format_version": _DATA_FORMAT_VERSION,
        "aggregate_format": _INTERLEAVED if is_aggregate else _ONE_VALUE,
    }


def _range_name(range_v: float) -> str:
    """As in ``10MV`` and ``20V``."""
    return f"{range_v * 1e3:.0f}MV" if range_v < 1 else f"{range_v:.0f}V"
