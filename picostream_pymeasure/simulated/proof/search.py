"""Finds where in the stream the stored samples go on behind a loss."""

from __future__ import annotations

from collections.abc import Iterator
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
        end = self.stored.stop_of_run(0, end)
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
        exact = [offset + gap.estimate - gap.found] if gap.is_exact else []
        for candidate in (*exact, *self._told(position, offset)):
            if candidate != offset and self._fits_on(position, candidate):
                return candidate
        lost = next(self._told(position, offset), offset) - offset
        near = None
        if not lost and (gap.rows > 1 or gap.found):
            near = self._next_of_several(position, offset, gap, stop)
        if near is not None:
            return near
        # what a callback was told wrongly comes on top of what the scope lost
        return self._search(position, offset, lost or gap.estimate - gap.found, stop)

    def is_sure(self, position: int, offset: int, found: int, stop: int) -> bool:
        """Whether samples that go on with the offset ``found`` fit with no other near it.

        What the scope tells needs no sample to show it.

        :param offset: of those before them.
        """
        if found != offset and found in self._told(position, offset):
            return True
        place = self.stored.received(position) + found
        length = self.stored.agreement(position, stop, found)[0]
        count = min(HEAD_SAMPLES, self._end_of_heads(position, stop) - position)
        heads = self.stored.heads(position, count)
        lowest = max(0, place - self._uncertain)
        places = find_alignments(heads, self.stored.stream, place, lowest, self._uncertain)
        return not any(
            self.stored.agreement(position, stop, other - place + found)[0] >= length
            for other in islice(places, _MAX_PLACES)
            if other != place
        )

    def unreported(self, position: int, offset: int) -> int | None:
        """Offset behind a loss that only the scope tells of, None for none."""
        for candidate in self._told(position, offset):
            if candidate > offset and self._fits_on(position, candidate):
                return candidate
        return None

    def _told(self, position: int, offset: int) -> Iterator[int]:
        """Offsets with which the samples may go on, as the scope tells."""
        since = self.stored.received_before(position) + offset
        return self.holes.offsets(since, self.stored.received(position) + offset, offset)

    def _fits_on(self, position: int, offset: int) -> bool:
        """Whether enough samples fit, over the losses that the scope tells of."""
        count = self.stored.stop_of_run(position, min(position + _SURE_SAMPLES, self.samples))
        count, index = count - position, self.stored.received(position) + offset
        if index < self.holes.until:
            count = min(count, self.holes.until - index)
        for length, missing in self.holes.stretches(index, count):
            if not self.stored.fits(position, length, offset):
                return False
            position, offset = position + length, offset + missing
        return True

    def _next_of_several(self, position: int, offset: int, gap: ListedGap, stop: int) -> int | None:
        """The nearest place; where nothing more is missing behind it, only if the sum is right."""
        length, found = self._near(position, offset, stop)
        if found is None or position + length < stop:
            return found
        left = gap.estimate - gap.found
        return found if abs(found - offset - left) <= self._uncertain else None

    def _near(self, position: int, offset: int, stop: int) -> tuple[int, int | None]:
        """What :meth:`_best` finds, ever further from where the samples were left."""
        here, end = self.stored.received(position) + offset, self._end_of_heads(position, stop)
        for reach, size in product(_REACHES, reversed(_HEADS)):
            length, found = self._best(position, here, 0, reach, size, stop, end)
            if found is not None:
                return length, found
        return 0, None

    def _search(self, position: int, offset: int, missing: int, stop: int) -> int | None:
        """The place that fits best, or of those the nearest to so many missing samples."""
        here = self.stored.received(position) + offset
        lowest = max(0, here - self.window)  # a driver may hand the same over twice
        estimate = max(lowest, here + missing)
        window, end = max(self.window, estimate - here), self._end_of_heads(position, stop)
        for size in _HEADS:
            found = self._best(position, estimate, lowest, window, size, stop, end)[1]
            if found is not None:
                return found
        return None

    def _end_of_heads(self, position: int, stop: int) -> int:
        stop = stop if stop - position >= _SURE_SAMPLES else self.samples
        return self.stored.stop_of_run(position, stop)

    def _best(
        self, position: int, estimate: int, lowest: int, window: int, size: int, stop: int, end: int
    ) -> tuple[int, int | None]:
        """How many samples up to ``stop`` fit at the first place where all do, or else most.

        :param end: heads are searched for that end before it.
        """
        heads = self.stored.heads(position, min(size, end - position))
        places = find_alignments(heads, self.stored.stream, estimate, lowest, window)
        received, longest, best = self.stored.received(position), 0, None
        for place in islice(places, _MAX_PLACES):
            length = self.stored.agreement(position, stop, place - received)[0]
            if length > longest:
                longest, best = length, place - received
            if longest == stop - position:
                break
        return longest, best
