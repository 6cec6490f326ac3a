"""What the ledger says of a stream against what was true, and any habits that drivers have.

The real poll loop runs on a virtual clock, so that minutes of a stream take milliseconds. What is
true is computed from the samples, each of which knows its index.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from picostream_pymeasure.simulated import Habits
from tests.support.virtual_stream import Told

#: How far a told length may be from the truth.
ERROR_MS = 5.0

SILENT: dict[str, Any] = {"overrun_signal": "none"}


def require_places(told: Told, from_ms: float = ERROR_MS) -> None:
    """Every true loss of some length lies in the place of a gap that is told."""
    shortest = from_ms * 1e6 / told.interval_ns
    places = np.array([place for place, missing in told.truth if missing > shortest], int)
    rows = np.array(sorted((row.earliest, row.latest) for row in told.rows), int).reshape(-1, 2)
    farthest = np.maximum.accumulate([-1, *rows[:, 1]])
    reached = farthest[np.searchsorted(rows[:, 0], places, side="right")] >= places
    assert reached.all(), (places[~reached], told.rows)


def slower_ppm(habits: Habits) -> float:
    """How much slower than it reports the scope is."""
    wrong_ppm = 0.0 if habits.interval_answer == "exact" else habits.interval_ppm
    return wrong_ppm - habits.clock_ppm


def error_ms(habits: Habits, seconds: float) -> float:
    """How far a told length may be from the truth: that or one packet, and what the scope's clock
    and interval differ from the host's in a stream so long.
    """
    clock_ppm = abs(habits.clock_ppm) + abs(habits.interval_ppm)
    return max(ERROR_MS, {"25ms": 25.0}.get(habits.packet, 0.0)) + clock_ppm * 1e-3 * seconds


def require_rate(told: Told, true_ppm: float) -> None:
    """The stated deviation of the rate is right to its stated accuracy."""
    error_ppm = told.findings.rate_deviation_ppm - true_ppm
    assert abs(error_ppm) <= told.findings.rate_accuracy_ppm


def require_length(told: Told) -> None:
    """The told loss is right to its stated accuracy."""
    assert abs(told.missed_ms()) <= told.findings.lost_accuracy_s * 1e3


ANY_HABITS = st.builds(
    Habits,
    packet=st.sampled_from(["all", "500", "1ms", "25ms"]),
    packets_a_call=st.sampled_from([0, 0, 0, 400]),
    quiet_calls=st.sampled_from([0, 0, 2]),
    nothing_new=st.sampled_from(["0", "37", "39", "67", "silent", "never"]),
    wrap=st.sampled_from(["next_call", "later", "same_call", "early"]),
    memory_full=st.sampled_from(["oldest", "newest"]),
    loss_told=st.sampled_from(["at_once", "at_hole"]),
    clock_ppm=st.sampled_from([-100.0, 0.0, 100.0]),
    clock_drift_ppm_h=st.sampled_from([0.0, 10.0]),
    interval_ppm=st.sampled_from([0.0, 0.0, 300.0]),
    interval_answer=st.sampled_from(["exact", "ns", "nominal"]),
    call_s=st.sampled_from([0.0, 0.005, 0.03]),
    restart=st.sampled_from(["anew", "goes_on"]),
)

SIGNALS = st.sampled_from(["flag", "stall", "both", "none"])
