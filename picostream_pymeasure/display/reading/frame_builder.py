"""Makes frames from files: opens, reads what the pixels need, closes."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...errors import ConfigurationError
from ...reader import EventLevels, Source, find_levels
from .comparison import ComparisonReader
from .differences import (
    possible_pairs,
    read_differences,
    why_not_shown,
    with_differences,
    with_differing_values,
)
from .failures import FILE_ERRORS, words
from .frame import (
    Columns,
    EventMark,
    Frame,
    GapMark,
    Overview,
    Trace,
)
from .frame_request import FrameRequest
from .kept_source import KeptSource, file_signature
from .lane_reader import read_lanes
from .recording_facts import ChannelFacts, RecordingFacts, RecordingState
from .state_words import ARMED
from .trace_reader import is_bounded, read_columns, read_traces, read_values, sample_range
from .trigger_search import find_last_edge
from .unread_file import without_file
from .view_range import Mode

#: The whole of a growing recording is read for each picture, unless that takes more of the time.
_OVERVIEW_SHARE = 0.1

#: The longest gaps and the newest events of a stretch; more could not be told apart.
_MOST_MARKS = 40

#: A finished file is closed when it has not been read for so long.
_IDLE_S = 1.0

#: How far back an edge is looked for, in windows and at least.
_SEARCH_WINDOWS = 3
_SEARCH_S = 0.2


class FrameBuilder:
    """Builds one frame after the other; for one thread."""

    def __init__(self) -> None:
        self._files = KeptSource()
        self._comparisons = ComparisonReader()
        self._overview: Overview | None = None
        self._overview_of: tuple[object, ...] = ()
        self._overview_due_s = 0.0
        self._busy_s = 0.0
        self._held: tuple[str, float | None] = ("", None)
        self._settled: tuple[FrameRequest, object, Frame] | None = None

    def __call__(self, request: FrameRequest) -> Frame:
        """Build a frame, or return the last one when it would be the same again.

        A file that cannot be read gives a frame with a message.
        """
        try:
            if (missing := without_file(request)) is not None:
                self._settled = None
                self._files.close()
                return missing
            signature = file_signature(request.path)
            if self._settled is not None and self._settled[:2] == (request, signature):
                self._rest_if_idle()
                return self._settled[2]
            self._busy_s = time.monotonic()
            with self._files.open(request.path, dict(request.scales)) as (source, facts):
                frame = self._build(request, source, facts)
        except FILE_ERRORS as error:
            self._settled = None
            return Frame(request.path, request.view, message=words(error))
        is_settled = facts.is_finished and not request.comparisons
        self._settled = (request, signature, frame) if is_settled else None
        return frame

    def _rest_if_idle(self) -> None:
        if time.monotonic() - self._busy_s > _IDLE_S:
            self.rest()

    def rest(self) -> None:
        """Keep no file open; to be called when no frame was wanted for a while."""
        self._files.close()
        self._comparisons.close()

    def _build(self, request: FrameRequest, source: Source, facts: RecordingFacts) -> Frame:
        begin_s, end_s, trigger_s = self._stretch(request, source, facts)
        pairs = possible_pairs(facts, request.differences)
        note = why_not_shown(source, facts, request.differences, begin_s, end_s)
        facts = with_differences(facts, pairs)
        frame = Frame(request.path, request.view, begin_s, end_s, facts=facts, trigger_s=trigger_s)
        if not facts.stored:
            return replace(frame, message=_why_empty(facts))
        try:
            traces = read_traces(source, source.channels, begin_s, end_s, request.n_columns)
            traces |= read_differences(source, pairs, begin_s, end_s, request.n_columns)
        except ConfigurationError as error:  # too much at once: the facts are shown all the same
            return replace(frame, message=str(error))
        first, stop = sample_range(source, begin_s, end_s)
        return replace(
            frame,
            traces=traces,
            n_samples=stop - first,
            note=note,
            event_levels=_levels(request, source, min(end_s, facts.end_s)),
            over_range={
                name: clipped_stretches(trace, facts.channels[name])
                for name, trace in traces.items()
            },
            gaps=_gaps(source, begin_s, end_s, request.n_columns),
            events=_events(source, begin_s, end_s),
            marks=_marks(source, source.events[-request.n_marks :]) if request.n_marks else (),
            overview=self._whole(request, source, facts),
            comparisons=self._comparisons.read(
                request.comparisons, begin_s, end_s, request.n_columns, dict(request.scales)
            ),
            lanes=read_lanes(source, begin_s, end_s, request.n_columns),
            values_v=with_differing_values(read_values(source, request.instants_s), pairs),
            kept_s=_kept_stretches(source, begin_s, end_s, request.n_columns),
        )

    def _stretch(
        self, request: FrameRequest, source: Source, facts: RecordingFacts
    ) -> tuple[float, float, float | None]:
        view = request.view
        if view.mode is Mode.STILL:
            return view.begin_s, view.end_s, None
        if view.mode is Mode.TRIGGER and request.edge.channel in source.channels:
            found = self._triggered(request, source, facts)
            if found is not None:
                begin_s = found - request.edge.position * view.window_s
                return begin_s, begin_s + view.window_s, found
        begin_s, end_s = view.rolling_stretch(facts.end_s, request.n_columns, facts.is_finished)
        return begin_s, end_s, None

    def _triggered(
        self, request: FrameRequest, source: Source, facts: RecordingFacts
    ) -> float | None:
        """The newest edge after which there are samples up to the right end of the window."""
        window_s, edge = request.view.window_s, request.edge
        last_s = facts.end_s - (1 - edge.position) * window_s
        first_s = max(last_s - max(_SEARCH_WINDOWS * window_s, _SEARCH_S), facts.begin_s)
        found = find_last_edge(source, edge, first_s, last_s)
        if found is not None or not edge.keeps_waiting:
            self._held = request.path, found
        return self._held[1] if self._held[0] == request.path else None

    def _whole(
        self, request: FrameRequest, source: Source, facts: RecordingFacts
    ) -> Overview | None:
        if not request.n_overview or not is_bounded(source, facts.begin_s, facts.end_s):
            return None
        begun_s = time.monotonic()
        drawn = (request.path, request.n_overview, facts if facts.is_finished else None)
        is_fresh = facts.is_finished or begun_s < self._overview_due_s
        if drawn == self._overview_of and is_fresh:
            return self._overview
        self._overview_of = drawn
        self._overview = _read_overview(source, facts, request.n_overview)
        self._overview_due_s = begun_s + (time.monotonic() - begun_s) / _OVERVIEW_SHARE
        return self._overview


def _levels(request: FrameRequest, source: Source, time_s: float) -> EventLevels | None:
    rule = request.event_rule
    if rule is None or rule.channel not in source.channels:
        return None
    return find_levels(source, rule, time_s)


def _why_empty(facts: RecordingFacts) -> str:
    if facts.state is RecordingState.ARMED:
        return f"{ARMED.capitalize()}: waiting for the trigger, {facts.trigger}."
    if facts.is_finished:
        return f"The recording holds no samples. {facts.reason}".rstrip()
    return "No samples yet."


def clipped_stretches(trace: Trace, channel: ChannelFacts) -> NDArray[np.float64]:
    """Begins and ends, float64 of shape ``(n, 2)``, of the stretches that reach the last codes."""
    clipped = channel.is_clipped(trace.values_v)
    if isinstance(trace, Columns):
        edges_s = np.linspace(trace.begin_s, trace.end_s, len(clipped) + 1)
        begins, ends = _runs(np.logical_or(clipped[:, 1], clipped[:, 2]))
        return np.stack((edges_s[begins], edges_s[ends]), axis=1)
    begins, ends = _runs(clipped)
    return np.stack((trace.times_s[begins], trace.times_s[ends - 1]), axis=1)


def _runs(flags: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where runs of True begin, and where they have ended."""
    changes = np.diff(np.concatenate(([False], flags, [False])).astype(np.int8))
    return np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)


def _read_overview(source: Source, facts: RecordingFacts, n_columns: int) -> Overview:
    begin_s, end_s = facts.begin_s, facts.end_s
    return Overview(
        traces={
            name: read_columns(source, name, begin_s, end_s, n_columns) for name in source.channels
        },
        gaps=tuple(_gaps(source, begin_s, end_s, n_columns)),
        event_times_s=tuple(event.time_s for event in _events(source, begin_s, end_s)),
        kept_s=_kept_stretches(source, begin_s, end_s, n_columns),
    )


def _kept_stretches(
    source: Source, begin_s: float, end_s: float, n_columns: int
) -> NDArray[np.float64]:
    """Begins and ends of what was kept of a stream, joined where less than a column is between."""
    stream, rows = source.stream_timeline, source.captures
    if stream is None or not len(rows):
        return np.empty((0, 2))
    firsts_s = stream.times_of(rows["stream_sample"])
    stops_s = stream.times_of(rows["stream_sample"] + rows["samples"] - 1) + stream.interval_s
    is_inside = (stops_s > begin_s) & (firsts_s < end_s)
    if not is_inside.any():
        return np.empty((0, 2))
    firsts_s, stops_s = firsts_s[is_inside], np.maximum.accumulate(stops_s[is_inside])
    is_apart = firsts_s[1:] - stops_s[:-1] >= (end_s - begin_s) / n_columns
    lefts, rights = np.append(True, is_apart), np.append(is_apart, True)
    return np.stack((firsts_s[lefts], stops_s[rights]), axis=1)


def _gaps(source: Source, begin_s: float, end_s: float, n_columns: int) -> tuple[GapMark, ...]:
    """The longest gaps of a stretch, however short they are; between captures nothing is lost."""
    if not source.gaps.size:
        return ()
    timeline = source.stream_timeline or source.timeline
    first, stop = timeline.samples_at(np.array([begin_s, end_s])).tolist()
    starts = timeline.wide_gaps(first - 1, stop + 1, 1, _MOST_MARKS)
    numbers = np.searchsorted(timeline.gap_starts, starts, side="left")
    return tuple(
        GapMark(
            float(start + timeline.missing[number]) * timeline.interval_s,
            float(start + timeline.missing[number + 1]) * timeline.interval_s,
            source.gaps["cause"][number].decode(errors="replace"),
            bool(source.gaps["missing"][number] >= 0),
        )
        for start, number in zip(starts.tolist(), numbers.tolist(), strict=True)
    )


def _events(source: Source, begin_s: float, end_s: float) -> tuple[EventMark, ...]:
    """The newest events of a stretch."""
    first, stop = source.timeline.samples_at(np.array([begin_s, end_s])).tolist()
    rows = source.events
    rows = rows[(rows["sample_index"] >= first) & (rows["sample_index"] < stop)]
    return _marks(source, rows[-_MOST_MARKS:])


def _marks(source: Source, rows: NDArray[np.void]) -> tuple[EventMark, ...]:
    return tuple(
        EventMark(
            float(source.timeline.times(int(row["sample_index"]), 1)[0]),
            row["label"].decode(errors="replace"),
            float(row["value"]),
        )
        for row in rows
    )
