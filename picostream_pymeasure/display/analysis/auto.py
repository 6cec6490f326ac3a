"""What Auto shows: some periods of the strongest signal, held at its middle."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ...reader import PicoStreamReader
from ..painting.axes import TIME_DIVISIONS, nice_step
from ..reading.failures import FILE_ERRORS
from .auto_request import AutoRequest, AutoView
from .measurement import Measurements, measure
from .stretches import LIMIT_SAMPLES

#: Periods on the screen, at least.
_PERIODS = 3


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
