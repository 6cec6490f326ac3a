"""How large a live-only file is, and the datasets that make it so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..records import StreamDescription
from .live_layout import LIVE, LIVE_DTYPE, SLOT_DTYPE, SLOTS, SPARE
from .overview import FACTORS
from .schema import ADC_COUNTS, COUNTS_DTYPE, OVERVIEW

_ROTATION_S = 0.2

#: A rotation rewrites the position of every chunk, so long rings are rotated more rarely.
_CHUNKS_PER_ROTATION = 1024


@dataclass(frozen=True)
class LivePlan:
    """How many chunks a live-only file has.

    :param kept: chunks in ``adc_counts``: one more than the wanted time needs, for the last chunk
        of a recording may hold a single sample.
    :param spare: other chunks, so many that none is overwritten before ``adc_counts`` has been
        without it for a whole rotation.
    :param rotate_every: chunks from one rotation to the next.
    """

    kept: int
    spare: int
    rotate_every: int

    @classmethod
    def for_stream(cls, description: StreamDescription, seconds: float) -> LivePlan:
        """Plan a file that keeps so many seconds."""
        chunk_s = description.block_samples * description.stored_interval_ns * 1e-9
        kept = math.ceil(seconds / chunk_s) + 1
        rotate_every = max(1, round(_ROTATION_S / chunk_s), kept // _CHUNKS_PER_ROTATION)
        return cls(kept, 2 * rotate_every + 2, rotate_every)

    @property
    def slots(self) -> int:
        """All chunks of a ring."""
        return self.kept + self.spare

    def needed_bytes(self, description: StreamDescription) -> int:
        """Size of the file once it is full, but for some kilobytes."""
        values = sum(math.prod(chunk) for chunk in _chunks(description).values())
        channels = len(description.channel_names)
        return self.slots * channels * (values * COUNTS_DTYPE.itemsize + SLOT_DTYPE.itemsize)


def ring_names(description: StreamDescription) -> list[str]:
    """The counts, and the levels of the overview whose bins lie within a block each."""
    return list(_chunks(description))


def create_rings(channel: Any, description: StreamDescription, plan: LivePlan) -> None:
    """Make the empty rings of a channel's group."""
    for name, chunk in _chunks(description).items():
        where = name if name == ADC_COUNTS else f"{OVERVIEW}/{name}"
        _create_part(channel, where, chunk, plan.kept)
        _create_part(channel, f"{SPARE}/{name}", chunk, plan.spare)
        channel.create_dataset(f"{SLOTS}/{name}", data=np.zeros(plan.slots, SLOT_DTYPE))


def create_live_row(root: Any) -> None:
    """Make ``/live``, all zeros."""
    root.create_dataset(LIVE, data=np.zeros((), LIVE_DTYPE))


def _chunks(description: StreamDescription) -> dict[str, tuple[int, ...]]:
    """Shape of a chunk of each ring."""
    samples = description.block_samples
    levels = {str(factor): (samples // factor, 4) for factor in FACTORS if factor <= samples}
    return {ADC_COUNTS: (samples * description.values_per_sample,), **levels}


def _create_part(channel: Any, name: str, chunk: tuple[int, ...], n_chunks: int) -> None:
    rows, *row = chunk
    limit = (n_chunks * rows, *row)
    channel.create_dataset(name, (0, *row), COUNTS_DTYPE, maxshape=limit, chunks=chunk)
