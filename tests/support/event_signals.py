"""Signals with events, and a slow search for these that anyone can check."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from picostream_pymeasure.kernels import events as kernel

_FEWEST, _MOST = 1, 400

Found = list[tuple[int, ...]]


@st.composite
def pulsed(draw: st.DrawFn, dtype: type) -> NDArray[Any]:
    """Noise that drifts, with pulses up and down at any place, also over each other."""
    size = draw(st.integers(_FEWEST, _MOST))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    values = rng.normal(0, draw(st.sampled_from((0, 0.5, 3))), size)
    values += draw(st.sampled_from((0, 0.05, -0.4, 5))) * np.arange(size)
    for _ in range(draw(st.integers(0, 8))):
        begin, width = draw(st.integers(0, size)), draw(st.integers(1, 60))
        values[begin : begin + width] += draw(st.sampled_from((-90, -12, -4, 4, 12, 90)))
    limits = np.iinfo(dtype)
    return values.clip(-limits.max, limits.max).astype(dtype)


signals = st.one_of(
    pulsed(np.int16),
    pulsed(np.int8),
    hnp.arrays(np.int16, st.integers(_FEWEST, _MOST), elements=st.integers(-20, 20)),
    hnp.arrays(
        np.int16,
        st.integers(_FEWEST, _MOST),
        elements=st.sampled_from((0, 1, -1, 100, -100, 32767, -32767)),
    ),
    hnp.arrays(np.int8, st.integers(_FEWEST, _MOST), elements=st.integers(-127, 127)),
)


def each_an_event(size: int) -> NDArray[np.int16]:
    """Above and below the baseline with every sample."""
    values = np.random.default_rng(5).integers(100, 1000, size)
    values[1::2] *= -1
    return values.astype(np.int16)


def slow_events(
    values: NDArray[Any], window: int, rule: Any, limits: list[tuple[float, ...]] | None = None
) -> Found:
    """One sample after the other: side, start, stop, extreme, sum, cut.

    :param limits: of each window, by default what the window before gives.
    """
    limits = limits or [
        slow_limits(values, max(n - 1, 0), window, rule) for n in range(len(values) // window + 1)
    ]
    found, index = [], 0
    while index < len(values):
        low, high, keep_low, keep_high = limits[index // window]
        side = 1 if values[index] >= high else -1 if values[index] <= low else 0
        stop = index
        while (
            side
            and stop < len(values)
            and (values[stop] >= high if side > 0 else values[stop] <= low)
        ):
            stop += 1
        part = values[index : min(stop, index + int(rule["longest"]))].astype(int)
        if side and len(part) >= rule["shortest"]:
            extreme = part.max() if side > 0 else part.min()
            if extreme >= keep_high if side > 0 else extreme <= keep_low:
                is_cut = len(part) == rule["longest"] or index + len(part) == len(values)
                found.append((side, index, index + len(part), extreme, part.sum(), int(is_cut)))
        if len(part) == rule["longest"] and side:
            index += len(part)
            while index < len(values) and not (
                limits[index // window][0] < values[index] < limits[index // window][1]
            ):
                index += 1
        else:
            index = max(stop, index + 1)
    return found


def slow_limits(values: NDArray[Any], n: int, window: int, rule: Any) -> tuple[float, ...]:
    """What window ``n`` tells: detect low and high, keep low and high."""
    mean, sigma = kernel.baseline_of(values[n * window : (n + 1) * window])
    sigma = max(sigma, float(rule["least_sigma"]))
    borders = []
    for amount in (rule["detect"], rule["keep"]):
        for sign, counts in ((-1, rule["falls"]), (1, rule["rises"])):
            scaled = amount * (sigma if rule["scale"] == kernel.SIGMAS else 1.0)
            border = amount if rule["scale"] == kernel.LEVEL else mean + sign * scaled
            borders.append(border if counts else sign * np.inf)
    return tuple(borders)


def slow_choice(found: Found, hold_off: int, most: float) -> Found:
    """Those that count; all of it lasts less than a second."""
    chosen: Found = []
    free_from = 0
    for event in found:
        if event[1] >= free_from and len(chosen) < most:
            chosen.append(event)
            free_from = event[2] + hold_off
    return chosen
