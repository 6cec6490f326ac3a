"""Attributes: what the settings say at the start, and how it ended.

PicoStream's readers know the first of the root's; the others are this format's own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum
from importlib import metadata
from typing import Any

import numpy as np

from ...config import ChannelConfig, DigitalPortConfig, DownsampleMode
from ...errors import counted
from ...records import Outcome, StreamDescription
from ..schema import (
    ANALOGUE,
    CHANNELS,
    CHECKSUMS,
    COLUMNS,
    DIGITAL,
    FORMAT,
    FORMAT_VERSION,
    INT8,
    KEPT,
    OVERVIEW,
    PACKED,
    PACKED_CHUNKS,
    PORT_COLUMNS,
    RING,
    SEGMENTS,
    fixed_text,
)
from .grid import Grid

#: ``trigger_sample`` of a recording without a trigger.
NO_TRIGGER = -1

LIVE_ONLY_S = "live_only_s"
#: The settings of a recording that keeps only events, JSON.
KEEP = "keep"
FIRST_SAMPLE = "first_sample"
#: Samples that each triggered capture was to have.
CAPTURE_SAMPLES = "capture_samples"

#: The description of the simulated signals grows when they are changed; an attribute holds 64 KB.
_SIMULATION_BYTES, _SIMULATION_GROWTH, _MOST_BYTES = 8192, 4, 60_000

_TEXT_BYTES = {"status": 16, "ended_by": 16, "reason": 480}

#: What the end rewrites in place, and what stands in for it until then.
_BEFORE_THE_END: Mapping[str, Any] = {
    "status": "recording",
    "ended_by": "",
    "reason": "",
    "simulation": None,
    "total_samples": 0,
    "lost_samples": 0,
    "lost_accuracy_s": math.nan,
    "smallest_visible_loss": -1,
    "rate_deviation_ppm": math.nan,
    "rate_accuracy_ppm": math.nan,
    "mark_accuracy_s": math.nan,
    "trigger_sample": NO_TRIGGER,
    "first_stream_sample": 0,
    FIRST_SAMPLE: 0,
}
FINAL_ATTRIBUTES = tuple(_BEFORE_THE_END)


def text_bytes_of(name: str, value: Any) -> int:
    """Bytes of a text that the end rewrites; 0 of everything else.

    :param value: at the start.
    """
    if name == "simulation":
        return min(_SIMULATION_BYTES + _SIMULATION_GROWTH * len(value.encode()), _MOST_BYTES)
    return _TEXT_BYTES.get(name, 0)


def attribute_values(
    description: StreamDescription, grid: Grid, live_only_s: float | None
) -> dict[str, Any]:
    """All root attributes, those that are only known at the end with what stands in for them."""
    trigger, keep = description.config.trigger, description.keep
    settings = None if trigger is None else asdict(trigger, dict_factory=_with_names)
    kept = {} if keep is None else {KEEP: _json(asdict(keep, dict_factory=_finite))}
    samples = description.capture_samples
    live = {} if live_only_s is None else {LIVE_ONLY_S: float(live_only_s)}
    return {
        **picostream_attributes(description),
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "features": _features(grid),
        "software": FORMAT,
        "software_version": _software_version(),
        "start_time": description.start_time,
        "resolution_bits": description.config.resolution_bits,
        "channels": list(description.channel_names),
        "trigger": _json(settings),
        "metadata": _json(description.metadata),
        "simulated": description.simulation is not None,
        **{f"unit_{key}": _plain(value) for key, value in description.unit.items()},
        **live,
        **kept,
        **({CAPTURE_SAMPLES: samples} if samples else {}),
        **_BEFORE_THE_END,
        "simulation": _json(description.simulation),
    }


def picostream_attributes(description: StreamDescription) -> dict[str, Any]:
    """What programs for PicoStream's files look at, in the driver's words.

    Its only channel stands for the first one.
    """
    config = description.config
    first, is_aggregate = config.channels[0], config.downsample_mode is DownsampleMode.AGGREGATE
    range_v = first.range_v
    range_name = f"{range_v * 1e3:.0f}MV" if range_v < 1 else f"{range_v:.0f}V"
    return {
        "sample_interval_ns": description.sample_interval_ns,
        "voltage_range_v": range_v,
        "max_adc": description.max_adc,
        "analog_offset_v": first.offset_v,
        "downsample_mode": config.downsample_mode.value,
        "hardware_downsample_ratio": config.downsample_ratio,
        "resolution": f"PS5000A_DR_{config.resolution_bits}BIT",
        "channel_a_coupling": f"PS5000A_{first.coupling.name}",
        "channel_a_range": f"PS5000A_{range_name}",
        "data_format_version": "1.0",  # of PicoStream's layout
        "aggregate_format": "interleaved_min_max" if is_aggregate else "none",
    }


def _features(grid: Grid) -> list[str]:
    has = {
        SEGMENTS: True,
        RING: grid.is_ring,
        INT8: "|i1" in grid.dtypes,
        KEPT: grid.keeps,
        PACKED_CHUNKS: grid.is_packed,
    }
    return [feature for feature in has if has[feature]]


def final_values(
    outcome: Outcome, total_samples: int, lost_samples: int, gaps: int
) -> dict[str, Any]:
    """The root attributes that the end settles.

    ``status`` is ``complete`` when the stream ended as asked *and* no sample is missing; a
    recording with gaps or short captures is ``incomplete``, and ``reason`` says so.
    """
    changed = {} if outcome.simulation is None else {"simulation": _json(outcome.simulation)}
    trigger = NO_TRIGGER if outcome.trigger_sample is None else outcome.trigger_sample
    has_all = outcome.complete and not gaps and not outcome.is_short
    return {
        "status": "complete" if has_all else "incomplete",
        "ended_by": outcome.ended_by,
        "lost_accuracy_s": float(outcome.lost_accuracy_s),
        "smallest_visible_loss": outcome.smallest_visible_loss or -1,
        "rate_deviation_ppm": float(outcome.rate_deviation_ppm),
        "rate_accuracy_ppm": float(outcome.rate_accuracy_ppm),
        "mark_accuracy_s": float(outcome.mark_accuracy_s),
        "reason": _reason(outcome, gaps, lost_samples),
        "total_samples": total_samples,
        "lost_samples": lost_samples,
        "trigger_sample": trigger,
        "first_stream_sample": outcome.first_stream_sample,
        **changed,
    }


def group_attributes(
    row: ChannelConfig | DigitalPortConfig, description: StreamDescription
) -> dict[str, Any]:
    """Attributes of the group of a channel or port, which readers ask for volts."""
    if not isinstance(row, ChannelConfig):
        return {
            "kind": DIGITAL,
            "logic_level_v": row.logic_level_v,
            # a count of 1 reads as 1 mV, so that readers give the number of the eight inputs
            "voltage_range_v": description.max_adc / 1000,
            "analog_offset_v": 0.0,
        }
    scale = row.scale
    unit = {} if scale is None else {"unit": scale.unit, "unit_per_volt": scale.per_volt}
    return {
        "kind": ANALOGUE,
        "voltage_range_v": row.range_v,
        "coupling": row.coupling.name,
        "analog_offset_v": row.offset_v,
        "bandwidth": row.bandwidth.name,
        **unit,
    }


def dataset_attributes(path: str, description: StreamDescription) -> dict[str, Any]:
    """Attributes of a dataset that grows; more than five would not fit into one sector."""
    parts = path.split("/")
    if parts[0] != CHANNELS or parts[-1] in (CHECKSUMS, PACKED):
        return {}
    row = next(row for row in description.config.inputs if row.name == parts[1])
    interval_s = description.stored_interval_ns * 1e-9
    if isinstance(row, ChannelConfig):
        kind, columns, offset_v = "Channel", COLUMNS, row.offset_v
        scale = {"volts_per_count": row.count_scale(description.max_adc).volts_per_count}
    else:
        kind, columns, offset_v = "Port", PORT_COLUMNS, 0.0
        scale = {"value_per_count": 1.0}
    if parts[2] == OVERVIEW:
        factor = int(parts[3][1:])
        return {
            "samples_per_bin": factor,
            "columns": " ".join(columns).encode(),
            "interval_s": interval_s * factor,
            **scale,
        }
    return {
        "units": b"count",
        "long_name": fixed_text(f"{kind} {row.name}", 32),
        "interval_s": interval_s / description.values_per_sample,
        **scale,
        "offset_v": offset_v,
    }


def attribute_bytes(value: Any, size: int) -> bytes | None:
    """The value of a final attribute as it lies in the file; None of a text that has no room.

    Sentences are cut, JSON is not: the value from the start stays then.
    """
    if not isinstance(value, str):
        return np.array(value, "<f8" if isinstance(value, float) else "<i8").tobytes()
    if len(value.encode()) > size and value.startswith("{"):
        return None
    return fixed_text(value, size).ljust(size, b"\0")


def _reason(outcome: Outcome, gaps: int, lost_samples: int) -> str:
    if not gaps:
        return outcome.reason
    about = "about " if outcome.lost_accuracy_s else ""
    missing = f"{counted(gaps, 'gap')}: {about}{lost_samples:,} samples per channel are missing."
    return f"{outcome.reason} {missing}".strip()


def _finite(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Fields of settings without what is infinite, which JSON lacks: a default each."""
    return {key: value for key, value in fields if value != math.inf}


def _with_names(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Fields of settings, choices by their names."""
    return {key: value.name if isinstance(value, Enum) else value for key, value in fields}


def _json(content: Mapping[str, Any] | None) -> str:
    """JSON text of a mapping, what JSON does not know (NaN too) as text; ``null`` for None."""
    text = json.dumps(None if content is None else dict(content), default=_plain)
    return json.dumps(json.loads(text, parse_constant=str))


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
