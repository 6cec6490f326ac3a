"""Measurements, spectrum, histogram and events of a stretch, made in a thread of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ...reader import PicoStreamReader
from ..reading.failures import FILE_ERRORS
from ..reading.recording_facts import ChannelFacts
from .event_figures import EventFigures, event_figures
from .histogram import Histogram, histogram
from .measurement import Measurements, measure
from .request import EVENTS, HISTOGRAM, MEASUREMENTS, SPECTRUM, AnalysisRequest
from .spectrum import Spectrum, spectrum


@dataclass(frozen=True)
class Analysis:
    """What was worked out, by channel; nothing for panels that were not asked for."""

    request: AnalysisRequest
    measurements: Mapping[str, Measurements] = field(default_factory=dict)
    spectra: Mapping[str, Spectrum] = field(default_factory=dict)
    histograms: Mapping[str, Histogram] = field(default_factory=dict)
    events: EventFigures | None = None


def analyse(request: AnalysisRequest) -> Analysis:
    """Work it out; what cannot be read is left out, the picture says why."""
    try:
        with PicoStreamReader(request.path) as reader:
            reader.use_units(dict(request.scales))
            names = [name for name in request.channels if name in reader.channels]
            stretch = (request.begin_s, request.end_s)
            return Analysis(
                request,
                {name: _measured(reader, request.channels[name], *stretch) for name in names}
                if MEASUREMENTS in request.panels
                else {},
                {name: spectrum(reader, name, *stretch) for name in names}
                if SPECTRUM in request.panels
                else {},
                {name: histogram(reader, name, *stretch) for name in names}
                if HISTOGRAM in request.panels
                else {},
                event_figures(reader, *stretch, request.event_rule)
                if EVENTS in request.panels
                else None,
            )
    except FILE_ERRORS:
        return Analysis(request)


def _measured(
    reader: PicoStreamReader, channel: ChannelFacts, begin_s: float, end_s: float
) -> Measurements:
    found = measure(reader, channel.name, begin_s, end_s)
    clipped = bool(channel.is_clipped((found.min_v, found.max_v)).any())
    return replace(found, unit=channel.unit, clipped=clipped)
