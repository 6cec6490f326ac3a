"""What Auto shows: some periods of the strongest signal, held at its middle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...config import ChannelScale
from ...reader import PicoStreamReader
from ..painting.axes import TIME_DIVISIONS, nice_step
from ..reading.frame_builder import FILE_ERRORS
from .measurement import Measurements, measure
from .stretches import LIMIT_SAMPLES

#: Periods on the screen, at least.
_PERIODS = 3


@dataclass(frozen=True)
class AutoRequest:
    """Which channels of which recording to look at, up to when."""

    path: str
    channels: tuple[str, ...]
    end_s: float
    interval_s: float
    scales: tuple[tuple[str, ChannelScale], ...] = ()


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


def find_auto(request: AutoRequest) -> AutoView:
    """Look at the newest samples; a file that cannot be read gives nothing."""
    begin_s = request.end_s - LIMIT_SAMPLES * request.interval_s
    try:
        with PicoStreamReader(request.path) as reader:
            reader.use_units(dict(request.scales))
            names = [name for name in request.channels if name in reader.channels]
            found = {name: measure(reader, name, begin_s, request.end_s) for name in names}
    except FILE_ERRORS:
        return AutoView()
    return choose(found)


def choose(found: Mapping[str, Measurements]) -> AutoView:
    """The view that fits the measurements of all channels."""
    analogue = {name: of for name, of in found.items() if not of.is_digital and of.n_samples}
    if not analogue:
        return AutoView()
    channel = max(analogue, key=lambda name: analogue[name].peak_to_peak_v)
    strongest = analogue[channel]
    window_s = math.nan
    if math.isfinite(strongest.frequency_hz):
        shortest_s = _PERIODS / strongest.frequency_hz
        window_s = TIME_DIVISIONS * nice_step(shortest_s / TIME_DIVISIONS)
    extremes_v = {name: (of.min_v, of.max_v) for name, of in analogue.items()}
    return AutoView(channel, (strongest.min_v + strongest.max_v) / 2, window_s, extremes_v)
