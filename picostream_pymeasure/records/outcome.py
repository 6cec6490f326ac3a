"""Running totals of a stream, how it ended, and what is proven of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def interruption(error: BaseException) -> str:
    """One sentence about what is no failure: Ctrl+C, or a program that is told to end."""
    return "Interrupted by the user." if isinstance(error, KeyboardInterrupt) else PROGRAM_ENDED


@dataclass(frozen=True)
class Health:
    """Running totals for whoever watches; samples are delivered samples per channel.

    :param received: what the driver delivered.
    :param stored: what the sink has taken.
    :param lost: known and estimated losses.
    :param gaps: number of gaps.
    :param pool_fill: 0 to 1.
    :param over_range: per analogue channel, how many deliveries of the driver held clipped samples.
    :param actual_rate_hz: delivered samples per second by the host's clock.
    """

    elapsed_s: float = 0.0
    received: int = 0
    stored: int = 0
    lost: int = 0
    gaps: int = 0
    pool_fill: float = 0.0
    over_range: Mapping[str, int] = field(default_factory=dict)
    actual_rate_hz: float = 0.0


#: How a stream can end; the first three are as asked for. ``crash`` only a repair can tell.
TARGET, STOPPED, FINISHED, ABORTED, FAILED, LOST_SCOPE, DISK, CRASH = ENDINGS = (
    "target",
    "stopped",
    "finished",
    "aborted",
    "failed",
    "lost scope",
    "disk",
    "crash",
)

#: The sentence of a stream that was stopped, or had come to its end, before its trigger came. It
#: holds nothing that was asked for, so that it counts as aborted.
UNTRIGGERED = "Stopped before the trigger came."

#: The sentence of one that a user or a program ended, where nobody said more.
ON_REQUEST = "Stopped on request."
#: ... where the program ended before it.
PROGRAM_ENDED = "The program ended before the recording did."


@dataclass(frozen=True)
class Outcome:
    """How the stream ended, and what its ledger knows in the end.

    :param ended_by: one of :data:`ENDINGS`.
    :param reason: one sentence.
    :param health: final totals.
    :param trigger_sample: file index of the trigger, or None.
    :param first_stream_sample: index in the stream of the file's first sample; not 0 when a
        trigger let earlier samples go.
    :param simulation: the final description of the simulated signals (they may have changed).
    :param lost_accuracy_s: so far ``health.lost`` may be from the truth; 0 if it is no estimate.
    :param smallest_visible_loss: samples; a smaller loss that the driver did not report could not
        have been seen. 0 if there was no time to see anything.
    :param rate_deviation_ppm: how much slower than reported the samples came, over the whole run;
        NaN if there was no time to see it.
    :param rate_accuracy_ppm: so far that may be from the truth.
    :param mark_accuracy_s: so far a mark's sample may lie from its time.
    :param is_short: captures were lost, or it has fewer samples than asked for, and no gap tells
        that.
    """

    ended_by: str
    reason: str
    health: Health
    trigger_sample: int | None = None
    first_stream_sample: int = 0
    simulation: Mapping[str, Any] | None = None
    lost_accuracy_s: float = 0.0
    smallest_visible_loss: int = 0
    rate_deviation_ppm: float = math.nan
    rate_accuracy_ppm: float = math.nan
    mark_accuracy_s: float = 0.0
    is_short: bool = False

    @property
    def complete(self) -> bool:
        """Whether it ended as asked for, which says nothing about missing samples."""
        return self.ended_by in (TARGET, STOPPED, FINISHED)


@dataclass(frozen=True)
class Proof:
    """How far the samples of a simulated recording are those that were delivered.

    :param proven_samples: samples per channel from the start that are right on all channels.
    :param text: what was found.
    :param holds: whether that is all of them.
    """

    proven_samples: int
    text: str
    holds: bool
