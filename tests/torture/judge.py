"""Judges a recording from outside: by the HDF5 specification, the plan, and nothing else.

What a format 2 file promises stands here once more, in the words of its documentation, not of the
program: positions inside the end of the file and apart from each other, samples as they came, a
checksum a chunk (XXH3-64 with the chunk's number as its seed), gaps before the samples behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

from ..support.hdf5 import Dataset, File
from .plan import EVENTS, Plan
from .truth import FILL

_BINS = 256


@dataclass(frozen=True)
class Kept:
    """The samples a file holds: file indices ``first`` to before ``stop``."""

    first: int
    stop: int


class Judge:
    """One file that is at rest, held against its plan.

    :raises DamagedError: it is no valid HDF5 file.
    """

    def __init__(self, path: Path, plan: Plan) -> None:
        self._plan = plan
        self._file = File(path)
        self._objects = dict(self._file.walk())
        self._inputs = {name: self._input(name) for name in plan.settings.names}

    def judge(self, at_least: int = 0, newest: int | None = None) -> Kept:
        """Check everything.

        :param at_least: what was acknowledged before this sample must be there.
        :param newest: up to where a live-only recording had come, and had written over what was
            then too old; None for the last one that is there.
        """
        assert self._file.consistency_flags == 0, "it is marked as open"
        self._check_places()
        kept = self._kept()
        self._check_extent(kept, at_least, newest)
        for name, counts in self._inputs.items():
            self._check_values(name, counts, kept)
            if self._plan.settings.live_s is None:
                self._check_checksums(name, counts)
                self._check_overview(name, counts)
        self._check_gaps(kept)
        self._check_captures(kept, at_least)
        return kept

    def _input(self, name: str) -> Dataset:
        return self._file.dataset(f"channels/{name}/adc_counts")

    def _kept(self) -> Kept:
        width = self._plan.settings.width
        rows = {len(counts) for counts in self._inputs.values()}
        assert len(rows) == 1, f"inputs of different lengths: {rows}"
        assert rows == {len(self._file.dataset("adc_counts"))}
        samples, rest = divmod(rows.pop(), width)
        assert rest == 0, "half a sample"
        attributes = self._file.root.attributes
        assert attributes["status"] != b"recording", "it was not finished"
        first = int(attributes.get("first_sample", 0))
        assert attributes["total_samples"] == first + samples
        return Kept(first, first + samples)

    def _check_extent(self, kept: Kept, at_least: int, newest: int | None) -> None:
        settings = self._plan.settings
        assert kept.stop >= at_least, f"{at_least - kept.stop} acknowledged samples are lost"
        assert kept.stop <= settings.samples, "more than ever came"
        if settings.live_s is None:
            assert kept.first == 0
        else:
            wanted = round(settings.live_s * 1e9 / settings.interval_ns)
            begin = max(0, (kept.stop if newest is None else newest) - wanted)
            # a power cut may take all that came since the last sync, also more than is to be kept
            may_be_gone = newest is not None and at_least <= begin
            assert may_be_gone or kept.first <= begin, "less is kept than was asked for"

    def _check_places(self) -> None:
        """Nothing lies beyond the end, nothing upon something else."""
        places = [(part.start, part.length) for part in self._file.structures]
        for found in self._objects.values():
            if isinstance(found, Dataset) and found.chunks is not None:
                present = found.chunks.present
                pairs = zip(
                    found.chunks.positions[present], found.chunks.sizes[present], strict=True
                )
                places += [(int(position), int(size)) for position, size in pairs]
        ordered = np.array(sorted(places), np.int64)
        stops = ordered.sum(axis=1)
        assert stops.max() <= self._file.end_of_file, "something lies beyond the end"
        assert (stops[:-1] <= ordered[1:, 0]).all(), "two things lie at one place"

    def _check_values(self, name: str, counts: Dataset, kept: Kept) -> None:
        wanted = self._plan.values(name, kept.first, kept.stop - kept.first)
        found = counts.rows()
        wrong = np.flatnonzero(found != wanted)
        assert not len(wrong), (
            f"{len(wrong)} of {len(wanted)} values of {name} are wrong from {wrong[0]} on: "
            f"{found[wrong[:3]]} instead of {wanted[wrong[:3]]}"
        )

    def _check_checksums(self, name: str, counts: Dataset) -> None:
        assert counts.chunk_shape is not None
        chunks = -(-len(counts) // counts.chunk_shape[0])
        stored = self._file.dataset(f"channels/{name}/checksums").rows()
        assert len(stored) >= chunks, "checksums are missing"
        for number in range(chunks):
            chunk = counts.chunk(number)
            assert chunk is not None, f"chunk {number} of {name} is not there"
            found = xxhash.xxh3_64_intdigest(chunk.tobytes(), seed=number)
            assert found == stored[number], f"the checksum of chunk {number} of {name} is wrong"

    def _check_overview(self, name: str, counts: Dataset) -> None:
        """Minimum and maximum of every bin of the finest level; of a port AND and OR."""
        size = _BINS * self._plan.settings.width
        level = self._file.dataset(f"channels/{name}/overview/b{_BINS}").rows()
        whole = len(counts) // size
        assert len(level) >= whole, f"the overview of {name} is too short"
        samples = counts.rows(0, whole * size).reshape(-1, size)
        least, most = np.minimum, np.maximum
        if name.startswith("PORT"):
            least, most = np.bitwise_and, np.bitwise_or
        np.testing.assert_array_equal(level[:whole, 1], least.reduce(samples, axis=1))
        np.testing.assert_array_equal(level[:whole, 2], most.reduce(samples, axis=1))

    def _check_gaps(self, kept: Kept) -> None:
        """Every gap before a kept sample is told, with its length or that it is not known yet."""
        rows = self._file.dataset("gaps").rows()
        found = {int(row["sample_index"]): int(row["missing"]) for row in rows}
        assert len(found) == len(rows), "a gap is told twice"
        for place, missing in self._plan.gaps:
            if kept.first < place < kept.stop:
                assert found.get(place) in (missing, -1), (
                    f"the gap at {place} is {found.get(place)}"
                )
        assert set(found) <= {place for place, _ in self._plan.gaps}, "a gap that never was"

    def _check_captures(self, kept: Kept, at_least: int) -> None:
        """Every capture that is there whole is told of; only the last row may come late."""
        rows = self._file.dataset("captures").rows()
        is_event = self._plan.settings.kind == EVENTS
        wanted = self._plan.captures[: len(rows)]
        assert len(rows) == len(wanted), "captures that never were"
        for row, (first, samples, stream) in zip(rows, wanted, strict=True):
            assert row["first_sample"] == first
            assert row["stream_sample"] == (stream if is_event else -1)
            assert row["samples"] == samples or first + row["samples"] == kept.stop
        told = max((first + samples for first, samples, _ in wanted), default=0)
        late = self._plan.settings.longest if self._plan.captures else at_least
        assert told >= at_least - late, f"captures are told up to {told}"


def newest_live_sample(file: File, plan: Plan) -> int:
    """Hold every chunk of a live-only file, recording or left by a crash, against its own number.

    A chunk that is there holds the samples from its first one on, or nothing (fill values) behind
    the newest one; of two neighbours the second follows the first, or a hole lies between.

    :return: the index behind the newest sample that all inputs hold.
    """
    firsts = file.dataset("chunk_first_samples").rows()
    return min(
        _newest_of_input(file.dataset(f"channels/{name}/adc_counts"), firsts, plan, name)
        for name in plan.settings.names
    )


def _newest_of_input(counts: Dataset, firsts: NDArray[np.int64], plan: Plan, name: str) -> int:
    assert counts.chunk_shape is not None
    length, width = counts.chunk_shape[0], plan.settings.width
    newest, before = 0, -1
    for number in range(-(-len(counts) // length)):
        chunk = counts.chunk(number)
        if chunk is None:
            before = -1
            continue
        first = int(firsts[number])
        assert first >= 0, f"chunk {number} of {name} is there, and nobody knows which it is"
        assert before in (-1, first), f"behind sample {before - 1} of {name} comes {first}"
        right = _live_chunk(chunk[: len(counts) - number * length], first, plan, name)
        newest = max(newest, first + right)
        before = first + length // width
    return newest


def _live_chunk(chunk: NDArray[np.generic], first: int, plan: Plan, name: str) -> int:
    width, samples = plan.settings.width, plan.settings.samples
    count = max(0, min(len(chunk) // width, samples - first))
    wanted = plan.values(name, first, count)
    wrong = np.flatnonzero(chunk[: count * width] != wanted)
    there = int(wrong[0]) if len(wrong) else len(wanted)
    fill = 0 if name.startswith("PORT") else FILL[plan.settings.dtype]
    assert (chunk[there:] == fill).all(), f"samples of {name} behind {first} are of another turn"
    return there
