"""What Auto shows: some periods of the strongest signal, held at its middle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

from ...reader import PicoStreamReader
from ..painting.graticule import TIME_DIVISIONS, nice_step
from ..reading.failures import FILE_ERRORS
from .auto_request import NOTHING, AutoRequest, AutoView
from .measurement import Measurements, measure
from .request import LIMIT_SAMPLES

#: Periods on the screen, at least.
_PERIODS = 3

#: A signal that has so much of the strongest one's height is as strong.
_NEARLY = 0.8

#: Share by which figures of the same signal may differ.
_NEAR = 0.05


def find_auto(request: AutoRequest) -> AutoView:
    """Look at the newest samples; a file that cannot be read gives nothing."""
    begin_s = request.end_s - LIMIT_SAMPLES * request.interval_s
    try:
        with PicoStreamReader(request.path) as reader:
            reader.use_units(dict(request.scales))
            names = [name for name in request.channels if name in reader.channels]
            found = {name: measure(reader, name, begin_s, request.end_s) for name in names}
    except FILE_ERRORS:
        return NOTHING
    return choose(found, request.present)


def choose(found: Mapping[str, Measurements], present: AutoView = NOTHING) -> AutoView:
    """The view that fits the measurements of all channels, which differ a little each time.

    :param present: what is shown now; what of it is as good stays.
    """
    analogue = {
        name: of
        for name, of in found.items()
        if not of.is_digital and of.n_samples and math.isfinite(of.peak_to_peak_v)
    }
    if not analogue:
        return NOTHING
    strongest = max(analogue.values(), key=lambda of: of.peak_to_peak_v)
    as_good = [name for name, of in analogue.items() if _is_as_good(of, strongest)]
    channel = present.channel if present.channel in as_good else as_good[0]
    chosen = analogue[channel]
    extremes_v = {name: (of.min_v, of.max_v) for name, of in analogue.items()}
    return AutoView(
        channel,
        _level_v(chosen, present.level_v if channel == present.channel else math.nan),
        _window_s(chosen.frequency_hz, present.window_s),
        extremes_v,
    )


def _is_as_good(measured: Measurements, strongest: Measurements) -> bool:
    is_as_regular = math.isfinite(measured.frequency_hz) >= math.isfinite(strongest.frequency_hz)
    return is_as_regular and measured.peak_to_peak_v >= _NEARLY * strongest.peak_to_peak_v


def _level_v(of: Measurements, present_v: float) -> float:
    middle_v = (of.min_v + of.max_v) / 2
    allowed_v = _NEAR * of.peak_to_peak_v
    return present_v if abs(present_v - middle_v) <= allowed_v else _round_v(middle_v, allowed_v)


def _round_v(value_v: float, allowed_v: float) -> float:
    """The roundest number that is hardly another one: 0 V rather than -500 µV of 2 V."""
    if not allowed_v > 0:
        return value_v
    step = Decimal(1).scaleb(math.floor(math.log10(allowed_v)))
    return float(round(Decimal(value_v) / step) * step)


def _window_s(frequency_hz: float, present_s: float) -> float:
    """As long as some periods; the present one if it is the next longer or shorter at most."""
    if not math.isfinite(frequency_hz):
        return math.nan
    shortest_s = _PERIODS / frequency_hz
    fitting_s = [
        TIME_DIVISIONS * nice_step(tolerance * shortest_s / TIME_DIVISIONS)
        for tolerance in (1.0, 1.0 - _NEAR, 1.0 + _NEAR)
    ]
    return present_s if any(math.isclose(present_s, each) for each in fitting_s) else fitting_s[0]
