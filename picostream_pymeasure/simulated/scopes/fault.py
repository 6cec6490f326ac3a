"""What can be made to go wrong, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from ...errors import ConfigurationError
from .choices import check_choices

FaultKind = Literal[
    "unplug",
    "stall",
    "power_change",
    "busy",
    "streaming_failed",
    "buffer_stall",
    "overrun",
    "hang",
    "over_range",
    "refuse_open",
    "start_zero",
    "start_shift",
    "count_shift",
    "chunk_twice",
    "chunk_skipped",
]
FAULT_KINDS: tuple[str, ...] = get_args(FaultKind)
#: Kinds that take a number of samples.
WITH_SAMPLES = ("overrun", "over_range", "start_shift", "count_shift")
#: Kinds that take a time.
WITH_DURATION = ("busy", "hang")
#: Kinds where all is well but what the callback is told.
LIES = ("start_zero", "start_shift", "count_shift", "chunk_twice", "chunk_skipped")


@dataclass(frozen=True)
class Fault:
    """One fault; it happens once each time the unit has been opened.

    Every sample before the fault is delivered first, so that tests know where it strikes.

    - ``unplug``: status 7 from every call from then on; the unit cannot be opened again.
    - ``stall``: BUSY until the stream is started again.
    - ``power_change``: the supply becomes ``power``; 281 or 282 from every call until
      ``ChangePowerSource``, no samples until ``RunStreaming``.
    - ``busy``: BUSY for ``duration_s``; the samples wait in the device.
    - ``streaming_failed``, ``buffer_stall``: 20 or 28 from every poll until ``RunStreaming``.
    - ``overrun``: the device loses ``samples`` samples and says so as the unit's
      ``overrun_signal`` tells.
    - ``hang``: one poll takes ``duration_s`` longer.
    - ``over_range``: ``samples`` samples of ``channel`` lie beyond the range.
    - ``refuse_open``: ``OpenUnit`` answers 7 and no handle.
    - ``start_zero``, ``start_shift``, ``count_shift``: the callback is told the start index 0, or
      a start index or count that is wrong by ``samples``; the buffers hold what they should.
    - ``chunk_twice``: the same chunk is told of once more at the next call.
    - ``chunk_skipped``: samples go into the buffers and nobody is told.

    :param at_sample: raw sample index, counted from the start of the stream.
    :param at_s: the same as a time; takes the place of ``at_sample``.
    :param samples: how many; may be negative where something is told wrongly.
    :param always: what the callback is told is wrong from there on, not once.
    :raises ConfigurationError: when a value is impossible.
    """

    kind: FaultKind
    at_sample: int = 0
    at_s: float | None = None
    samples: int = 0
    duration_s: float = 0.0
    channel: Literal["A", "B", "C", "D"] = "A"
    power: Literal["mains", "usb"] = "usb"
    always: bool = False

    def __post_init__(self) -> None:
        check_choices(self, "a fault")
        numbers = (self.at_sample, self.at_s or 0.0, self.duration_s)
        if not all(number >= 0 for number in numbers):
            raise ConfigurationError(f"The numbers of the fault {self.kind!r} must be 0 or more.")
        is_lie = self.kind in LIES
        if self.kind in WITH_SAMPLES and (self.samples == 0 or (self.samples < 0 and not is_lie)):
            raise ConfigurationError(f"The fault {self.kind!r} needs 1 or more samples.")
        if self.always and not is_lie:
            raise ConfigurationError(f"The fault {self.kind!r} happens once.")

    def first_sample(self, sample_interval_ns: float) -> int:
        """Raw index at which it strikes in a stream of this interval."""
        if self.at_s is None:
            return self.at_sample
        return round(self.at_s * 1e9 / sample_interval_ns)
