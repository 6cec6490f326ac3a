"""What Auto is to look at, and what it shows then."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...config import ChannelScale


@dataclass(frozen=True)
class AutoView:
    """What to show.

    :param channel: the strongest one; empty if there is no signal.
    :param level_v: half way between its extremes.
    :param window_s: NaN where nothing repeats itself.
    :param extremes_v: of every channel.
    """

    channel: str = ""
    level_v: float = math.nan
    window_s: float = math.nan
    extremes_v: Mapping[str, tuple[float, float]] = field(default_factory=dict)


#: Of a signal that there is none of.
NOTHING = AutoView()


@dataclass(frozen=True)
class AutoRequest:
    """Which channels of which recording to look at, up to when.

    :param present: what the picture is held at now; it stays where it is as good.
    """

    path: str
    channels: tuple[str, ...]
    end_s: float
    interval_s: float
    scales: tuple[tuple[str, ChannelScale], ...] = ()
    present: AutoView = NOTHING
