"""What is kept of a stream, held against a slow search of all of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from picostream_pymeasure.config import EventRule, KeepConfig
from tests.kernels.test_events import slow_events
from tests.support.kept_memory import RATE_HZ, FedStream, MemorySink, describe

#: The shortest baseline at this rate.
WINDOW = 10


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
    lambda direction, threshold, share, shortest, longest, hold_off, most: EventRule(
        "A",
        direction,
        threshold,
        hysteresis=threshold * share,
        min_width_s=shortest / RATE_HZ,
        max_width_s=max(longest, shortest) / RATE_HZ,
        baseline_s=WINDOW / RATE_HZ,
        hold_off_s=hold_off / RATE_HZ,
        max_rate_hz=most,
    ),
    st.sampled_from(("rising", "falling", "either")),
    st.floats(0.5, 5),
    st.floats(0, 0.9),
    st.integers(1, 4),
    st.integers(2, 60),
    st.integers(0, 20),
    st.sampled_from((1.0, 5.0, 1e9)),
)
signals = st.one_of(
    hnp.arrays(np.int16, st.integers(1, 400), elements=st.integers(-20, 20)),
    hnp.arrays(np.int16, st.integers(1, 400), elements=st.sampled_from((0, 1, 100, -32767))),
    hnp.arrays(np.int8, st.integers(1, 400), elements=st.integers(-127, 127)),
)


@given(
    signals,
    rules,
    st.integers(0, 40),
    st.integers(0, 40),
    st.lists(st.integers(1, 400), max_size=6),
    st.integers(-2, 2),
)
def test_kept_are_the_events_of_the_slow_search(
    values: NDArray[Any], rule: EventRule, before: int, after: int, cuts: list[int], drift: int
) -> None:
    values = (values + drift * (np.arange(values.size) // 7 % 13)).astype(values.dtype)
    keep = KeepConfig(rule, before / RATE_HZ, after / RATE_HZ)
    stream, behind, record = kept(values[None], keep, cuts)

    found = slow_events(values, WINDOW, record["rule"])
    chosen, free_from, in_second = [], 0, 0
    for _, start, stop, *_ in found:  # all of it lasts less than a second
        if start >= free_from and in_second < rule.max_rate_hz:
            chosen.append((start, stop))
            in_second, free_from = in_second + 1, stop + record["pace"]["hold_off"]
    wanted = np.zeros(values.size, bool)
    windows = [(max(a - before, 0), min(b + after, values.size)) for a, b in chosen]
    for begin, end in windows:
        wanted[begin:end] = True

    assert behind.counts[0].tolist() == values[wanted].tolist()
    stored = np.cumsum(wanted) - wanted
    expected = [
        (a, b - a, stored[a], start - a, stop - start)
        for (a, b), (start, stop) in zip(windows, chosen, strict=True)
    ]
    rows = behind.rows
    triggers = rows["trigger_sample"] - rows["first_sample"]
    columns = (rows["stream_sample"], rows["samples"], rows["first_sample"], triggers)
    assert (
        list(zip(*(c.tolist() for c in columns), rows["event_samples"].tolist(), strict=True))
        == expected
    )
    totals = stream.sink.totals
    assert (totals.found, totals.kept) == (len(found), len(chosen))
    assert (totals.samples, totals.stored) == (values.size, int(wanted.sum()))
