"""How a simulated driver behaves in block mode, where only hardware could tell what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...errors import ConfigurationError
from .choices import check_choices

#: ``PS5000A_TIME_UNITS``
TIME_UNITS = ("fs", "ps", "ns", "us", "ms", "s")


@dataclass(frozen=True)
class BlockHabits:
    """Each may be combined with every other; a client must be right with all of them.

    :param rearm_s: from the end of a capture until the next one collects samples.
    :param setup_s: that ``RunBlock`` takes before the scope is armed.
    :param transfer_bytes_s: speed at which stored samples come, 0 for no time at all.
    :param max_segments: 0 for a number that follows from the model's memory.
    :param kept_samples: of each segment that the driver keeps for itself.
    :param stamp_start: of the counter of triggers, in each run.
    :param stamp_bits: of that counter, which then begins at 0 again.
    :param stamp_ns: what it counts: 0 for sample intervals, else a clock of this period.
    :param offset_sign: of the time from the trigger's sample to the crossing, which is at or
        before it: 1 gives what is to be added to the sample's time, -1 what is to be taken away.
    :param offset_unit: of that time, or ``varies`` from segment to segment.
    :param offset_of_auto: after an auto-trigger the time is ``zero``, or ``not_calculable``.
    :param stop_callback: when the callback of a run that was stopped comes: ``before`` Stop
        returns, ``after``, or ``never``.
    :param stop_drops_request: whether Stop also drops an overlapped request, which later runs would
        execute otherwise.
    :param lost_callback: whether a run tells its end when the unit is gone.
    :param discards: which calls of ``SetChannel`` and the like throw stored captures away:
        ``none``, ``changes`` of a setting, or ``all``.
    :param run_while_armed: is answered ``busy``, or does ``restart`` the run.
    :param slow_14_bit: three and four channels at 14 bits take 16 ns.
    :raises ConfigurationError: when a value is impossible.
    """

    rearm_s: float = 2e-6
    setup_s: float = 0.0
    transfer_bytes_s: float = 0.0
    max_segments: int = 0
    kept_samples: int = 0
    stamp_start: int = 123_456
    stamp_bits: int = 56
    stamp_ns: int = 0
    offset_sign: Literal[1, -1] = 1
    offset_unit: Literal["fs", "ps", "ns", "us", "ms", "s", "varies"] = "ps"
    offset_of_auto: Literal["zero", "not_calculable"] = "zero"
    stop_callback: Literal["before", "after", "never"] = "before"
    stop_drops_request: bool = True
    lost_callback: bool = True
    discards: Literal["none", "changes", "all"] = "changes"
    run_while_armed: Literal["busy", "restart"] = "busy"
    slow_14_bit: bool = False

    def __post_init__(self) -> None:
        check_choices(self, "a simulated scope")
        if not all(0 <= time_s <= 60 for time_s in (self.rearm_s, self.setup_s)):
            raise ConfigurationError("Times of block mode must be 0 to 60 s.")
        numbers = (self.transfer_bytes_s, self.max_segments, self.kept_samples, self.stamp_ns)
        if not all(number >= 0 for number in numbers):
            raise ConfigurationError("Numbers of block mode must be 0 or more.")
        if not 1 <= self.stamp_bits <= 64 or not 0 <= self.stamp_start < 1 << self.stamp_bits:
            raise ConfigurationError("The counter of triggers has 1 to 64 bits and starts in them.")
