"""Root attributes that only programs written for PicoStream's files look at."""

from __future__ import annotations

from ..config import DownsampleMode, StreamConfig

#: What PicoStream's files call their own layout.
_DATA_FORMAT_VERSION = "1.0"

_INTERLEAVED, _ONE_VALUE = "interleaved_min_max", "none"


def picostream_names(config: StreamConfig) -> dict[str, str]:
    """Describe the first channel, which PicoStream's only one stands for, in the driver's words."""
    first = config.channels[0]
    is_aggregate = config.downsample_mode is DownsampleMode.AGGREGATE
    return {
        "channel_a_coupling": f"PS5000A_{first.coupling.name}",
        "channel_a_range": f"PS5000A_{_range_name(first.range_v)}",
        "data_format_version": _DATA_FORMAT_VERSION,
        "aggregate_format": _INTERLEAVED if is_aggregate else _ONE_VALUE,
    }


def _range_name(range_v: float) -> str:
    """As in ``10MV`` and ``20V``."""
    return f"{range_v * 1e3:.0f}MV" if range_v < 1 else f"{range_v:.0f}V"
