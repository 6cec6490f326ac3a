"""The running totals of a stream, and what its ledger knows in the end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..config import StreamConfig
from ..records import Health, Outcome
from . import access
from .drain import running_totals
from .layout import NO_LAG, RECENT
from .state import SharedState

#: Before so much has passed, a rate means nothing.
_SHORTEST_RATE_NS = 20e6
#: Nor does one that may be wrong by all of it.
_MOST_UNKNOWN_PPM = 1e6
#: No clocks differ by more.
_CLOCKS_PPM = 1000
#: Pauses between polls of which nobody says what has been sampled meanwhile.
_LAST_POLLS = 3


def read_health(state: SharedState, config: StreamConfig) -> Health:
    """Read the totals."""
    totals = running_totals(state.records[0], state.drains[0])
    elapsed_ns, received, lost, gaps, filled = totals
    return Health(
        elapsed_s=elapsed_ns / 1e9,
        received=received,
        stored=state.drain("stored"),
        lost=lost,
        gaps=gaps,
        pool_fill=filled / max(int(state["n_blocks"]), 1),
        over_range={
            channel.name: int(state["over_range"][row])
            for row, channel in enumerate(config.channels)
        },
        actual_rate_hz=_rate_hz(state),
    )


def _rate_hz(state: SharedState) -> float:
    """Samples per second by the host's clock, between moments at which nothing waited.

    What was lost before the file was sampled.
    """
    index, at_ns = int(state["rate_index"]), int(state["rate_ns"])
    if index == 0:
        return 0.0
    index += state.drain("lost_before")
    passed_ns = at_ns - int(state["run_ns"]) - _first_base_ns(state)
    return index * 1e9 / passed_ns if passed_ns > _SHORTEST_RATE_NS else 0.0


def _first_base_ns(state: SharedState) -> float:
    first = float(state["first_base_ns"])
    return first if first != NO_LAG else float(state["base_ns"])


@dataclass(frozen=True)
class Findings:
    """What the ledger knows in the end, as fields of :class:`~picostream_pymeasure.Outcome`."""

    lost_accuracy_s: float
    smallest_visible_loss: int
    rate_deviation_ppm: float
    rate_accuracy_ppm: float
    mark_accuracy_s: float


def find(state: SharedState) -> Findings:
    """Sum up the ledger."""
    interval_ns = float(state["interval_ns"])
    has_seen = float(state["first_base_ns"]) != NO_LAG
    visible_ns = float(state["visible_ns"]) if has_seen else 0.0
    return Findings(
        lost_accuracy_s=_lost_accuracy_s(state),
        smallest_visible_loss=int(visible_ns / interval_ns) + 1 if visible_ns else 0,
        **_rate_deviation(state),
        mark_accuracy_s=mark_accuracy_s(state),
    )


def sum_up(
    state: SharedState,
    config: StreamConfig,
    ended: tuple[str, str],
    simulation: Mapping[str, Any] | None,
    *,
    is_short: bool,
) -> Outcome:
    """Make the final word of a stream.

    :param ended: how, and one sentence about it.
    :param simulation: what a simulated scope tells of itself.
    :param is_short: fewer samples came than were asked for, and none of them are lost.
    """
    first_sample = max(state.drain("first"), 0)
    triggered_at = state.read(access.TRIGGERED_AT)
    ended_by, reason = ended
    return Outcome(
        ended_by=ended_by,
        reason=reason,
        health=read_health(state, config),
        trigger_sample=triggered_at - first_sample if triggered_at >= 0 else None,
        first_stream_sample=first_sample,
        simulation=simulation,
        is_short=is_short,
        **asdict(find(state)),
    )


def samples_to_come(state: SharedState) -> int:
    """How many samples of a duration neither came nor are told as missing."""
    if int(state["beyond"]):
        return 0
    told = int(state["lost"]) + int(state["open_lost"]) - int(state["lost_at_trigger"])
    return max(0, int(state["target"]) - int(state["accepted"]) - told)


def usual_shortage(state: SharedState) -> int:
    """Samples that clocks, and the last poll, may let a duration lack."""
    by_clocks = int(state["target"]) * _CLOCKS_PPM // 1_000_000
    return by_clocks + int(_LAST_POLLS * int(state["poll_ns"]) / float(state["interval_ns"])) + 2


def _rate_deviation(state: SharedState) -> dict[str, float]:
    """How much slower than reported the samples came, and how well that is known, in ppm.

    It is how much the lag grew from its lowest of the first second to its lowest of the last
    deliveries, and what was told as missing in the file without a signal. Either may lie above the
    true one by a delivery and a call; so may what follows a gap whose length is an estimate. NaN as
    long as nobody can know.
    """
    begin_ns, end_ns, growth_ns = int(state["first_low_ns"]), *_lowest_end(state)
    if float(state["first_base_ns"]) == NO_LAG or end_ns <= begin_ns:
        return {"rate_deviation_ppm": math.nan, "rate_accuracy_ppm": math.nan}
    lost_ns = (int(state["lost"]) - state.drain("lost_before")) * float(state["interval_ns"])
    growth_ns += min(float(state["unreported_ns"]), lost_ns) - float(state["first_low_lag_ns"])
    late_ns = float(state["late_ns"]) * (1 + int(state["settlements"]))
    ppm = 1e6 / (end_ns - begin_ns)
    if late_ns * ppm > _MOST_UNKNOWN_PPM:
        return {"rate_deviation_ppm": math.nan, "rate_accuracy_ppm": math.nan}
    return {"rate_deviation_ppm": growth_ns * ppm, "rate_accuracy_ppm": late_ns * ppm}


def _lost_accuracy_s(state: SharedState) -> float:
    """How far the told loss may be from the true one; 0 if no length in the file is an estimate.

    Lengths are differences of lags, of which each may be too high. What waited in the scope when
    overruns followed each other without rest cannot be told from what was lost, nor what is
    missing at the file's first sample from what was before it.
    """
    gaps = state.read(access.GAP_COUNT) - state.drain("gaps_before")
    n_estimates = int(state["estimates"])
    if not (gaps and n_estimates):
        return 0.0
    late_ns = float(state["late_ns"]) * (1 + n_estimates)
    doubtful_ns = state.drain("lost_doubtful") * float(state["interval_ns"])
    return (late_ns + float(state["untold_wait_ns"]) + doubtful_ns) / 1e9


def _lowest_end(state: SharedState) -> tuple[int, float]:
    """When the lag was lowest at the end, and that lag."""
    count = min(RECENT, int(state["recent_count"]))
    if not count:  # the last thing known is what was told as missing
        return int(state["last_data_ns"]), float(state["base_ns"])
    lowest = int(np.argmin(state["recent_lag_ns"][:count]))
    return int(state["recent_ns"][lowest]), float(state["recent_lag_ns"][lowest])


def mark_accuracy_s(state: SharedState) -> float:
    """How far a mark's sample may lie from its time.

    The time of a sample is known from moments at which nothing waited, which the loop may miss by
    a pause between two polls and the length of a call, and the driver by a delivery. Of all marks
    that were told it is the largest.
    """
    late_ns = float(state["poll_ns"]) + float(state["call_ns"]) + float(state["handover_ns"])
    return max(late_ns + float(state["interval_ns"]), float(state["mark_late_ns"])) / 1e9
