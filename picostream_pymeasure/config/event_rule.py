"""What counts as an event of a signal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from ..errors import ConfigurationError, shown
from .field_types import require_types
from .limits import CHANNEL_NAMES

EventDirection = Literal["rising", "falling", "either"]
EVENT_DIRECTIONS: tuple[str, ...] = get_args(EventDirection)

#: An event in sigmas lasts from where the signal leaves to where it is back within this share of
#: the threshold: 3 sigma to detect where 5 keep.
_DETECT_SHARE = 0.6
_LONGEST_S = 3600.0

#: Of V and of sigmas; beyond it the search could no longer count.
_MOST = 1e6

#: Times that may be 0, and those that may not.
_MAY_BE_ZERO = {"min_width_s": "The shortest event", "hold_off_s": "The hold-off of events"}
_MAY_NOT = {"baseline_s": "The baseline of events", "max_width_s": "The longest event"}


@dataclass(frozen=True)
class EventRule:
    """Which stretches of a channel are events.

    A signal is compared with its running baseline: mean and sigma of the ``baseline_s`` before,
    without outliers. Events longer than about half of that become baseline themselves: choose it
    longer than they are.

    :param channel: ``"A"`` to ``"D"``.
    :param direction: ``"rising"``, ``"falling"`` or ``"either"``.
    :param threshold: what an event must reach: so many sigma from the baseline, or V.
    :param in_sigma: whether it is in sigma. In V it is the level itself, for ``"either"`` the
        distance from the baseline.
    :param hysteresis: by how much less, in the same unit, an event begins and ends; None is 0.4 of
        a threshold in sigma, and 0 V.
    :param min_width_s: shorter events are none.
    :param max_width_s: longer ones are cut there; the search goes on where the signal is near the
        baseline that it has by then.
    :param baseline_s: length of the windows that the baseline is taken of.
    :param hold_off_s: events that begin so soon after the end of the last one are passed over.
    :param max_rate_hz: of more events in a second those that come last are passed over.
    :raises ConfigurationError: with what is allowed.
    """

    channel: str
    direction: EventDirection = "either"
    threshold: float = 5.0
    in_sigma: bool = True
    hysteresis: float | None = None
    min_width_s: float = 0.0
    max_width_s: float = 1.0
    baseline_s: float = 0.01
    hold_off_s: float = 0.0
    max_rate_hz: float = math.inf

    def __post_init__(self) -> None:
        require_types(self)
        if self.channel not in CHANNEL_NAMES:
            raise ConfigurationError(
                f"Events are looked for on channel A, B, C or D, not {shown(self.channel)}."
            )
        self._check_threshold()
        self._check_times()

    def _check_threshold(self) -> None:
        if not abs(self.threshold) <= _MOST or (self.is_distance and self.threshold <= 0):
            raise ConfigurationError(self._why_no_threshold())
        if self.is_distance and not 0 <= self.hysteresis_value < self.threshold:
            raise ConfigurationError(
                "The hysteresis of events must be 0 or more, and less than the threshold."
            )
        if not 0 <= self.hysteresis_value <= _MOST:
            raise ConfigurationError(f"The hysteresis of events must be 0 V to {_MOST:.0f} V.")

    def _why_no_threshold(self) -> str:
        if self.in_sigma:
            return (
                f"The threshold of events must be more than 0 sigma and at most {_MOST:.0f}, not "
                f"{self.threshold:g}."
            )
        if self.is_distance:
            return (
                "In either direction the threshold of events is a distance from the baseline, more "
                f"than 0 V, up to {_MOST:.0f} V; name a direction, rising or falling, for a level."
            )
        return f"The level of events must be -{_MOST:.0f} V to {_MOST:.0f} V."

    def _check_times(self) -> None:
        for name, what in _MAY_BE_ZERO.items():
            if not 0 <= getattr(self, name) <= _LONGEST_S:
                raise ConfigurationError(f"{what} must be 0 s to {_LONGEST_S:g} s.")
        for name, what in _MAY_NOT.items():
            if not 0 < getattr(self, name) <= _LONGEST_S:
                raise ConfigurationError(f"{what} must be more than 0 s, up to {_LONGEST_S:g} s.")
        if self.max_width_s < self.min_width_s:
            raise ConfigurationError(
                f"The least width of an event ({self.min_width_s:g} s) cannot be more than the "
                f"greatest ({self.max_width_s:g} s)."
            )
        if not self.max_rate_hz >= 1:
            raise ConfigurationError(
                "The greatest rate of events must be 1 a second or more; a hold-off keeps fewer."
            )

    @property
    def is_distance(self) -> bool:
        """Whether the threshold counts from the baseline, and is no level of its own."""
        return self.in_sigma or self.direction == "either"

    @property
    def hysteresis_value(self) -> float:
        """The hysteresis, or what stands in for None."""
        if self.hysteresis is not None:
            return self.hysteresis
        return (1 - _DETECT_SHARE) * self.threshold if self.in_sigma else 0.0
