"""Marks: from the host's time to the sample that was taken then."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from . import access
from .layout import NO_LAG
from .state import SharedState
from .totals import mark_accuracy_s

#: A mark waits for a settled ledger so long at most.
_LONGEST_WAIT_NS = 12_000_000_000


class Mark(NamedTuple):
    """What the user said, and when by the stream's clock."""

    time_ns: int
    label: str
    value: float


def is_ripe(state: SharedState, mark: Mark) -> bool:
    """Whether the sample of a mark is known: nothing is suspected, and the next poll is over."""
    if state.drain("first") < 0 or not state.drain("zero_is_final"):
        return False
    now_ns = int(state["now_ns"])
    if now_ns - mark.time_ns > _LONGEST_WAIT_NS:
        return True
    is_calm = not state["open_gaps"] and not state["suspect_since_ns"] and not state["more_waits"]
    return bool(is_calm and int(state["before_ns"]) > mark.time_ns)


def sample_of(state: SharedState, mark: Mark) -> int | None:
    """File index of the sample that was taken at a mark; None if it is not in the file.

    A mark at a sample that had not been fetched when the stream ended gets the last one, if that
    lies within the accuracy. One that seems to lie before the first sample of a stream without a
    trigger gets that: the scope had been started.
    """
    first = state.drain("first")
    index = _index_in_file(state, mark)
    margin = int(mark_accuracy_s(state) * 1e9 / float(state["interval_ns"])) + 1
    if first < 0 or (index < -margin and int(state["pre_trigger"]) >= 0):
        return None
    end = int(state["accepted"]) - first
    if state.read(access.ENDED) and index >= end:
        return end - 1 if end > 0 and index < end + margin else None
    return max(index, 0)


def keep_accuracy(state: SharedState, mark: Mark) -> None:
    """Let what is stated in the end hold for a mark that is told now."""
    early_ns = -_index_in_file(state, mark) * float(state["interval_ns"])
    state["mark_late_ns"] = max(mark_accuracy_s(state) * 1e9, early_ns)


def _index_in_file(state: SharedState, mark: Mark) -> int:
    """Index among the samples of the file, also before its first one."""
    return _index_in_stream(state, _true_index(state, mark.time_ns)) - state.drain("first")


def _true_index(state: SharedState, time_ns: int) -> int:
    """How many samples the scope had taken by then, those that are missing too."""
    base_ns = float(state["base_ns"])
    lag_ns = base_ns if base_ns != NO_LAG else 0.0
    return int((time_ns - int(state["run_ns"]) - lag_ns) // float(state["interval_ns"]))


def _index_in_stream(state: SharedState, true_index: int) -> int:
    """Index among the samples that arrived."""
    rows = state.gaps[: state.read(access.GAP_COUNT)]
    rows = np.sort(rows[rows["estimate"] > 0][["index", "estimate"]], order="index")
    lost_after = np.cumsum(rows["estimate"][::-1])[::-1]
    lost_before = int(state["lost"]) - lost_after
    number = int(np.searchsorted(rows["index"] + lost_before, true_index, side="right")) - 1
    if number < 0:
        return true_index - (int(lost_before[0]) if len(rows) else int(state["lost"]))
    lost = int(lost_before[number] + rows["estimate"][number])
    return max(true_index - lost, int(rows["index"][number]))
