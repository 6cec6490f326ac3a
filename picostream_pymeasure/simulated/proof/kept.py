"""The proof of a recording that keeps only events: each sample, and its place in the stream."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ...records import Proof
from .holes import Holes
from .stored_samples import StoredSamples


def prove_kept(stored: StoredSamples, runs: Any, holes: Holes, first_stream_sample: int) -> Proof:
    """Compare all stretches with the samples that were simulated where they claim to be.

    :param runs: index in the file ``first_samples`` and in the stream ``stream_samples`` of the
        first sample of each stretch, and ``stop`` of the last.
    """
    edges = [*runs.first_samples.tolist(), runs.stop]
    for (begin, stop), stream in zip(pairwise(edges), runs.stream_samples.tolist(), strict=True):
        position = begin
        while position < stop:
            received = first_stream_sample + stream + position - begin
            end = min(stop, position + holes.unbroken(received))
            offset = holes.index_of(received) - position
            right, channel = stored.agreement(position, end, offset)
            position += right
            if position < end:
                return Proof(
                    position,
                    f"Sample {position} of channel {channel} is not what the simulated scope "
                    f"delivered at {position + offset}.",
                    False,
                )
    if not runs.stop:
        return Proof(0, "No samples were kept: there is nothing to compare.", True)
    text = (
        f"All {runs.stop} samples per channel that were kept are what the simulated scope "
        f"delivered, each at its place in the stream."
    )
    return Proof(runs.stop, text, True)
