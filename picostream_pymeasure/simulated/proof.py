"""Proves a simulated recording: every sample is what the simulated scope delivered.

The simulated scope makes each sample a function of channel and index in the stream, so that
loss, doubling or reordering shows in the file alone. Sample ``i`` of the file is sample
``i + first_stream_sample + (missing before i)`` of the stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..records import Proof
from .alignment import HEAD_SAMPLES, StreamValues, find_alignments
from .kernels.signal import expected_values as simulated_values

#: ``f(simulation, channel, first_sample, count)`` gives int16, ``count * values_per_sample``.
ExpectedValues = Callable[[Mapping[str, Any], str, int, int], NDArray[np.int16]]

_PIECE_SAMPLES = 1 << 20

#: How far the host's clock may be wrong about the length of a gap.
_SEARCH_S = 2.0

#: Places at which a stretch is compared as a whole, when its begin fits at several.
_MAX_PLACES = 100

#: No scope is faster; a damaged file may say so, and the search would not end.
_SHORTEST_INTERVAL_NS = 1.0


class StoredSamples(Protocol):
    """One channel of a recording."""

    @property
    def counts(self) -> Any:
        """Its values, to be sliced."""


class Provable(Protocol):
    """What the proof needs to know of a recording."""

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Among them ``first_stream_sample``."""

    @property
    def gaps(self) -> NDArray[Any]:
        """Structured, with ``sample_index``, ``missing``, ``estimated_missing`` and ``cause``."""

    @property
    def channels(self) -> Mapping[str, Any]:
        """Name -> :class:`StoredSamples`."""

    @property
    def values_per_sample(self) -> int:
        """Two in aggregate mode."""

    @property
    def stored_interval_ns(self) -> float:
        """Between stored samples."""

    def json_attribute(self, name: str) -> Any:
        """Such as ``simulation``."""


@dataclass(frozen=True)
class _Stretch:
    """Samples ``start`` to ``stop`` without a gap, and what is missing before them."""

    start: int
    stop: int
    missing: int
    is_known: bool


def prove(
    recording: Provable, samples: int, expected_values: ExpectedValues = simulated_values
) -> Proof:
    """Compare the first ``samples`` samples of all channels with what was simulated.

    A gap whose length nobody could know is searched for around its estimate.

    :param expected_values: in the place of the simulated scope's own.
    """
    simulation = recording.json_attribute("simulation")
    if not isinstance(simulation, dict):
        return Proof(0, "The file does not say what was simulated.", False)
    return _Comparison(recording, partial(expected_values, simulation)).run(samples)


class _Comparison:
    """One file beside the stream it was recorded from."""

    def __init__(self, recording: Provable, stream: StreamValues) -> None:
        self._recording = recording
        self._stream = stream
        self._offset = 0
        self._proven = 0
        self._found: list[str] = []

    def run(self, samples: int) -> Proof:
        """Place and compare stretch after stretch, up to the first that is wrong."""
        self._offset = int(self._recording.attributes["first_stream_sample"])
        for stretch in _stretches(self._recording.gaps, samples):
            problem = self._check(stretch)
            if problem:
                return Proof(self._proven, problem, False)
        text = f"All {samples} samples per channel are what the simulated scope delivered."
        return Proof(samples, " ".join([text, *self._found]), True)

    def _check(self, stretch: _Stretch) -> str:
        """Compare a stretch where it belongs, or can only belong; what is wrong, or ``""``."""
        if stretch.is_known:
            self._offset += stretch.missing
            return self._compare(stretch)
        problem = f"The samples from {stretch.start} on fit nowhere near the estimated gap."
        before = self._offset
        for begin in islice(self._places(stretch), _MAX_PLACES):
            self._offset = begin - stretch.start
            problem = self._compare(stretch)
            if not problem:
                self._found.append(
                    f"Before sample {stretch.start} {self._offset - before} samples are missing "
                    f"(estimate {stretch.missing})."
                )
                break
        return problem

    def _places(self, stretch: _Stretch) -> Iterator[int]:
        """Where in the stream the stretch can begin."""
        lowest = stretch.start + self._offset
        interval_ns = max(self._recording.stored_interval_ns, _SHORTEST_INTERVAL_NS)
        window = round(_SEARCH_S * 1e9 / interval_ns)
        heads = self._heads(stretch)
        return find_alignments(heads, self._stream, lowest + stretch.missing, lowest, window)

    def _heads(self, stretch: _Stretch) -> dict[str, NDArray[np.int16]]:
        count = min(stretch.stop - stretch.start, HEAD_SAMPLES)
        return {
            channel: self._stored(channel, stretch.start, count).reshape(count, -1)
            for channel in self._recording.channels
        }

    def _compare(self, stretch: _Stretch) -> str:
        """Compare a stretch on all channels; what is wrong, or ``""``."""
        for first in range(stretch.start, stretch.stop, _PIECE_SAMPLES):
            count = min(_PIECE_SAMPLES, stretch.stop - first)
            wrong = {
                channel: self._first_wrong(channel, first, count)
                for channel in self._recording.channels
            }
            channel = min(wrong, key=wrong.__getitem__)
            self._proven = first + wrong[channel]
            if wrong[channel] < count:
                return (
                    f"Sample {self._proven} of channel {channel} is not what the simulated scope "
                    f"delivered."
                )
        return ""

    def _first_wrong(self, channel: str, first: int, count: int) -> int:
        """Samples from ``first`` on that are right, at most ``count``."""
        expected = self._stream(channel, first + self._offset, count)
        differs = self._stored(channel, first, count) != expected
        if not differs.any():
            return count
        return int(differs.argmax()) // self._recording.values_per_sample

    def _stored(self, channel: str, first: int, count: int) -> NDArray[np.int16]:
        width = self._recording.values_per_sample
        counts = self._recording.channels[channel].counts
        return _as_delivered(counts[first * width : (first + count) * width])


def _as_delivered(stored: NDArray[Any]) -> NDArray[np.int16]:
    """Counts as the driver scales them: 8-bit samples of one byte lack the low byte."""
    if stored.dtype == np.int8:
        return stored.astype(np.int16) * np.int16(256)
    return stored.astype(np.int16, copy=False)


def _stretches(gaps: NDArray[Any], samples: int) -> Iterator[_Stretch]:
    """The stretches between gaps; gaps at the same place are one.

    After a restart the stream goes on at an index only the host's clock can estimate, whatever
    the gap claims.
    """
    starts, first = np.unique(gaps["sample_index"], return_index=True)
    bounds = [*starts.tolist(), samples]
    if bounds[0] > 0:
        yield _Stretch(0, bounds[0], 0, True)
    for number, start in enumerate(starts.tolist()):
        rows = gaps[first[number] :][gaps["sample_index"][first[number] :] == start]
        is_known = bool((rows["missing"] >= 0).all() and (rows["cause"] != b"restart").all())
        stop = min(bounds[number + 1], samples)
        if start < stop:
            yield _Stretch(start, stop, int(rows["estimated_missing"].sum()), is_known)
