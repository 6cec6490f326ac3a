"""What is kept of a stream, held against a slow search of all of it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from picostream_pymeasure.config import ChannelConfig, EventRule, KeepConfig
from picostream_pymeasure.keeping import kernel_rule
from tests.support.event_signals import Found, each_an_event, signals, slow_choice, slow_events
from tests.support.kept_memory import RATE_HZ, FedStream, MemorySink, describe


def kept(
    values: NDArray[Any], keep: KeepConfig, cuts: list[int], channels: str = "A"
) -> tuple[FedStream, MemorySink, Any]:
    dtype = "i1" if values.dtype == np.int8 else "<i2"
    behind = MemorySink((len(channels), 2 * values.shape[1]), dtype)
    stream = FedStream(describe(keep, channels, dtype), behind)
    record = stream.sink._memory.record[0].copy()  # type: ignore[union-attr]
    stream.feed(values, cuts)
    stream.end()
    return stream, behind, record


rules = st.builds(
    lambda direction, threshold, share, shortest, longest, window, hold_off, most: EventRule(
        "A",
        direction,
        threshold,
        hysteresis=threshold * share,
        min_width_s=shortest / RATE_HZ,
        max_width_s=max(longest, shortest) / RATE_HZ,
        baseline_s=window / RATE_HZ,
        hold_off_s=hold_off / RATE_HZ,
        max_rate_hz=most,
    ),
    st.sampled_from(("rising", "falling", "either")),
    st.floats(0.5, 5),
    st.floats(0, 0.9),
    st.integers(1, 4),
    st.integers(2, 60),
    st.integers(10, 60),  # of less no baseline is taken
    st.sampled_from((0, 1, 2, 3, 20)),
    st.sampled_from((1.0, 5.0, 1e9)),
)
examples = st.tuples(
    signals,
    rules,
    st.integers(0, 40),
    st.integers(0, 40),
    st.lists(st.integers(1, 400), max_size=6),
)


def test_each_sample_may_be_an_event() -> None:
    values = each_an_event(500_000)  # more than are searched at once
    rule = EventRule(
        "A", "either", 0.001, hysteresis=0.0, baseline_s=values.size / RATE_HZ, max_rate_hz=1.0
    )
    stream, _, _ = kept(values[None], KeepConfig(rule, 0.0, 0.0), [])
    assert stream.sink.totals.found == values.size


def segments(chosen: Found, before: int, after: int, size: int) -> list[tuple[int, int]]:
    return [(max(start - before, 0), min(stop + after, size)) for _, start, stop, *_ in chosen]


@given(examples)
def test_kept_are_the_events_of_the_slow_search(
    example: tuple[NDArray[Any], EventRule, int, int, list[int]],
) -> None:
    values, rule, before, after, cuts = example
    keep = KeepConfig(rule, before / RATE_HZ, after / RATE_HZ)
    stream, behind, record = kept(values[None], keep, cuts)

    found = slow_events(values, int(record["window"]), record["rule"])
    chosen = slow_choice(found, int(record["pace"]["hold_off"]), rule.max_rate_hz)
    windows = segments(chosen, before, after, values.size)
    wanted = np.zeros(values.size, bool)
    for begin, end in windows:
        wanted[begin:end] = True

    assert behind.counts[0].tolist() == values[wanted].tolist()
    stored = np.cumsum(wanted) - wanted
    expected = [
        (a, b - a, stored[a], start - a, stop - start)
        for (a, b), (_, start, stop, *_) in zip(windows, chosen, strict=True)
    ]
    rows = behind.rows
    triggers = rows["trigger_sample"] - rows["first_sample"]
    columns = (rows["stream_sample"], rows["samples"], rows["first_sample"], triggers)
    assert (
        list(zip(*(c.tolist() for c in columns), rows["event_samples"].tolist(), strict=True))
        == expected
    )
    totals = stream.sink.totals
    assert (totals.found, totals.kept, totals.cut) == (
        len(found),
        len(chosen),
        sum(is_cut for *_, is_cut in chosen),
    )
    assert (totals.samples, totals.stored) == (values.size, int(wanted.sum()))


def test_a_stream_is_longer_than_the_memory_of_it() -> None:
    rule = EventRule("B", "falling", 8, baseline_s=0.1, max_width_s=0.05)
    before, after = 700, 200
    values = np.random.default_rng(3).normal(0, 5, (2, 1_000_000)).astype(np.int16)
    begins = np.arange(5000, values.shape[1], 13_331)
    wanted = np.zeros(values.shape[1], bool)
    for begin in begins:
        values[1, begin : begin + 100] -= 300
        wanted[begin - before : begin + 100 + after] = True
    cuts = list(range(0, values.shape[1], 99_991))
    keep = KeepConfig(rule, before / RATE_HZ, after / RATE_HZ)
    _, behind, record = kept(values, keep, cuts, "AB")
    assert record["capacity"] < values.shape[1] / 3
    assert (behind.rows["stream_sample"] + before).tolist() == begins.tolist()
    assert (behind.counts == values[:, wanted]).all()


def pace(rule: EventRule) -> tuple[int, float]:
    return round(rule.hold_off_s * RATE_HZ), rule.max_rate_hz


#: What keeping does that has a fault: stretches that are stored.
FAULTS: dict[str, Callable[[Found, EventRule, int, int, int], Any]] = {
    "hold-off": lambda f, r, b, a, n: segments(
        slow_choice(f, pace(r)[0] + 1, r.max_rate_hz), b, a, n
    ),
    "greatest rate": lambda f, r, b, a, n: segments(
        slow_choice(f, pace(r)[0], r.max_rate_hz + 1), b, a, n
    ),
    "before": lambda f, r, b, a, n: segments(slow_choice(f, *pace(r)), b + 1, a, n),
    "after": lambda f, r, b, a, n: segments(slow_choice(f, *pace(r)), b, a + 1, n),
    "joined": lambda f, r, b, a, n: cut_up(segments(slow_choice(f, *pace(r)), b, a, n)),
}


def cut_up(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """As if each began behind the one before at the earliest."""
    ends = [0, *(end for _, end in stretches)]
    return [(max(begin, last), end) for (begin, end), last in zip(stretches, ends, strict=False)]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_generated_streams_show_each_fault(fault: str) -> None:
    def is_shown(example: tuple[NDArray[Any], EventRule, int, int, list[int]]) -> bool:
        values, rule, before, after, _ = example
        scale = ChannelConfig("A", 5.0).count_scale(32767)
        window = round(rule.baseline_s * RATE_HZ)
        found = slow_events(values, window, kernel_rule(rule, 1 / RATE_HZ, scale, 16))
        right = segments(slow_choice(found, *pace(rule)), before, after, values.size)
        return FAULTS[fault](found, rule, before, after, values.size) != right

    quickly = settings(max_examples=2000, phases=[Phase.generate], database=None)
    find(examples, is_shown, settings=quickly, random=Random(1))
