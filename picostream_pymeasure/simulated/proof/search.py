"""Finds where in the stream the stored samples go on behind a loss."""

from __future__ import annotations

from itertools import islice, product

from .alignment import HEAD_SAMPLES, find_alignments
from .holes import Holes
from .listed_gaps import ListedGap, list_gaps
from .stored_samples import Provable, StoredSamples

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


class Search:
    """Finds where in the stream stored samples belong."""

    def __init__(self, stored: StoredSamples, samples: int, holes: Holes, rate_hz: float) -> None:
        self.stored, self.samples = stored, samples
        self.holes = holes
        self.window, self._uncertain = round(_SEARCH_S * rate_hz), round(_ESTIMATE_S * rate_hz)

    def begin(self, recording: Provable) -> int:
        """Index in the stream of the first sample.

        Nothing in the file tells what was lost before it, or only how much that was about.
        """
        gaps = list_gaps(recording.gaps)
        end = min([self.samples, HEAD_SAMPLES, *(gap.earliest for gap in gaps if gap.earliest)])
        first, told = recording.first_stream_sample, recording.missing_before
        for offset in (*map(self.holes.index_of, (first, first - told)), first):
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
        for candidate in (*told, *self.holes.offsets(position + offset, offset)):
            if candidate != offset and self._fits_on(position, candidate):
                return candidate
        near = None
        if gap.rows > 1 or gap.found:
            near = self._next_of_several(position, offset, gap, stop)
        return self._search(position, offset, gap, stop) if near is None else near

    def unreported(self, position: int, offset: int) -> int | None:
        """Offset behind a loss that only the scope tells of, None for none."""
        for candidate in self.holes.offsets(position + offset, offset):
            if candidate > offset and self._fits_on(position, candidate):
                return candidate
        return None

    def _fits_on(self, position: int, offset: int) -> bool:
        """Whether enough samples fit, over the losses that the scope tells of."""
        count, told = min(_SURE_SAMPLES, self.samples - position), self.holes.until
        if position + offset < told:
            count = min(count, told - position - offset)
        for length, missing in self.holes.stretches(position + offset, count):
            if not self.stored.fits(position, length, offset):
                return False
            position, offset = position + length, offset + missing
        return True

    def nearest(self, position: int, offset: int, stop: int) -> int | None:
        """The nearest offset further on with which samples up to ``stop`` go on."""
        return self._near(position, offset, position + offset, stop, stop)[1]

    def nearest_untold(self, position: int, offset: int, stop: int) -> int | None:
        """The same, of a loss behind those that the scope tells of."""
        if position + offset < self.holes.until:
            return None
        return self.nearest(position, offset, stop)

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
