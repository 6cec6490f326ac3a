"""The proof of a recording that keeps only events: each sample, and its place in the stream."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from ...records import Proof
from .holes import Holes, not_compared
from .stored_samples import StoredSamples

#: ``f(position, offset, stop)`` gives the nearest offset further on with which samples go on.
Nearest = Callable[[int, int, int], int | None]


def prove_kept(
    stored: StoredSamples,
    runs: Any,
    holes: Holes,
    first_stream_sample: int,
    nearest: Nearest,
    told: int,
    window: int,
) -> Proof:
    """Compare all stretches with the samples that were simulated where they claim to be.

    :param runs: index in the file ``first_samples`` and in the stream ``stream_samples`` of the
        first sample of each stretch, and ``stop`` of the last.
    :param nearest: asked where the scope cannot say what it lost.
    :param told: what the file says of that; as much more as ``window`` is a matter of the clock.
    """
    edges = [*runs.first_samples.tolist(), runs.stop]
    found = 0  # samples missing beyond those that the scope tells of
    most = told + window if told else 0
    for (begin, stop), stream in zip(pairwise(edges), runs.stream_samples.tolist(), strict=True):
        position = begin
        while position < stop:
            received = first_stream_sample + stream + position - begin
            end = min(stop, position + holes.unbroken(received))
            offset = holes.index_of(received) + found - position
            right, channel = stored.agreement(position, end, offset)
            position += right
            if position == end:
                continue
            there = nearest(position, offset, end)
            is_found = there is not None and found + there - offset <= most
            if not is_found and position + offset >= holes.until:
                return not_compared(position)
            if there is None or not is_found:
                return Proof(
                    position,
                    f"Sample {position} of channel {channel} is not what the simulated scope "
                    f"delivered at {position + offset}.",
                    False,
                )
            found += there - offset
    return Proof(runs.stop, _text(runs.stop, found, told), True)


def _text(samples: int, found: int, told: int) -> str:
    if not samples:
        return "No samples were kept: there is nothing to compare."
    kept = f"All {samples} samples per channel that were kept are what the simulated scope"
    if not found:
        return f"{kept} delivered, each at its place in the stream."
    return (
        f"{kept} delivered, in their order; before the last of them {found} are missing (the file "
        f"says {told} in all)."
    )
