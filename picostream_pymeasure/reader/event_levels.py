"""Where a signal must go to be an event, at some time of a recording."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..config import EventRule
from ..errors import ConfigurationError, StorageError
from .event_finder import EventFinder
from .source import Source

#: Of a longer baseline nothing is read just to show where it is.
_MOST_SAMPLES = 4_000_000

_DIGITS = 3


@dataclass(frozen=True)
class EventLevels:
    """What a rule means at some time.

    :param baseline_v: NaN where it is not known.
    :param sigma_v: standard deviation of the baseline, NaN where it is not known.
    """

    rule: EventRule
    baseline_v: float = math.nan
    sigma_v: float = math.nan

    @property
    def levels_v(self) -> tuple[float, ...]:
        """Voltages that an event reaches: the upper, the lower one, or both."""
        rule = self.rule
        if not rule.is_distance:
            return (rule.threshold,)
        distance_v = rule.threshold * (self.sigma_v if rule.in_sigma else 1.0)
        found = []
        if rule.direction != "falling":
            found.append(self.baseline_v + distance_v)
        if rule.direction != "rising":
            found.append(self.baseline_v - distance_v)
        return tuple(level_v for level_v in found if math.isfinite(level_v))

    def through(self, level_v: float) -> EventRule:
        """The rule with another threshold, such that it means a level at this time."""
        rule = self.rule
        if rule.is_distance:
            distance = abs(level_v - self.baseline_v) / (self.sigma_v if rule.in_sigma else 1.0)
            return replace(rule, threshold=_short(distance) or rule.threshold, hysteresis=None)
        return replace(rule, threshold=_short(level_v))


def find_levels(source: Source, rule: EventRule, time_s: float) -> EventLevels | None:
    """What a rule means for a search at a time; None where it cannot be looked for.

    Of a recording that keeps events the baseline is that of the last one before.
    """
    if not rule.is_distance:
        return EventLevels(rule)
    if source.stream_timeline is not None:
        return _of_last_event(source, rule, time_s)
    try:
        finder = EventFinder(source, rule)
        if finder.window_samples > _MOST_SAMPLES:
            return None
        return EventLevels(rule, *finder.baseline_before(source.index_at(time_s)))
    except (ConfigurationError, StorageError):  # no such channel, or overwritten just now
        return None


def _of_last_event(source: Source, rule: EventRule, time_s: float) -> EventLevels | None:
    rows = source.captures
    number = int((source.timeline.times_of(rows["first_sample"]) <= time_s).sum()) - 1
    if number < 0:
        return None
    row = rows[number]
    return EventLevels(rule, float(row["baseline_v"]), float(row["sigma_v"]))


def _short(value: float) -> float:
    """A number that people can read; 0 of 0."""
    return float(f"{value:.{_DIGITS}g}")
