"""A summary of a file, without reading its samples."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...config import CHANNEL_NAMES
from ...errors import FileFormatError
from ..layout.attributes import CAPTURE_SAMPLES, KEEP, NO_TRIGGER
from ..place import size_of_file
from ..reading import Recording, open_recording
from ..reading.recording import StoredChannel
from .claims import claim_errors, foreign_errors

_CHANNEL_ATTRIBUTES = (
    "kind",
    "voltage_range_v",
    "coupling",
    "analog_offset_v",
    "bandwidth",
    "unit",
    "unit_per_volt",
    "logic_level_v",
)
_SETTINGS = ("resolution", "max_adc", "downsample_mode", "hardware_downsample_ratio")
_UNIT_PREFIX = "unit_"


def describe_file(path: str | Path) -> dict[str, Any]:
    """What a recording holds, as values that JSON knows; samples are per channel.

    ``damage`` says what of it is impossible, one sentence each.

    :raises FileFormatError: it is not a recording.
    :raises StorageError: there is no such file, or it may not be read.
    """
    with open_recording(path) as recording:
        return {
            **_file(recording),
            **_extent(recording),
            **_settings(_plain(recording.attributes)),
            "channels": [_channel(channel) for channel in recording.channels.values()],
            "gaps": _rows(recording.gaps),
            "events": _rows(recording.events),
            "captures": _captures(recording),
            "metadata": _json(recording, "metadata") or {},
            "kept_events": _kept(recording),
            "trigger": _json(recording, "trigger"),
        }


def _file(recording: Recording) -> dict[str, Any]:
    attributes = _plain(recording.attributes)
    return {
        "path": str(recording.path),
        "file_bytes": size_of_file(recording.path),
        "damage": claim_errors(recording) + foreign_errors(recording),
        "lacks": list(recording.lacks),
        "format": recording.format,
        "format_version": attributes.get("format_version"),
        "software_version": attributes.get("software_version"),
        "status": recording.status,
        "ended_by": attributes.get("ended_by", ""),
        "reason": attributes.get("reason", ""),
        "closed_properly": recording.closed_properly,
        "compressed": recording.is_compressed,
        "simulated": attributes.get("simulated", False),
    }


def _extent(recording: Recording) -> dict[str, Any]:
    samples, lost = recording.stored_samples, recording.lost_samples
    delivered = samples if recording.runs is None else recording.stream_totals.samples
    interval_ns = recording.stored_interval_ns
    return {
        "start_time": _plain(recording.attributes.get("start_time")),
        "duration_s": (delivered + lost) * interval_ns * 1e-9,
        "samples": samples,
        "total_samples": recording.first_sample + samples,
        "live_only_s": recording.live_only_s,
        "lost_samples": lost,
        **asdict(recording.accuracy),
        "sample_interval_ns": interval_ns,
        "sample_rate_hz": 1e9 / interval_ns,
        "over_range": _over_range(recording),
    }


def _captures(recording: Recording) -> dict[str, Any] | None:
    """How many triggered captures there are, and the shortest times without one; None: a stream."""
    rows = recording.captures
    if recording.runs is not None:
        return {"count": int(rows.size)}
    if not rows.size:
        return None
    lengths_s = rows["samples"] * recording.stored_interval_ns * 1e-9
    dead_s = np.diff(rows["time_s"]) - lengths_s[:-1]
    is_between = np.diff(rows["run"]) > 0
    wanted = recording.attributes.whole(CAPTURE_SAMPLES, 1, 2**31, int(rows["samples"].max()))
    is_short = rows["samples"] < wanted
    return {
        "count": int(rows.size),
        "samples_each": wanted,
        "short_captures": int(is_short.sum()),
        "fewest_samples": int(rows["samples"].min()),
        "runs": int(is_between.sum()) + 1,
        "dead_time_s": _shortest(dead_s[~is_between]),
        "dead_time_between_runs_s": _shortest(dead_s[is_between]),
    }


def _shortest(times_s: NDArray[np.float64]) -> float | None:
    known = times_s[np.isfinite(times_s)]
    return float(known.min()) if known.size else None


def _kept(recording: Recording) -> dict[str, Any] | None:
    """What was kept of the stream, None if that is all."""
    if recording.runs is None:
        return None
    totals = recording.stream_totals
    return {
        "settings": _json(recording, KEEP) or {},
        "stream_samples": totals.samples,
        "found": totals.found,
        "kept": totals.kept,
        "cut": int(recording.captures["is_cut"].sum()),
        "passed_over": totals.passed_over,
    }


def _over_range(recording: Recording) -> dict[str, int]:
    """Deliveries of the driver that held clipped samples, per analogue channel."""
    names = [name for name in CHANNEL_NAMES if name in recording.channels]
    return {name: recording.health[f"over_range_{name}"] for name in names}


def _settings(attributes: Mapping[str, Any]) -> dict[str, Any]:
    unit = {
        name.removeprefix(_UNIT_PREFIX): value
        for name, value in attributes.items()
        if name.startswith(_UNIT_PREFIX)
    }
    trigger_sample = attributes.get("trigger_sample", NO_TRIGGER)
    return {
        **{name: attributes.get(name) for name in _SETTINGS},
        "trigger_sample": None if trigger_sample == NO_TRIGGER else trigger_sample,
        "unit": unit,
    }


def _json(recording: Recording, name: str) -> Any:
    """What was stored as JSON; None where it is damaged, which ``damage`` tells."""
    try:
        return _plain(recording.attributes.json(name))
    except FileFormatError:
        return None


def _channel(channel: StoredChannel) -> dict[str, Any]:
    known = _plain(channel.attributes)
    settings = {key: known[key] for key in _CHANNEL_ATTRIBUTES if key in known}
    return {"name": channel.name, **settings}


def _rows(table: NDArray[Any]) -> list[dict[str, Any]]:
    names = table.dtype.names or ()
    return [dict(zip(names, map(_plain, row), strict=True)) for row in table.tolist()]


def _plain(value: Any) -> Any:
    """A value that JSON knows; what is no finite number, which it lacks, as None."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
