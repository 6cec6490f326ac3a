"""Root attributes: what the settings say at the start, and how it ended.

PicoStream's readers know the first seven; the others are this format's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum
from importlib import metadata
from typing import Any

from ..config import AdvancedTriggerConfig, TriggerConfig
from ..records import Outcome, StreamDescription
from .picostream_names import picostream_names
from .schema import FORMAT, FORMAT_VERSION, NO_COMPRESSION

#: ``trigger_sample`` of a recording without a trigger.
NO_TRIGGER = -1


def initial_attributes(
    description: StreamDescription, compression: str = NO_COMPRESSION
) -> dict[str, Any]:
    """All root attributes, those that are only known at the end with what stands in for them."""
    return {
        **_picostream_attributes(description),
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "software": FORMAT,
        "software_version": _software_version(),
        "start_time": description.start_time,
        "resolution_bits": description.config.resolution_bits,
        "channels": list(description.channel_names),
        "compression": compression,
        "trigger": _trigger_json(description.config.trigger),
        "metadata": _json(description.metadata),
        "simulated": description.simulation is not None,
        **{f"unit_{key}": _plain(value) for key, value in description.unit.items()},
        "status": "recording",
        "reason": "",
        "ended_by": "",
        "smallest_visible_loss": 0,
        "rate_deviation_ppm": 0.0,
        "mark_accuracy_s": 0.0,
        "total_samples": 0,
        "lost_samples": 0,
        "trigger_sample": NO_TRIGGER,
        "first_stream_sample": 0,
        "simulation": _json(description.simulation),
    }


def final_attributes(
    outcome: Outcome, total_samples: int, lost_samples: int, gaps: int
) -> dict[str, Any]:
    """The root attributes that the end settles.

    ``status`` is ``complete`` when the stream ended as asked *and* no sample is missing; a
    recording with gaps is ``incomplete``, and ``reason`` says so.
    """
    changed = {} if outcome.simulation is None else {"simulation": _json(outcome.simulation)}
    trigger = NO_TRIGGER if outcome.trigger_sample is None else outcome.trigger_sample
    return {
        "status": "complete" if outcome.complete and not gaps else "incomplete",
        "reason": _reason(outcome.reason, gaps, lost_samples),
        "ended_by": outcome.ended_by,
        "smallest_visible_loss": outcome.smallest_visible_loss,
        "rate_deviation_ppm": outcome.rate_deviation_ppm,
        "mark_accuracy_s": outcome.mark_accuracy_s,
        "total_samples": total_samples,
        "lost_samples": lost_samples,
        "trigger_sample": trigger,
        "first_stream_sample": outcome.first_stream_sample,
        **changed,
    }


def _picostream_attributes(description: StreamDescription) -> dict[str, Any]:
    config = description.config
    first = config.channels[0]
    return {
        "sample_interval_ns": description.sample_interval_ns,
        "voltage_range_v": first.range_v,
        "max_adc": description.max_adc,
        "analog_offset_v": first.offset_v,
        "downsample_mode": config.downsample_mode.value,
        "hardware_downsample_ratio": config.downsample_ratio,
        "resolution": f"PS5000A_DR_{config.resolution_bits}BIT",
        **picostream_names(config),
    }


def _reason(reason: str, gaps: int, lost_samples: int) -> str:
    if not gaps:
        return reason
    return f"{reason} {gaps} gap(s): {lost_samples} samples per channel are missing.".strip()


def _trigger_json(trigger: TriggerConfig | AdvancedTriggerConfig | None) -> str:
    return _json(None if trigger is None else asdict(trigger, dict_factory=_with_names))


def _with_names(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Fields of settings, choices by their names."""
    return {key: value.name if isinstance(value, Enum) else value for key, value in fields}


def _json(content: Mapping[str, Any] | None) -> str:
    """JSON text of a mapping, what JSON does not know as text; ``null`` for None."""
    return json.dumps(None if content is None else dict(content), default=_plain)


def _plain(value: Any) -> Any:
    """A value that JSON and HDF5 attributes can hold."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return value if isinstance(value, (str, int, float)) else str(value)


def _software_version() -> str:
    try:
        return metadata.version(FORMAT)
    except metadata.PackageNotFoundError:
        return "unknown"
