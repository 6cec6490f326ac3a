"""Reads what a recording says about itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...config import DownsampleMode
from ...errors import FileFormatError, shown
from ...quantities import base_unit
from ...reader import Source
from ...storage import PICOSTREAM, Recording
from .recording_facts import ChannelFacts, RecordingFacts, RecordingState
from .trigger_words import in_words, level_of

_STATES = {
    state.value: state
    for state in (RecordingState.RECORDING, RecordingState.COMPLETE, RecordingState.INCOMPLETE)
}


def read_facts(source: Source) -> RecordingFacts:
    """Read what an open recording says of itself."""
    recording = source.recording
    health = {} if recording.format == PICOSTREAM else recording.health
    recorded = source.first_sample + source.streamed_samples
    updated_unix_s = health.get("updated_unix_s") or math.nan
    waiting = health.get("received_samples", 0) - recorded
    trigger, level = _trigger(source)
    totals = recording.stream_totals if source.stream_timeline is not None else None
    return RecordingFacts(
        state=_state(recording, bool(trigger) and not recorded),
        reason=str(recording.attributes.get("reason", "")),
        ended_by=str(recording.attributes.get("ended_by", "")),
        trigger=trigger,
        trigger_level=level,
        recorded=recorded,
        stored=source.streamed_samples,
        held=source.num_samples,
        begin_s=source.begin_s,
        end_s=source.end_s,
        interval_s=source.interval_s,
        downsampling=_downsampling(recording),
        is_live_only=recording.is_live_only,
        lost=_lost(source),
        lost_is_exact=bool(np.all(source.gaps["missing"] >= 0)),
        n_gaps=len(source.gaps),
        lacks=recording.lacks,
        missing_bytes=recording.missing_bytes,
        n_events=len(source.events),
        n_captures=0 if source.stream_timeline else len(source.captures),
        n_kept=totals.kept if totals else None,
        n_passed_over=totals.passed_over if totals else 0,
        actual_rate_hz=health.get("actual_rate_hz") or math.nan,
        updated_unix_s=updated_unix_s,
        newest_unix_s=updated_unix_s - waiting * source.interval_s,
        channels={
            name: _channel(source, name, health.get(f"over_range_{name}", 0))
            for name in source.channels
        },
    )


def _lost(source: Source) -> int:
    """Samples that are missing; none between captures."""
    if source.stream_timeline is not None:
        return source.recording.lost_samples
    return 0 if source.captures.size else int(source.timeline.missing[-1]) - source.first_sample


def _state(recording: Recording, awaits_trigger: bool) -> RecordingState:
    if recording.format == PICOSTREAM:
        return RecordingState.UNKNOWN
    state = _STATES.get(recording.status)
    if state is None:
        raise _damaged(recording, f"its status cannot be {shown(recording.status)}")
    return RecordingState.ARMED if state is RecordingState.RECORDING and awaits_trigger else state


def _trigger(source: Source) -> tuple[str, tuple[str, float] | None]:
    """The trigger in words, and its level if it is a simple one; empty without one."""
    recording = source.recording
    if recording.format == PICOSTREAM:
        return "", None
    trigger = recording.attributes.json("trigger") or {}
    try:
        return in_words(trigger), _level(source, trigger)
    except (AttributeError, KeyError, TypeError, ValueError):  # it is any JSON
        raise _damaged(recording, f"its trigger cannot be {shown(trigger)}") from None


def _level(source: Source, trigger: dict[str, Any]) -> tuple[str, float] | None:
    """Channel and level of a simple trigger, in the unit of the channel."""
    level = level_of(trigger)
    if level is None or level[0] not in source.channels:
        return level
    return level[0], level[1] * source.channels[level[0]].metadata.per_volt


def _damaged(recording: Recording, what: str) -> FileFormatError:
    return FileFormatError(f"{recording.path} is damaged: {what}.")


def _downsampling(recording: Recording) -> str:
    ratio = recording.ratio
    return f"{recording.downsample_mode.value} of {ratio}" if ratio > 1 else ""


def _channel(source: Source, name: str, over_range: int) -> ChannelFacts:
    metadata = source.channels[name].metadata
    attributes = source.channels[name].attributes
    return ChannelFacts(
        name=name,
        full_scale_v=(
            -metadata.voltage_range_v - metadata.analog_offset_v,
            metadata.voltage_range_v - metadata.analog_offset_v,
        ),
        clipped_v=metadata.count_scale.volts_per_count * source.highest_count,
        step_v=metadata.count_scale.volts_per_count * _step(source),
        coupling=str(attributes.get("coupling", "")),
        over_range=over_range,
        is_digital=metadata.is_digital,
        unit="V" if metadata.scale is None else base_unit(metadata.scale.unit)[0],
        per_volt=metadata.per_volt,
    )


def _step(source: Source) -> int:
    """Counts from one value to the next; an average has them all."""
    if source.recording.downsample_mode is DownsampleMode.AVERAGE:
        return 1
    n_counts = 1 << 15 if source.highest_count >= 1 << 8 else 1 << 7
    return n_counts - source.highest_count
