"""Differences of two channels, shown as channels are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...errors import StorageError
from ...kernels.differences import difference_in_columns
from ...quantities import exact, is_rounding, shortened
from ...reader import Source
from .frame import Columns, Samples, Trace
from .recording_facts import RecordingFacts, difference, shown_name
from .trace_reader import SAMPLES_PER_COLUMN, read_samples, sample_range

Pairs = tuple[tuple[str, str], ...]

#: Longer stretches show no difference: its extremes follow from the samples alone.
_MOST_SAMPLES = 16_000_000

#: Read at once: a writer in the same process waits no longer than that.
_READ_SAMPLES = 1 << 20


def possible_pairs(facts: RecordingFacts, pairs: Pairs) -> Pairs:
    """Those whose channels are there and are the same kind of quantity."""
    known = {name: channel for name, channel in facts.channels.items() if not channel.is_digital}
    return tuple(
        (one, other)
        for one, other in pairs
        if one in known and other in known and known[one].unit == known[other].unit
    )


def with_differences(facts: RecordingFacts, pairs: Pairs) -> RecordingFacts:
    """The facts with those of differences behind the channels'."""
    made = [difference(facts.channels[one], facts.channels[other]) for one, other in pairs]
    return replace(facts, channels={**facts.channels, **{each.name: each for each in made}})


def with_differing_values(
    values_v: Mapping[str, tuple[float, ...]], pairs: Pairs
) -> dict[str, tuple[float, ...]]:
    """Values of channels at some instants, with their differences."""
    made = {
        f"{one}-{other}": tuple(map(_less, values_v[one], values_v[other]))
        for one, other in pairs
        if one in values_v and other in values_v
    }
    return {**values_v, **made}


def read_differences(
    source: Source, pairs: Pairs, begin_s: float, end_s: float, n_columns: int
) -> dict[str, Trace]:
    """Traces of differences; empty columns where the stretch is too long."""
    return {
        f"{one}-{other}": _read(source, one, other, begin_s, end_s, n_columns)
        for one, other in pairs
    }


def why_not_shown(
    source: Source, facts: RecordingFacts, wanted: Pairs, begin_s: float, end_s: float
) -> str:
    """Why a difference of two channels that are there is not seen in a stretch; empty if it is."""
    there = [pair for pair in wanted if facts.channels.keys() >= set(pair)]
    if not there:
        return ""
    for one, other in set(there).difference(possible_pairs(facts, wanted)):
        units = f"{facts.channels[one].unit} less {facts.channels[other].unit}"
        return f"{shown_name(f'{one}-{other}')}: {units} is no quantity"
    names = ", ".join(shown_name(f"{one}-{other}") for one, other in there)
    if source.values_per_sample != 1:
        return f"{names}: min and max of two channels do not tell those of their difference"
    first, stop = sample_range(source, begin_s, end_s)
    if stop - first > _MOST_SAMPLES:
        longest = exact(shortened(_MOST_SAMPLES * source.interval_s), "s")
        return f"{names}: shown up to {longest}, zoom in"
    return ""


def _less(value_v: float, other_v: float) -> float:
    return 0.0 if is_rounding(value_v, other_v) else value_v - other_v


def _read(
    source: Source, one: str, other: str, begin_s: float, end_s: float, n_columns: int
) -> Trace:
    first, stop = sample_range(source, begin_s, end_s)
    is_plain = source.values_per_sample == 1
    if is_plain and stop - first <= SAMPLES_PER_COLUMN * n_columns:
        try:
            minuend, less = (read_samples(source, name, begin_s, end_s) for name in (one, other))
            return Samples(minuend.times_s, minuend.values_v - less.values_v)
        except StorageError:  # some of them are missing, or were overwritten just now
            pass
    columns = np.full((n_columns, 4), np.nan)
    if is_plain and stop - first <= _MOST_SAMPLES:
        edges_s = np.linspace(begin_s, end_s, n_columns + 1)
        edges = np.clip(source.timeline.samples_at(edges_s), first, stop).astype(np.int64)
        _fill(source, one, other, edges, columns)
    return Columns(begin_s, end_s, columns)


def _fill(
    source: Source, one: str, other: str, edges: NDArray[np.int64], columns: NDArray[np.float64]
) -> None:
    scales = [source.channels[name].metadata.count_scale for name in (one, other)]
    gains = [scale.volts_per_count for scale in scales]
    shift = scales[1].offset_v - scales[0].offset_v
    for begin in range(int(edges[0]), int(edges[-1]), _READ_SAMPLES):
        end = min(begin + _READ_SAMPLES, int(edges[-1]))
        try:
            counts, less = (source.read_counts(name, begin, end) for name in (one, other))
        except StorageError:  # missing, or overwritten just now: these columns stay empty
            continue
        difference_in_columns(counts, less, gains[0], gains[1], shift, begin, edges, columns)
