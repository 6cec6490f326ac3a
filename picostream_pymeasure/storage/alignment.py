"""Finds where in a computable stream a stretch of stored samples belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

#: ``f(channel, first_sample, count)`` gives the stream's values there.
StreamValues = Callable[[str, int, int], NDArray[np.int16]]

#: Samples of a stretch that must match; noise makes them unique.
HEAD_SAMPLES = 4096

_SPAN_SAMPLES = 1 << 20

#: Sieve: the first 64 samples one by one, then every 61st, so that edges far apart tell too.
_PROBES = (*range(64), *range(64, HEAD_SAMPLES, 61))


def find_alignment(
    heads: Mapping[str, NDArray[np.int16]],
    stream: StreamValues,
    estimate: int,
    nearest: int,
    window: int,
) -> int | None:
    """Stream index at which all channels match, the one closest to an estimate.

    :param heads: per channel the first samples of the stretch, each of shape
        ``(n, values_per_sample)``, ``n`` at most :data:`HEAD_SAMPLES`.
    :param estimate: index where the search begins, outward to both sides.
    :param nearest: lowest index that is possible.
    :param window: how far to search, in samples.
    """
    for spans in _rings(estimate, max(nearest, estimate - window), estimate + window):
        candidates = np.concatenate([_sieve(heads, stream, *span) for span in spans])
        for index in candidates[np.argsort(np.abs(candidates - estimate), kind="stable")]:
            if _all_match(heads, stream, int(index)):
                return int(index)
    return None


def _rings(estimate: int, lowest: int, highest: int) -> Iterator[list[tuple[int, int]]]:
    """Spans (first, stop) ever further from the estimate, those as far together."""
    for distance in range(0, max(highest - estimate, estimate - lowest) + 1, _SPAN_SAMPLES):
        above = estimate + distance
        below = estimate - distance
        spans = [
            (max(lowest, above), min(highest, above + _SPAN_SAMPLES - 1) + 1),
            (max(lowest, below - _SPAN_SAMPLES), below),
        ]
        possible = [(first, stop) for first, stop in spans if first < stop]
        if possible:
            yield possible


def _sieve(
    heads: Mapping[str, NDArray[np.int16]], stream: StreamValues, first: int, stop: int
) -> NDArray[np.int64]:
    """Indices in the span at which the probed samples of the first channel match."""
    channel, head = next(iter(heads.items()))
    values = stream(channel, first, stop - first + len(head)).reshape(-1, head.shape[1])
    candidates = np.arange(stop - first)
    for probe in _PROBES:
        if probe >= len(head) or not len(candidates):
            break
        candidates = candidates[(values[candidates + probe] == head[probe]).all(axis=1)]
    return candidates + first


def _all_match(heads: Mapping[str, NDArray[np.int16]], stream: StreamValues, index: int) -> bool:
    return all(
        np.array_equal(stream(channel, index, len(head)), head.reshape(-1))
        for channel, head in heads.items()
    )
