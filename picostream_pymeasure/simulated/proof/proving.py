"""Proves a simulated recording: every sample is what the simulated scope delivered.

The simulated scope makes each sample a function of channel and index in the stream, so that loss,
doubling or reordering shows in the file alone. The samples are followed along the stream. Where
they leave it the file must list a gap, and they are found again further on: where the scope itself
says that it lost samples, or else, in a file left by a crash or with more losses than the scope can
say, by a search: of one loss around the estimate, of several from where they are left on.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FileFormatError, counted
from ...records import Proof
from ..kernels.signal import expected_values as simulated_values
from .alignment import HEAD_SAMPLES, find_alignments
from .captures import prove_captures
from .holes import Holes
from .kept import prove_kept
from .listed_gaps import ListedGap, list_gaps
from .stored_samples import Provable, StoredSamples

_log = logging.getLogger(__name__)

#: ``f(simulation, channel, first_sample, count)`` gives int16, ``count * values_per_sample``.
ExpectedValues = Callable[[Mapping[str, Any], str, int, int], NDArray[np.int16]]

#: How far the host's clock may be wrong about the length of a gap.
_SEARCH_S = 2.0
#: Samples of a stretch that are searched for: fewer where another loss follows soon.
_HEADS = (HEAD_SAMPLES, HEAD_SAMPLES >> 5, HEAD_SAMPLES >> 10)
#: How far the next of several losses is searched for before all of them are taken for one.
_REACHES = (1 << 12, 1 << 16, 1 << 20)
#: What is told of several losses may be wrong by so much.
_ESTIMATE_S = 0.05
#: Places at which the samples are looked at when their begin fits at several.
_MAX_PLACES = 100
#: So many samples at a place that the scope tells of, or the file exactly, are no accident.
_SURE_SAMPLES = 64
#: No scope is faster; a damaged file may say so, and the search would not end.
_SHORTEST_INTERVAL_NS = 1.0
#: Gaps of which the proof tells in words.
_TOLD_GAPS = 20


def prove(
    recording: Provable, samples: int, expected_values: ExpectedValues = simulated_values
) -> Proof:
    """Compare the first ``samples`` samples of all channels with what was simulated.

    :param expected_values: in the place of the simulated scope's own.
    """
    simulation = recording.attributes.json("simulation")
    if not isinstance(simulation, dict):
        return Proof(0, "The file does not say what was simulated.", False)
    is_captured = recording.runs is None and recording.captures.size > 0
    if is_captured and not simulation.get("runs"):
        return Proof(0, "The recording ended before it could say what was captured.", False)
    stored = StoredSamples(recording, partial(_described, expected_values, simulation))
    first = recording.first_stream_sample
    interval_ns = max(recording.stored_interval_ns, _SHORTEST_INTERVAL_NS)
    holes = Holes(simulation.get("holes", []))
    if is_captured:
        runs = simulation.get("runs", [])
        return prove_captures(stored, recording.captures, runs, interval_ns)
    search = _Search(stored, samples, holes, 1e9 / interval_ns)
    if recording.runs is not None:
        is_told = bool(simulation.get("holes")) or not recording.gaps.size
        nearest = _nowhere if is_told else search.nearest
        told = sum(gap.estimate for gap in list_gaps(recording.gaps))
        return prove_kept(stored, recording.runs, holes, first, nearest, told, search.window)
    return _walk(search, list_gaps(recording.gaps), search.begin(recording))


def _nowhere(position: int, offset: int, stop: int) -> None:
    """Where samples go on that the scope did not lose."""


def _described(
    expected_values: ExpectedValues,
    simulation: Mapping[str, Any],
    channel: str,
    first_sample: int,
    count: int,
) -> NDArray[np.int16]:
    """What a file's description of the signal gives.

    :raises FileFormatError: it describes none.
    """
    try:
        return expected_values(simulation, channel, first_sample, count)
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        _log.debug("a simulation that cannot be computed", exc_info=True)
        raise FileFormatError("its description of the simulated signal is damaged.") from error


def _walk(search: _Search, gaps: list[ListedGap], offset: int) -> Proof:
    """Follow the samples up to the first that is wrong."""
    position = 0
    while True:
        right, channel = search.stored.agreement(position, search.samples, offset)
        position += right
        if position == search.samples:
            break
        n_before = bisect_right(gaps, position, key=lambda gap: gap.earliest)
        gap = gaps[n_before - 1] if n_before else None
        stop = gaps[n_before].earliest if n_before < len(gaps) else search.samples
        found = search.go_on(position, offset, gap, min(stop, search.samples)) if gap else None
        if gap is None or found is None:
            return Proof(position, _why(position, channel, gap), False)
        if not _lies_in(gap, search, position, found):
            return Proof(position, _why(position, channel, None), False)
        gap.found += found - offset
        offset = found
    return _verdict(search.samples, gaps)


def _lies_in(gap: ListedGap, search: _Search, position: int, offset: int) -> bool:
    """Whether the loss can lie in the gap: samples may look alike for a while behind it."""
    distance = max(0, position - gap.latest)
    return search.stored.fits(position - distance, distance, offset)


def _why(position: int, channel: str, gap: ListedGap | None) -> str:
    if gap is not None and gap.latest >= position:
        return f"The samples from {position} on fit nowhere near the estimated gap."
    return f"Sample {position} of channel {channel} is not what the simulated scope delivered."


def _verdict(samples: int, gaps: list[ListedGap]) -> Proof:
    """All gaps are told: what the samples show of each, or that they cannot show it."""
    shown = [gap for gap in gaps if gap.latest < samples or gap.found]
    at_end = [gap for gap in gaps if gap.latest >= samples and not gap.found]
    if wrong := [gap for gap in shown if gap.problem]:
        return Proof(wrong[0].place, wrong[0].problem, False)
    told = [gap for gap in shown if gap.is_told]
    rest = [*(gap for gap in shown if not gap.is_told), *told[_TOLD_GAPS:]]
    text = f"All {samples} samples per channel are what the simulated scope delivered."
    if not samples:
        text = "The file holds no samples: there is nothing to compare."
    parts = [text, *(gap.text for gap in told[:_TOLD_GAPS])]
    parts += [_rest_text(rest, bool(told)), _end_text(at_end)]
    return Proof(samples, " ".join(filter(None, parts)), True)


def _rest_text(gaps: list[ListedGap], others_are_told: bool) -> str:
    if not gaps:
        return ""
    what = _counted(gaps)
    if others_are_told:
        what = "the other gap" if what == "1 gap" else f"the other {what}"
    found, estimate = sum(gap.found for gap in gaps), sum(gap.estimate for gap in gaps)
    return f"In {what} {found} samples are missing (the file says {estimate})."


def _end_text(gaps: list[ListedGap]) -> str:
    if not gaps:
        return ""
    lies = "lies" if sum(gap.rows for gap in gaps) == 1 else "lie"
    return f"{_counted(gaps)} {lies} too near the end for the samples to show what is missing."


def _counted(gaps: list[ListedGap]) -> str:
    return counted(sum(gap.rows for gap in gaps), "gap")


class _Search:
    """Finds where in the stream stored samples belong."""

    def __init__(self, stored: StoredSamples, samples: int, holes: Holes, rate_hz: float) -> None:
        self.stored, self.samples = stored, samples
        self._holes = holes
        self.window, self._uncertain = round(_SEARCH_S * rate_hz), round(_ESTIMATE_S * rate_hz)

    def begin(self, recording: Provable) -> int:
        """Index in the stream of the first sample.

        Nothing in the file tells what was lost before it, or only how much that was about.
        """
        gaps = list_gaps(recording.gaps)
        end = min([self.samples, HEAD_SAMPLES, *(gap.earliest for gap in gaps if gap.earliest)])
        first, told = recording.first_stream_sample, recording.missing_before
        for offset in (*map(self._holes.index_of, (first, first - told)), first):
            if self.stored.fits(0, end, offset):
                return offset
        lowest = max(0, first - self._uncertain) if told else first
        found = self._best(0, first, lowest, first - lowest, HEAD_SAMPLES, end, end)[1]
        return first if found is None else found

    def go_on(self, position: int, offset: int, gap: ListedGap, stop: int) -> int | None:
        """Offset with which the samples from ``position`` on fit, None for none.

        :param stop: where the next gap may begin.
        """
        told = [offset + gap.estimate - gap.found] if gap.is_exact else []
        sure = min(_SURE_SAMPLES, self.samples - position)
        for candidate in (*told, *self._holes.offsets(position + offset, offset)):
            if candidate != offset and self._fits_on(position, candidate, sure):
                return candidate
        near = None
        if gap.rows > 1 or gap.found:
            near = self._next_of_several(position, offset, gap, stop)
        return self._search(position, offset, gap, stop) if near is None else near

    def _fits_on(self, position: int, offset: int, count: int) -> bool:
        """Whether so many samples fit, over the losses that the scope tells of."""
        for length, missing in self._holes.stretches(position + offset, count):
            if not self.stored.fits(position, length, offset):
                return False
            position, offset = position + length, offset + missing
        return True

    def nearest(self, position: int, offset: int, stop: int) -> int | None:
        """The nearest offset further on with which samples up to ``stop`` go on."""
        return self._near(position, offset, position + offset, stop, stop)[1]

    def _next_of_several(self, position: int, offset: int, gap: ListedGap, stop: int) -> int | None:
        """The nearest place; where nothing more is missing behind it, only if the sum is right."""
        end = self._end_of_heads(position, stop)
        length, found = self._near(position, offset, 0, stop, end)
        if found is None or position + length < stop:
            return found
        left = gap.estimate - gap.found
        return found if abs(found - offset - left) <= self._uncertain else None

    def _near(
        self, position: int, offset: int, lowest: int, stop: int, end: int
    ) -> tuple[int, int | None]:
        """What :meth:`_best` finds, ever further from where the samples were left."""
        here = position + offset
        for reach, size in product(_REACHES, reversed(_HEADS)):
            length, found = self._best(position, here, lowest, reach, size, stop, end)
            if found is not None:
                return length, found
        return 0, None

    def _search(self, position: int, offset: int, gap: ListedGap, stop: int) -> int | None:
        here = position + offset
        lowest = max(0, here - self.window)  # a driver may hand the same over twice
        estimate = max(lowest, here + gap.estimate - gap.found)
        window, end = max(self.window, estimate - here), self._end_of_heads(position, stop)
        for size in _HEADS:
            found = self._best(position, estimate, lowest, window, size, stop, end)[1]
            if found is not None:
                return found
        return None

    def _end_of_heads(self, position: int, stop: int) -> int:
        return stop if stop - position >= _SURE_SAMPLES else self.samples

    def _best(
        self, position: int, estimate: int, lowest: int, window: int, size: int, stop: int, end: int
    ) -> tuple[int, int | None]:
        """How many samples up to ``stop`` fit at the first place where all do, or else most.

        :param end: heads are searched for that end before it.
        """
        heads = self.stored.heads(position, min(size, end - position))
        places = find_alignments(heads, self.stored.stream, estimate, lowest, window)
        longest, best = 0, None
        for place in islice(places, _MAX_PLACES):
            length = self.stored.agreement(position, stop, place - position)[0]
            if length > longest:
                longest, best = length, place - position
            if longest == stop - position:
                break
        return longest, best
