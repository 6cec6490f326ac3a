"""Proves the captures of a simulated scope: samples, trigger positions and times.

Inside a run the times of the triggers, which the scope has counted, say where each capture lies;
where a run begins, the simulated scope itself tells. A capture whose time nobody knows is searched
for behind the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...records import Proof
from .alignment import HEAD_SAMPLES, find_alignments
from .stored_samples import StoredSamples

#: How far behind the last one a capture is searched for.
_SEARCH_SAMPLES = 1 << 24


def prove_captures(
    stored: StoredSamples,
    captures: NDArray[Any],
    runs: Sequence[Sequence[int]],
    interval_ns: float,
) -> Proof:
    """Compare all captures with what was simulated.

    :param captures: rows of ``/captures``.
    :param runs: as the simulated scope tells them, in order: raw index of the first sample and of
        the trigger of each run's first capture.
    :param interval_ns: between samples.
    """
    search = _Search(stored, list(runs), interval_ns)
    begins = np.flatnonzero(np.diff(captures["run"], prepend=-1))
    for rows in np.split(captures, begins[1:]):
        wrong = search.wrong_of_run(rows)
        if wrong is not None:
            number, why = wrong
            place = int(rows["first_sample"][number])
            index = int(np.searchsorted(captures["first_sample"], place))
            return Proof(place, f"Capture {index} {why}.", False)
    samples = int(captures["samples"].sum())
    is_one = captures.size == 1
    all_of_them = "The capture is" if is_one else f"All {captures.size} captures are"
    text = (
        f"{all_of_them} what the simulated scope captured: {samples} samples per channel, and when "
        f"{'it' if is_one else 'each'} was triggered."
    )
    return Proof(samples, text, True)


class _Search:
    """Follows the captures along the scope's samples."""

    def __init__(
        self, stored: StoredSamples, runs: list[Sequence[int]], interval_ns: float
    ) -> None:
        self._stored, self._runs, self._interval_ns = stored, runs, interval_ns
        self._end = 0

    def wrong_of_run(self, rows: NDArray[Any]) -> tuple[int, str] | None:
        """The first capture of a run that is not right, and what is wrong with it."""
        begin = self._begin(rows[0])
        if begin is None:
            return 0, "lies nowhere among what the simulated scope captured"
        first, trigger = begin
        before = rows["trigger_sample"] - rows["first_sample"]
        steps = np.round((rows["time_s"] - rows["time_s"][0]) * 1e9 / self._interval_ns)
        for number, row in enumerate(rows):
            if before[number] != trigger - first:
                return number, "has its trigger at another sample"
            place: int | None = first + int(steps[number]) if np.isfinite(steps[number]) else None
            if place is None:
                place = self._found(row)
            if place is None or place < self._end or not self._fits(row, place):
                return number, "is not what the simulated scope captured then"
            self._end = place + int(row["samples"])
        return None

    def _begin(self, row: Any) -> tuple[int, int] | None:
        """Where a run begins: as the scope tells, or else by a search."""
        for number, (first, trigger) in enumerate(self._runs):
            if first >= self._end and self._fits(row, first):
                del self._runs[: number + 1]
                return first, trigger
        place = self._found(row)
        before = int(row["trigger_sample"] - row["first_sample"])
        return None if place is None else (place, place + before)

    def _found(self, row: Any) -> int | None:
        """The next place behind the last capture at which a capture fits."""
        count = min(int(row["samples"]), HEAD_SAMPLES)
        heads = self._stored.heads(int(row["first_sample"]), count)
        places = find_alignments(heads, self._stored.stream, self._end, self._end, _SEARCH_SAMPLES)
        return next((place for place in places if self._fits(row, place)), None)

    def _fits(self, row: Any, place: int) -> bool:
        first, count = int(row["first_sample"]), int(row["samples"])
        return self._stored.fits(first, count, place - first)
