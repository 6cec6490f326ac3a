"""What a recording says about itself, beside its samples."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...records import UNTRIGGERED

#: The recorder tells five times a second that it is alive; on a busy machine later.
_SILENCE_S = 3.0

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


_GROWING = (RecordingState.ARMED, RecordingState.RECORDING)


@dataclass(frozen=True)
class ChannelFacts:
    """Settings of a channel, and how often it was clipped.

    :param full_scale_v: the lowest and highest voltage of the range.
    :param clipped_v: half the distance of the lowest and highest codes, which an input beyond the
        range gives too.
    :param step_v: from one value of the converter to the next.
    :param over_range: deliveries of the driver that held clipped samples.
    :param unit: of all that is called volts here, without a prefix; ``per_volt`` of it are 1 V.
    :param difference_of: the two channels that it is the difference of, or None.
    """

    name: str
    full_scale_v: tuple[float, float]
    clipped_v: float
    step_v: float
    coupling: str
    over_range: int
    is_digital: bool
    unit: str = "V"
    per_volt: float = 1.0
    difference_of: tuple[str, str] | None = None

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
    :param held: samples in the file, fewer than stored where only those of events are kept.
    :param interval_s: between two of them.
    :param ended_by: how it ended in one word, as of an abort; empty while it grows.
    :param trigger: what the recording waits or waited for, in words; empty without a trigger.
    :param trigger_level: channel and volts of a simple trigger.
    :param lost_is_exact: none of the lost samples are estimated.
    :param lacks: sentences about rows that the file should have, and with it perhaps losses.
    :param missing_bytes: of a copy that broke off, and with them samples.
    :param n_kept: events that are stored; None where all of the stream is.
    :param n_passed_over: events that came too soon or were too many.
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
    held: int
    begin_s: float
    end_s: float
    interval_s: float
    downsampling: str
    is_live_only: bool
    lost: int
    lost_is_exact: bool
    n_gaps: int
    lacks: tuple[str, ...]
    missing_bytes: int
    n_events: int
    n_captures: int
    n_kept: int | None
    n_passed_over: int
    actual_rate_hz: float
    updated_unix_s: float
    newest_unix_s: float
    channels: Mapping[str, ChannelFacts]

    def state_at(self, unix_s: float) -> RecordingState:
        """The state, where a recorder that has long been silent counts as gone."""
        silent = unix_s - self.updated_unix_s > _SILENCE_S
        if not self.is_finished and silent:
            return RecordingState.SILENT
        return self.state

    @property
    def is_finished(self) -> bool:
        """Whether no more samples will come."""
        return self.state not in _GROWING

    @property
    def never_triggered(self) -> bool:
        """Whether it was stopped, not broken off, before its trigger came."""
        return self.reason == UNTRIGGERED

    @property
    def lost_text(self) -> str:
        """How many samples are lost, and how surely that is known."""
        if self.lacks:
            return f"≥ {self.lost:,}"
        if self.n_gaps and not self.lost:  # the clock has not told the length of the first one yet
            return "an unknown number"
        return f"{'' if self.lost_is_exact else '≈ '}{self.lost:,}"

    def grows_at(self, unix_s: float) -> bool:
        """Whether somebody records it then."""
        return self.state_at(unix_s) in _GROWING


def shown_name(channel: str) -> str:
    """What a channel or a difference is called in the window; an only one may have no name."""
    return channel.replace("-", "−") or "Input"


def difference(minuend: ChannelFacts, subtrahend: ChannelFacts) -> ChannelFacts:
    """What is known of one channel less another one."""
    (low_v, high_v), (low_other_v, high_other_v) = minuend.full_scale_v, subtrahend.full_scale_v
    return ChannelFacts(
        name=f"{minuend.name}-{subtrahend.name}",
        full_scale_v=(low_v - high_other_v, high_v - low_other_v),
        clipped_v=math.inf,
        step_v=max(minuend.step_v, subtrahend.step_v),
        coupling="",
        over_range=0,
        is_digital=False,
        unit=minuend.unit,
        per_volt=minuend.per_volt,
        difference_of=(minuend.name, subtrahend.name),
    )
