"""Which event of a recording is wanted, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

from ...config import ChannelScale, EventRule


@dataclass(frozen=True)
class EventStep:
    """Which event is wanted.

    :param from_s: it begins behind this instant, or before it.
    :param is_forth: behind it.
    :param rule: what counts as one in recordings that keep everything.
    """

    path: str
    from_s: float
    is_forth: bool
    rule: EventRule | None = None
    scales: tuple[tuple[str, ChannelScale], ...] = ()


@dataclass(frozen=True)
class SteppedEvent:
    """What was found.

    :param at_s: where the event begins; of none, from where to look on.
    :param duration_s: 0 of none.
    :param words: what it is like, or why there is none.
    """

    step: EventStep
    at_s: float
    duration_s: float = 0.0
    words: str = ""
