"""What a recording says about itself, beside its samples."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...quantities import base_unit
from ...reader import Source
from ...storage import PICOSTREAM, Recording
from .trigger_words import in_words, level_of

#: The recorder tells five times a second that it is alive; on a busy machine later.
_SILENCE_S = 3.0

_MOST_BITS = 16

#: Far less than a count of 16 bits.
_ROUNDING = 1e-6


class RecordingState(Enum):
    """How far a recording is, and whether it ended as it should."""

    ARMED = "armed"
    RECORDING = "recording"
    SILENT = "not closed"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    UNKNOWN = "finished"


@dataclass(frozen=True)
class ChannelFacts:
    """Settings of a channel, and how often it was clipped.

    :param full_scale_v: the lowest and highest voltage of the range.
    :param clipped_v: half the distance of the lowest and highest codes, which an input beyond the
        range gives too.
    :param over_range: deliveries of the driver that held clipped samples.
    :param unit: of all that is called volts here, without a prefix; ``per_volt`` of it are 1 V.
    :param is_difference: of two channels, as its name says.
    """

    name: str
    full_scale_v: tuple[float, float]
    clipped_v: float
    coupling: str
    over_range: int
    is_digital: bool
    unit: str = "V"
    per_volt: float = 1.0
    is_difference: bool = False

    def is_clipped(self, values_v: ArrayLike) -> NDArray[np.bool_]:
        """Which voltages are the lowest or highest code; of a digital port none is."""
        low_v, high_v = self.full_scale_v
        beyond_v = np.abs(np.asarray(values_v) - (low_v + high_v) / 2)
        clipped_v = math.inf if self.is_digital else self.clipped_v * (1 - _ROUNDING)
        return np.asarray(beyond_v >= clipped_v)


@dataclass(frozen=True)
class RecordingFacts:
    """A recording as far as it is; samples are per channel.

    :param recorded: samples that ever came; a live-only file holds fewer.
    :param stored: of those, samples that a picture can be made of.
    :param interval_s: between two of them.
    :param ended_by: how it ended in one word, as of an abort; empty while it grows.
    :param trigger: what the recording waits or waited for, in words; empty without a trigger.
    :param trigger_level: channel and volts of a simple trigger.
    :param lost_is_exact: none of the lost samples are estimated.
    :param actual_rate_hz: by the host's clock, or NaN.
    :param updated_unix_s: when the recorder last said something, or NaN.
    :param newest_unix_s: when the newest sample was taken, or NaN.
    """

    state: RecordingState
    reason: str
    ended_by: str
    trigger: str
    trigger_level: tuple[str, float] | None
    recorded: int
    stored: int
    begin_s: float
    end_s: float
    interval_s: float
    downsampling: str
    is_live_only: bool
    lost: int
    lost_is_exact: bool
    n_gaps: int
    n_events: int
    n_captures: int
    actual_rate_hz: float
    updated_unix_s: float
    newest_unix_s: float
    channels: Mapping[str, ChannelFacts]

    @classmethod
    def of(cls, source: Source) -> RecordingFacts:
        """Read them from an open file."""
        recording = source.recording
        health = {} if recording.format == PICOSTREAM else recording.health
        recorded = source.first_sample + source.streamed_samples
        updated_unix_s = health.get("updated_unix_s") or math.nan
        waiting = health.get("received_samples", 0) - recorded
        trigger = _trigger(recording)
        return cls(
            state=_state(recording, bool(trigger) and not recorded),
            reason=str(recording.attributes.get("reason", "")),
            ended_by=str(recording.attributes.get("ended_by", "")),
            trigger=in_words(trigger),
            trigger_level=_level(source, trigger),
            recorded=recorded,
            stored=source.streamed_samples,
            begin_s=source.begin_s,
            end_s=source.end_s,
            interval_s=source.interval_s,
            downsampling=_downsampling(recording),
            is_live_only=recording.is_live_only,
            lost=_lost(source),
            lost_is_exact=bool(np.all(source.gaps["missing"] >= 0)),
            n_gaps=len(source.gaps),
            n_events=len(source.events),
            n_captures=0 if source.stream_timeline else len(source.captures),
            actual_rate_hz=health.get("actual_rate_hz") or math.nan,
            updated_unix_s=updated_unix_s,
            newest_unix_s=updated_unix_s - waiting * source.interval_s,
            channels={
                name: _channel(source, name, health.get(f"over_range_{name}", 0))
                for name in source.channels
            },
        )

    def state_at(self, unix_s: float) -> RecordingState:
        """The state, where a recorder that has long been silent counts as gone."""
        silent = unix_s - self.updated_unix_s > _SILENCE_S
        if not self.is_finished and silent:
            return RecordingState.SILENT
        return self.state

    @property
    def is_finished(self) -> bool:
        """Whether no more samples will come."""
        return self.state not in (RecordingState.RECORDING, RecordingState.ARMED)


def _lost(source: Source) -> int:
    """Samples that are missing; none between captures."""
    if source.stream_timeline is not None:
        return source.recording.lost_samples
    return 0 if source.captures.size else int(source.timeline.missing[-1]) - source.first_sample


def _state(recording: Recording, awaits_trigger: bool) -> RecordingState:
    if recording.format == PICOSTREAM:
        return RecordingState.UNKNOWN
    state = RecordingState(recording.status)
    return RecordingState.ARMED if state is RecordingState.RECORDING and awaits_trigger else state


def _trigger(recording: Recording) -> dict[str, Any]:
    """Settings of the trigger as the file has them; empty without one."""
    if recording.format == PICOSTREAM:
        return {}
    return recording.attributes.json("trigger") or {}


def _level(source: Source, trigger: dict[str, Any]) -> tuple[str, float] | None:
    """Channel and level of a simple trigger, in the unit of the channel."""
    level = level_of(trigger)
    if level is None or level[0] not in source.channels:
        return level
    return level[0], level[1] * source.channels[level[0]].metadata.per_volt


def difference(minuend: ChannelFacts, subtrahend: ChannelFacts) -> ChannelFacts:
    """What is known of one channel less another one."""
    (low_v, high_v), (low_other_v, high_other_v) = minuend.full_scale_v, subtrahend.full_scale_v
    return ChannelFacts(
        name=f"{minuend.name}-{subtrahend.name}",
        full_scale_v=(low_v - high_other_v, high_v - low_other_v),
        clipped_v=math.inf,
        coupling="",
        over_range=0,
        is_digital=False,
        unit=minuend.unit,
        per_volt=minuend.per_volt,
        is_difference=True,
    )


def _highest_code(source: Source) -> int:
    """The largest count that a scope gives; counts are left-justified in 16 bits."""
    attributes = source.recording.attributes
    bits = int(attributes.get("resolution_bits", _MOST_BITS))
    top = (1 << (_MOST_BITS - 1)) - (1 << (_MOST_BITS - bits)) if 0 < bits < _MOST_BITS else 32767
    return min(top, next(iter(source.channels.values())).metadata.max_adc_val)


def _downsampling(recording: Recording) -> str:
    ratio = int(recording.attributes.get("hardware_downsample_ratio", 1))
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
        clipped_v=metadata.count_scale.volts_per_count * _highest_code(source),
        coupling=str(attributes.get("coupling", "")),
        over_range=over_range,
        is_digital=metadata.is_digital,
        unit="V" if metadata.scale is None else base_unit(metadata.scale.unit)[0],
        per_volt=metadata.per_volt,
    )
