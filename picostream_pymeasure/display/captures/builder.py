"""Makes pictures of captures from the file; for one thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...kernels.density import add_density, finish_density
from ...reader import RecordedCaptures, Source
from ..reading.differences import Pairs, possible_pairs, why_not_shown
from ..reading.failures import FILE_ERRORS, words
from ..reading.kept_source import KeptSource, file_signature
from ..reading.recording_facts import RecordingFacts
from .curves import ChannelCurve, Curve, DifferenceCurve, Stretches
from .picture import CapturesPicture, CapturesRequest, Overlay, SingleCapture, Span

#: Samples of a channel that are drawn at most; more take a second and look no different.
_MOST_SAMPLES = 2**26

#: Room above and below what is drawn, as a part of it.
_MARGIN = 0.05


class CapturesBuilder:
    """Makes pictures; the overlay is made once for as long as file and size stay the same."""

    def __init__(self) -> None:
        self._sources = KeptSource()
        self._kept: tuple[object, CapturesPicture] | None = None

    def __call__(self, request: CapturesRequest) -> CapturesPicture:
        """Make a picture; of a file that cannot be read it says why."""
        try:
            with self._sources.open(request.path, dict(request.scales)) as (source, facts):
                return self._picture(request, source, facts)
        except FILE_ERRORS as error:
            return CapturesPicture(request, message=words(error))

    def rest(self) -> None:
        """Let the file go."""
        self._sources.close()

    def _picture(
        self, request: CapturesRequest, source: Source, facts: RecordingFacts
    ) -> CapturesPicture:
        captures = RecordedCaptures(source)
        if not len(captures):
            return CapturesPicture(request, message="No capture is complete.")
        pairs = possible_pairs(facts, request.differences)
        key = (file_signature(request.path), len(captures), replace(request, number=None))
        if self._kept is None or self._kept[0] != key:
            self._kept = key, _overlaid(request, source, captures, pairs)
        units = {facts.channels[name].unit for name in _analogue(source)}
        unit = units.pop() if len(units) == 1 else ""
        note = why_not_shown(source, facts, request.differences, 0.0, 0.0)
        picture = replace(self._kept[1], request=request, unit=unit, note=note)
        if request.number is None:
            return picture
        single = _single(captures, _analogue(source), pairs, request.number)
        return replace(picture, single=single)


def _analogue(source: Source) -> list[str]:
    """Channels that have volts; bit patterns of ports cannot be laid over each other."""
    return [name for name, found in source.channels.items() if not found.metadata.is_digital]


def _single(
    captures: RecordedCaptures, names: list[str], pairs: Pairs, number: int
) -> SingleCapture:
    last = len(captures) - 1
    one = captures[min(max(number if number >= 0 else number + len(captures), 0), last)]
    values_v = {name: one.voltages_mv[name] / 1e3 for name in names}
    differing_v = {f"{name}-{less}": values_v[name] - values_v[less] for name, less in pairs}
    return SingleCapture(
        number=one.number,
        trigger_time_s=one.trigger_time_s,
        times_s=one.times_s,
        values_v=values_v | differing_v,
        over_range=one.over_range,
    )


def _overlaid(
    request: CapturesRequest, source: Source, captures: RecordedCaptures, pairs: Pairs
) -> CapturesPicture:
    rows = captures.rows
    n_samples = int(rows["samples"][0])
    others = np.flatnonzero(rows["samples"] != n_samples)  # fewer came than were asked for
    rows = rows[: others[0]] if others.size else rows
    step = -(-len(rows) * n_samples // _MOST_SAMPLES)
    stretches = Stretches(source, rows, n_samples, step)
    before = int(rows["trigger_sample"][0] - rows["first_sample"][0])
    times_s = (np.arange(n_samples, dtype=np.float64) - before) * source.interval_s
    channels = {name: ChannelCurve(stretches, name) for name in _analogue(source)}
    differences = [DifferenceCurve(channels[name], channels[less]) for name, less in pairs]
    curves: list[Curve] = [*channels.values(), *differences]
    whole = _whole(stretches, curves, times_s)
    span = whole if request.span is None else _inside(request.span, whole)
    return CapturesPicture(
        request,
        captures=len(captures),
        drawn=stretches.drawn,
        span=span,
        whole=whole,
        times_s=times_s,
        overlays={
            curve.name: _overlay(request, stretches, curve, span, times_s[0]) for curve in curves
        },
    )


def _whole(stretches: Stretches, curves: Sequence[Curve], times_s: NDArray[np.float64]) -> Span:
    """All curves on one scale, so that a row is a row of pixels for each of them."""
    pairs = [_extremes_v(curve) for curve in curves]
    low_v, high_v = min(low for low, _ in pairs), max(high for _, high in pairs)
    room_v = _MARGIN * (high_v - low_v) or 1e-3
    room_s = 0.0 if times_s.size > 1 else stretches.source.interval_s  # one sample is a line
    begin_s, end_s = float(times_s[0]) - room_s, float(times_s[-1]) + room_s
    return Span(begin_s, end_s, low_v - room_v, high_v + room_v)


def _inside(wanted: Span, whole: Span) -> Span:
    """The part of what is wanted in which there is something; voltages go on beyond it."""
    begin_s, end_s = max(wanted.begin_s, whole.begin_s), min(wanted.end_s, whole.end_s)
    return replace(wanted, begin_s=begin_s, end_s=end_s) if begin_s < end_s else whole


def _overlay(
    request: CapturesRequest, stretches: Stretches, curve: Curve, span: Span, first_s: float
) -> Overlay:
    low, high = map(curve.scale.counts, (span.low_v, span.high_v))
    interval_s = stretches.source.interval_s
    begin, end = ((time_s - first_s) / interval_s for time_s in (span.begin_s, span.end_s))
    total = np.zeros(stretches.n_samples)
    steps = np.zeros((request.n_columns, request.n_rows + 1), np.int32)
    for numbers, shifts in curve.read():
        add_density(numbers, shifts, begin, end, low, high, steps)
        total += numbers.sum(axis=0, dtype=np.float64)  # exact: counts are whole numbers
    return Overlay(finish_density(steps), curve.scale.volts(total / stretches.drawn))


def _extremes_v(curve: Curve) -> tuple[float, float]:
    """Lowest and highest voltage that is drawn."""
    pairs = [(float(numbers.min()), float(numbers.max())) for numbers, _ in curve.read()]
    extremes = [min(low for low, _ in pairs), max(high for _, high in pairs)]
    low_v, high_v = curve.scale.volts(np.array(extremes)).tolist()
    return low_v, high_v
