"""Measurements, spectrum, histogram and events of a stretch, made in a thread of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ...reader import PicoStreamReader
from ..reading.failures import FILE_ERRORS
from ..reading.recording_facts import ChannelFacts
from .difference_measurement import measure_difference
from .event_figures import EventFigures, find_event_figures
from .histogram import Histogram, difference_histogram, make_histogram
from .measurement import Measurements, measure
from .request import EVENTS, HISTOGRAM, MEASUREMENTS, SPECTRUM, AnalysisRequest
from .spectrum import Spectrum, difference_spectrum, make_spectrum

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Analysis:
    """What was worked out, by channel; nothing for panels that were not asked for."""

    request: AnalysisRequest
    measurements: Mapping[str, Measurements] = field(default_factory=dict)
    spectra: Mapping[str, Spectrum] = field(default_factory=dict)
    histograms: Mapping[str, Histogram] = field(default_factory=dict)
    events: EventFigures | None = None


class Analyser:
    """Works out one stretch after the other; for one thread.

    A recording that grows stays open meanwhile, as for the picture.
    """

    def __init__(self) -> None:
        self._reader: PicoStreamReader | None = None

    def __call__(self, request: AnalysisRequest) -> Analysis:
        """Work it out; what cannot be read is left out, the picture says why."""
        try:
            return _analyse(self._open(request), request)
        except FILE_ERRORS:
            self.rest()
            return Analysis(request)

    def rest(self) -> None:
        """Let the file go."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _open(self, request: AnalysisRequest) -> PicoStreamReader:
        if self._reader is not None and self._reader.hdf5_path == request.path:
            self._reader.refresh()
        else:
            self.rest()
            self._reader = PicoStreamReader(request.path)
            self._reader.open()
        self._reader.use_units(dict(request.scales))
        return self._reader


def _analyse(reader: PicoStreamReader, request: AnalysisRequest) -> Analysis:
    stretch = (request.begin_s, request.end_s)
    channels = {
        name: channel
        for name, channel in request.channels.items()
        if set(channel.difference_of or (name,)) <= set(reader.channels)
    }
    found = Analysis(request)
    if MEASUREMENTS in request.panels:
        measured = {name: _measured(reader, of, *stretch) for name, of in channels.items()}
        found = replace(found, measurements=measured)
    if SPECTRUM in request.panels:
        spectra = {
            name: _made(make_spectrum, difference_spectrum, reader, of, *stretch)
            for name, of in channels.items()
        }
        found = replace(found, spectra=spectra)
    if HISTOGRAM in request.panels:
        histograms = {
            name: _made(make_histogram, difference_histogram, reader, of, *stretch)
            for name, of in channels.items()
        }
        found = replace(found, histograms=histograms)
    if EVENTS in request.panels:
        found = replace(found, events=find_event_figures(reader, *stretch, request.event_rule))
    return found


def _measured(
    reader: PicoStreamReader, channel: ChannelFacts, begin_s: float, end_s: float
) -> Measurements:
    found = _made(measure, measure_difference, reader, channel, begin_s, end_s)
    clipped = bool(channel.is_clipped((found.min_v, found.max_v)).any())
    return replace(found, unit=channel.unit, clipped=clipped, step_v=channel.step_v)


def _made(
    of_channel: Callable[[PicoStreamReader, str, float, float], _Made],
    of_difference: Callable[[PicoStreamReader, str, str, float, float], _Made],
    reader: PicoStreamReader,
    channel: ChannelFacts,
    begin_s: float,
    end_s: float,
) -> _Made:
    """What one function makes of a channel, and another one of a difference of two."""
    if channel.difference_of:
        return of_difference(reader, *channel.difference_of, begin_s, end_s)
    return of_channel(reader, channel.name, begin_s, end_s)
