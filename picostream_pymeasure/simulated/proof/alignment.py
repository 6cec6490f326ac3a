"""Finds where in a computable stream a stretch of stored samples belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

#: ``f(channel, first_sample, count)`` gives the stream's values there.
StreamValues = Callable[[str, int, int], NDArray[np.int16]]

#: Samples of a stretch that must match.
HEAD_SAMPLES = 1 << 16

#: Samples that are looked at together: at first, and at most.
_FIRST_SPAN, _LARGEST_SPAN = 1 << 12, 1 << 20

#: Probed samples: as many where the value changes, which tells most, and as many in between.
_PROBES = 64


def find_alignments(
    heads: Mapping[str, NDArray[np.int16]],
    stream: StreamValues,
    estimate: int,
    nearest: int,
    window: int,
) -> Iterator[int]:
    """Stream indices at which all channels match, those closest to an estimate first.

    A signal that repeats itself, or changes too seldom to tell, matches at several.

    :param heads: per channel the first samples of the stretch, each of shape
        ``(n, values_per_sample)``, ``n`` at most :data:`HEAD_SAMPLES`.
    :param estimate: index where the search begins, outward to both sides.
    :param nearest: lowest index that is possible.
    :param window: how far to search, in samples.
    """
    channel, head = next(iter(heads.items()))
    probes = _probes(head)
    for spans in _rings(estimate, max(nearest, estimate - window), estimate + window):
        candidates = np.concatenate(
            [_sieve(stream, channel, head, probes, *span) for span in spans]
        )
        for index in candidates[np.argsort(np.abs(candidates - estimate), kind="stable")]:
            if _all_match(heads, stream, int(index)):
                yield int(index)


def _probes(head: NDArray[np.int16]) -> NDArray[np.int64]:
    """Samples before and after some changes of the value, and others evenly spread."""
    changes = np.flatnonzero((head[1:] != head[:-1]).any(axis=1))
    some = changes[np.linspace(0, changes.size - 1, min(changes.size, _PROBES), dtype=np.int64)]
    pairs = np.stack([some, some + 1], axis=1).reshape(-1)
    spread = np.linspace(0, len(head) - 1, min(len(head), _PROBES), dtype=np.int64)
    return np.concatenate([pairs, spread])


def _rings(estimate: int, lowest: int, highest: int) -> Iterator[list[tuple[int, int]]]:
    """Spans (first, stop) ever further from the estimate, those as far together."""
    distance, size = 0, _FIRST_SPAN
    while distance <= max(highest - estimate, estimate - lowest):
        above = estimate + distance
        below = estimate - distance
        spans = [
            (max(lowest, above), min(highest, above + size - 1) + 1),
            (max(lowest, below - size), below),
        ]
        possible = [(first, stop) for first, stop in spans if first < stop]
        if possible:
            yield possible
        distance, size = distance + size, min(2 * size, _LARGEST_SPAN)


def _sieve(
    stream: StreamValues,
    channel: str,
    head: NDArray[np.int16],
    probes: NDArray[np.int64],
    first: int,
    stop: int,
) -> NDArray[np.int64]:
    """Indices in the span at which the probed samples of a channel match."""
    n_samples, width = head.shape
    values = stream(channel, first, stop - first + n_samples - 1).reshape(-1, width)
    found = np.arange(len(values) - n_samples + 1)
    for probe in probes:
        found = found[(values[found + probe] == head[probe]).all(axis=1)]
    return found + first


def _all_match(heads: Mapping[str, NDArray[np.int16]], stream: StreamValues, index: int) -> bool:
    return all(
        np.array_equal(stream(channel, index, len(head)), head.reshape(-1))
        for channel, head in heads.items()
    )
