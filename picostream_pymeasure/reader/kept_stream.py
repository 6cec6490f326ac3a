"""What is read of a recording that keeps only events: the whole stream, and the events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..config import EventRule
from ..errors import ConfigurationError, FileFormatError
from .found_events import FoundEvents, is_clipped

if TYPE_CHECKING:
    from .source import Source

_KINDS = (np.minimum, np.maximum)


def fill_from_stream(
    source: Source, channel: str, edges_s: NDArray[np.float64], columns_mv: NDArray[np.float64]
) -> None:
    """Draw from the overview of the stream what was not kept: columns that are NaN.

    :param edges_s: of the columns, shape ``(n + 1,)``.
    :param columns_mv: shape ``(n, 4)``; written.
    """
    stream, recording = source.stream_timeline, source.recording
    assert stream is not None
    totals = recording.stream_totals
    bins = recording.stream_bins(channel).astype(np.int64)
    stop = min(totals.samples, len(bins) * totals.samples_per_bin)
    edges = np.clip(stream.samples_at(edges_s), 0, stop)
    empty = np.isnan(columns_mv[:, 0]) & (edges[1:] > edges[:-1])
    if not empty.any():
        return
    first = edges[:-1][empty] // totals.samples_per_bin
    last = np.maximum(-(-edges[1:][empty] // totals.samples_per_bin), first + 1)
    low, high = (_reduced(kind, bins[:, n], first, last) for n, kind in enumerate(_KINDS))
    metadata = source.channels[channel].metadata
    pairs = np.stack([low, low, high, high], axis=1)
    columns_mv[empty] = metadata.millivolts(pairs)


def _reduced(
    kind: Any, values: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The kind over each stretch of values."""
    padded = np.append(values, values[-1])  # a stretch may end behind the last one
    bounds = np.stack([first, last], axis=1).ravel()
    found: NDArray[np.int64] = kind.reduceat(padded, bounds)[::2]
    return found


def kept_events(source: Source) -> FoundEvents:
    """The events, as a search of the whole stream gives them.

    :raises FileFormatError: the file does not say what they are.
    """
    recording, stream = source.recording, source.stream_timeline
    assert stream is not None
    rows = recording.captures
    starts = rows["stream_sample"] + rows["trigger_sample"] - rows["first_sample"]
    samples = rows["event_samples"]
    settings = recording.attributes.json("keep")
    try:
        rule = EventRule(**settings["rule"])
    except (TypeError, KeyError, ConfigurationError) as error:
        raise FileFormatError(f"{recording.path} does not say what was kept.") from error
    scale = source.channels[source.channel_name(rule.channel)].metadata.input_scale
    return FoundEvents(
        rule=rule,
        start_sample=starts,
        samples=samples,
        start_s=stream.times_of(starts),
        duration_s=samples * source.interval_s,
        amplitude_v=rows["amplitude_v"],
        area_vs=rows["area_vs"],
        baseline_v=rows["baseline_v"],
        sigma_v=rows["sigma_v"],
        is_cut=rows["is_cut"].astype(bool),
        is_clipped=is_clipped(scale, source.highest_count, rows["baseline_v"], rows["amplitude_v"]),
        at_gap=at_gap(stream.gap_starts, starts, starts + samples),
        passed_over=recording.stream_totals.passed_over,
    )


def at_gap(
    gaps: NDArray[np.int64], starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether a gap lies before one of the samples, or directly behind the last."""
    before = np.searchsorted(gaps, starts, side="left")
    return np.asarray(np.searchsorted(gaps, stops, side="right") > before)
