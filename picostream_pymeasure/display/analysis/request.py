"""Measurements, spectrum, histogram and events of a stretch, made in a thread of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ...config import ChannelScale
from ...reader import PicoStreamReader
from ..reading.frame_builder import FILE_ERRORS
from ..reading.recording_facts import ChannelFacts
from .event_figures import EventFigures, event_figures
from .histogram import Histogram, histogram
from .measurement import Measurements, measure
from .spectrum import Spectrum, spectrum


@dataclass(frozen=True)
class AnalysisRequest:
    """What to work out, of which stretch.

    :param channels: only these.
    :param panels: names of the panels that are open.
    :param recorded: samples there were; the same stretch of a longer recording is another one.
    :param is_between_cursors: rather than all that is shown.
    :param scales: what channels' voltages stand for, in place of what the recording says.
    """

    path: str
    channels: Mapping[str, ChannelFacts]
    begin_s: float
    end_s: float
    panels: frozenset[str]
    recorded: int
    is_between_cursors: bool = False
    scales: tuple[tuple[str, ChannelScale], ...] = ()


@dataclass(frozen=True)
class Analysis:
    """What was worked out, by channel; nothing for panels that were not asked for."""

    request: AnalysisRequest
    measurements: Mapping[str, Measurements] = field(default_factory=dict)
    spectra: Mapping[str, Spectrum] = field(default_factory=dict)
    histograms: Mapping[str, Histogram] = field(default_factory=dict)
    events: EventFigures | None = None


MEASUREMENTS, SPECTRUM, HISTOGRAM, EVENTS = "measurements", "spectrum", "histogram", "events"

#: A panel whose content comes with the picture.
MARKS = "marks"


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
                event_figures(reader, *stretch) if EVENTS in request.panels else None,
            )
    except FILE_ERRORS:
        return Analysis(request)


def _measured(
    reader: PicoStreamReader, channel: ChannelFacts, begin_s: float, end_s: float
) -> Measurements:
    found = measure(reader, channel.name, begin_s, end_s)
    clipped = bool(channel.is_clipped((found.min_v, found.max_v)).any())
    return replace(found, unit=channel.unit, clipped=clipped)
