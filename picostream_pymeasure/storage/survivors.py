"""What a recording that was not finished holds for certain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from .recording import READ_ERRORS, Recording
from .schema import ChannelDatasets


@dataclass(frozen=True)
class Survivors:
    """What is kept of a recording.

    :param samples: per channel, in the file.
    :param total_samples: all that ever came; more than ``samples`` in a live-only file only.
    :param gaps: rows of ``/gaps``.
    :param lost_samples: known and estimated losses.
    """

    samples: int
    total_samples: int
    gaps: int
    lost_samples: int


def find_survivors(recording: Recording) -> Survivors:
    """Find the samples up to the last block that all channels hold with the right checksum.

    Only blocks at the end are looked at, back to the first that is right; to check all of the
    file is :func:`~.verify.verify`'s.
    """
    if recording.live is not None:
        missing = int(recording.gaps["estimated_missing"].sum()) + recording.missing_before
        total = recording.live.stop
        return Survivors(recording.stored_samples, total, len(recording.gaps), missing)
    samples = _acknowledged(recording)
    gaps = recording.gaps[recording.gaps["sample_index"] <= samples]
    return Survivors(samples, samples, len(gaps), int(gaps["estimated_missing"].sum()))


def _acknowledged(recording: Recording) -> int:
    width = recording.values_per_sample
    block = max(recording.first.chunks[0] // width, 1)
    samples = recording.stored_samples
    for pair in recording.channels.values():
        samples = min(samples, pair.checksums.shape[0] * block)
    while samples:
        start = (samples - 1) // block * block
        if all(
            _is_right(recording, pair, start * width, samples * width)
            for pair in recording.channels.values()
        ):
            break
        samples = start
    return samples


def _is_right(recording: Recording, pair: ChannelDatasets, start: int, stop: int) -> bool:
    try:
        chunk = pair.counts.id.get_chunk_info_by_coord((start,))
        end = (chunk.byte_offset or 0) + chunk.size
        if chunk.byte_offset is None or end > recording.path.stat().st_size:
            return False
        values: NDArray[Any] = np.ascontiguousarray(pair.counts[start:stop])
        stored = pair.checksums[start // pair.counts.chunks[0]]
    except READ_ERRORS:
        return False
    return bool(xxh3_64_intdigest(values.data) == stored)
