"""Proves a simulated recording: every sample is what the simulated scope delivered.

The simulated scope makes each sample a function of channel and index in the stream, so that loss,
doubling or reordering shows in the file alone. The samples are followed along the stream. Where
they leave it the file must list a gap, and they are found again further on: where the scope itself
says that it lost samples, or else, in a file left by a crash or with more losses than the scope can
say, by a search: of one loss around the estimate, of several from where they are left on. So are
samples that are missing because the driver told of them wrongly: the scope did not lose them there.
Of a file that keeps only events the same holds; what was not kept lies between its samples.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FileFormatError, counted
from ...records import Proof
from ..kernels.signal import expected_values as simulated_values
from .captures import prove_captures
from .holes import Holes, not_compared
from .listed_gaps import ListedGap, list_gaps
from .search import Search
from .stored_samples import Provable, StoredSamples

_log = logging.getLogger(__name__)

#: ``f(simulation, channel, first_sample, count)`` gives int16, ``count * values_per_sample``.
ExpectedValues = Callable[[Mapping[str, Any], str, int, int], NDArray[np.int16]]

#: No scope is faster; a damaged file may say so, and the search would not end.
_SHORTEST_INTERVAL_NS = 1.0
#: Clocks explain no more than this.
_CLOCKS_PPM = 1000
#: In less time no loss shows that the driver does not report.
_BLIND_S = 1.0
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
    interval_ns = max(recording.stored_interval_ns, _SHORTEST_INTERVAL_NS)
    until = simulation.get("holes_until")  # older files lack it
    holes = Holes(simulation.get("holes", []), until)
    if is_captured:
        runs = simulation.get("runs", [])
        return prove_captures(stored, recording.captures, runs, interval_ns)
    if recording.runs is not None:
        samples = recording.runs.stop
    search = Search(stored, samples, holes, 1e9 / interval_ns)
    most = _most_unreported(recording, stored.received_before(samples))
    walk = _Walk(search, list_gaps(recording.gaps), most)
    return walk.run(search.begin(recording), recording.runs is not None)


def _most_unreported(recording: Provable, samples: int) -> int:
    """Samples that may be missing without a gap: nobody reported them, and no clock shows them.

    :param samples: so many were received up to the last one.
    """
    least = recording.attributes.whole("smallest_visible_loss", -1, 2**62, 0)
    if least < 0:
        least = round(_BLIND_S * 1e9 / max(recording.stored_interval_ns, _SHORTEST_INTERVAL_NS))
    return least + samples * _CLOCKS_PPM // 1_000_000 if least else 0


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


class _Walk:
    """Follows the samples up to the first that is wrong, or that nobody can tell from a wrong one.

    :param most: samples that may be missing beside the gaps.
    """

    def __init__(self, search: Search, gaps: list[ListedGap], most: int) -> None:
        self._search, self._gaps, self._most = search, gaps, most
        #: Where losses lie that the scope alone tells of, and their lengths.
        self._unreported: dict[int, int] = {}
        #: First sample and offset of each stretch without a loss.
        self._stretches: list[tuple[int, int]] = []
        #: First sample behind a loss that the scope did not tell of.
        self._unsure: int | None = None

    def run(self, offset: int, is_kept: bool) -> Proof:
        """Begin with the first sample, which has that offset.

        :param is_kept: whether only events are.
        """
        search, position = self._search, 0
        while True:
            self._stretches.append((position, offset))
            right, channel = search.stored.agreement(position, search.samples, offset)
            position += right
            if position == search.samples:
                self._doubt_unseen()
                text = _all_text(position, is_kept)
                return _verdict(position, text, self._gaps, self._unreported, self._unsure)
            index = search.stored.received(position) + offset
            if self._unsure is None and index >= search.holes.until:
                self._unsure = position
            found, why = self._go_on(position, offset, channel)
            if found is None:
                is_sure = self._unsure is None
                return Proof(position, why, False) if is_sure else not_compared(position)
            offset = found

    def _go_on(self, position: int, offset: int, channel: str) -> tuple[int | None, str]:
        """The next offset, or None and what is wrong."""
        gaps, search = self._gaps, self._search
        n_before = bisect_right(gaps, position, key=lambda gap: gap.earliest)
        gap = gaps[n_before - 1] if n_before else None
        stop = self._next_gap(n_before)
        found = search.go_on(position, offset, gap, stop) if gap else None
        if gap is not None and found is not None and _lies_in(gap, search, position, found):
            gap.found += found - offset
            if gap.is_sure and not gap.is_exact:
                gap.is_sure = search.is_sure(position, offset, found, stop)
            return found, ""
        if (untold := search.unreported(position, offset)) is not None:
            self._unreported[position] = untold - offset
            if sum(self._unreported.values()) <= self._most:
                return untold, ""
        return None, _why(position, channel, gap if found is None else None)

    def _next_gap(self, number: int) -> int:
        """Where the samples before the gap of that number, or all of them, end."""
        later = [gap.earliest for gap in self._gaps[number : number + 1]]
        return min([self._search.samples, *later])

    def _doubt_unseen(self) -> None:
        """Nothing is missing in a gap that does not show, unless the samples fit elsewhere too."""
        for number, gap in enumerate(self._gaps, 1):
            is_unseen = not (gap.found or gap.is_exact) and gap.latest < self._search.samples
            if is_unseen and gap.estimate:
                before = bisect_right(self._stretches, gap.latest, key=lambda begin: begin[0])
                offset = self._stretches[before - 1][1]
                stop = self._next_gap(number)
                gap.is_sure = self._search.is_sure(gap.latest, offset, offset, stop)


def _lies_in(gap: ListedGap, search: Search, position: int, offset: int) -> bool:
    """Whether the loss can lie in the gap: samples may look alike for a while behind it."""
    distance = max(0, position - gap.latest)
    return search.stored.fits(position - distance, distance, offset)


def _why(position: int, channel: str, gap: ListedGap | None) -> str:
    if gap is not None and gap.latest >= position:
        return f"The samples from {position} on fit nowhere near the estimated gap."
    return f"Sample {position} of channel {channel} is not what the simulated scope delivered."


def _all_text(samples: int, is_kept: bool) -> str:
    if not samples:
        what = "No samples were kept" if is_kept else "The file holds no samples"
        return f"{what}: there is nothing to compare."
    which, place = (" that were kept", ", each at its place in the stream") if is_kept else ("", "")
    return (
        f"All {samples} samples per channel{which} are what the simulated scope delivered{place}."
    )


def _verdict(
    samples: int, text: str, gaps: list[ListedGap], unreported: dict[int, int], unsure: int | None
) -> Proof:
    """All gaps are told: what the samples show of each, or that they cannot show it.

    :param text: what is said of the samples.
    """
    shown = [gap for gap in gaps if gap.latest < samples or gap.found]
    at_end = [gap for gap in gaps if gap.latest >= samples and not gap.found]
    if wrong := [gap for gap in shown if gap.problem]:
        if unsure is not None and wrong[0].latest >= unsure:
            return not_compared(unsure)
        return Proof(wrong[0].place, wrong[0].problem, False)
    if unreported and any(gap.estimate > 0 and not gap.found for gap in shown):
        place = min(unreported)  # it may be the loss of the gap that has none
        return Proof(
            place, f"Before sample {place} samples are missing, but no gap is there.", False
        )
    told = [gap for gap in shown if gap.is_told]
    rest = [*(gap for gap in shown if not gap.is_told), *told[_TOLD_GAPS:]]
    parts = [text, *(gap.text for gap in told[:_TOLD_GAPS])]
    parts += [_rest_text(rest, bool(told)), _end_text(at_end), _unreported_text(unreported)]
    return Proof(samples, " ".join(filter(None, parts)), True)


def _rest_text(gaps: list[ListedGap], others_are_told: bool) -> str:
    if not gaps:
        return ""
    what = _counted(gaps)
    if others_are_told:
        what = "the other gap" if what == "1 gap" else f"the other {what}"
    found, estimate = sum(gap.found for gap in gaps), sum(gap.estimate for gap in gaps)
    missing = f"{found} samples are missing"
    if not all(gap.is_sure for gap in gaps):
        missing = "the samples do not show how many are missing: they fit at several places"
    return f"In {what} {missing} (the file says {estimate})."


def _end_text(gaps: list[ListedGap]) -> str:
    if not gaps:
        return ""
    lies = "lies" if sum(gap.rows for gap in gaps) == 1 else "lie"
    return f"{_counted(gaps)} {lies} too near the end for the samples to show what is missing."


def _unreported_text(losses: dict[int, int]) -> str:
    if not losses:
        return ""
    lost = f"{counted(sum(losses.values()), 'sample')} in {counted(len(losses), 'place')}"
    return f"Missing are {lost} that nobody reported, too few for the clock to show."


def _counted(gaps: list[ListedGap]) -> str:
    return counted(sum(gap.rows for gap in gaps), "gap")
