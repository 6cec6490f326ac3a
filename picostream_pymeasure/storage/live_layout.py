"""What a live-only file has beside the layout of :mod:`.schema`.

::

    /                          attributes: live_only_s (the N seconds), first_sample
    ├── live                   one row, see LIVE_DTYPE
    └── channels/
        └── A/
            ├── adc_counts     the newest N seconds and a little more, oldest first
            ├── overview/      256, 4096 …: their bins, likewise
            ├── spare/         adc_counts, 256, …: the chunks to be overwritten next
            └── slots/         adc_counts, 256, …: uint64, position in the file of each chunk

There are no checksums. Every dataset is a *ring* of chunks, one chunk a block: chunk ``n`` of the
stream lies in slot ``n`` modulo the number of slots, so that what left ``adc_counts`` last stays in
the file for a while. Nothing moves; several times a second the lists of chunks of ``adc_counts``
and ``spare`` are rotated, see :mod:`.chunk_table`. Both ``/gaps`` and ``/events`` name samples by
*absolute* indices, counted from the first sample that was ever recorded; ``adc_counts[0]`` is number
``first_sample`` (while the recording runs: ``live.end`` minus what the window holds).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..records import StreamDescription
from .overview import FACTORS
from .schema import ADC_COUNTS, COUNTS_DTYPE

LIVE = "live"
OVERVIEW = "overview"
SPARE = "spare"
SLOTS = "slots"

#: Root attributes that only live-only files have.
LIVE_ONLY_S = "live_only_s"
FIRST_SAMPLE = "first_sample"

#: ``begin``: absolute index of the oldest sample that no write has touched; advanced *before* its
#: chunk is overwritten. ``end``: one after the newest sample, advanced *after* it was written.
#: ``missing_before``: samples missing in gaps that were dropped from ``/gaps``. ``revision``: odd
#: while rows of ``/gaps`` or ``/events`` are dropped, another number after each time.
LIVE_DTYPE = np.dtype(
    [("begin", "<i8"), ("end", "<i8"), ("missing_before", "<i8"), ("revision", "<i8")]
)
SLOT_DTYPE = np.dtype("<u8")

_PUBLISH_S = 0.2
#: A rotation rewrites every position, so long rings are rotated more rarely.
_CHUNKS_PER_ROTATION = 1024


@dataclass(frozen=True)
class LivePlan:
    """How many chunks a live-only file has.

    :param kept: chunks in ``adc_counts``: one more than ``N`` seconds need, for the last chunk of
        a recording may hold a single sample.
    :param spare: chunks that are neither in ``adc_counts`` nor overwritten for two rotations.
    :param rotate_every: chunks from one rotation to the next.
    """

    kept: int
    spare: int
    rotate_every: int

    @classmethod
    def for_stream(cls, description: StreamDescription, seconds: float) -> LivePlan:
        """Divide a file that shall hold ``seconds``."""
        chunk_s = description.block_samples * description.stored_interval_ns * 1e-9
        kept = math.ceil(seconds / chunk_s) + 1
        rotate_every = max(1, round(_PUBLISH_S / chunk_s), kept // _CHUNKS_PER_ROTATION)
        return cls(kept, 2 * rotate_every + 2, rotate_every)

    def needed_bytes(self, description: StreamDescription) -> int:
        """Size of the file once it is full."""
        values = description.block_samples * description.values_per_sample
        bins = sum(description.block_samples // factor for factor in level_factors(description))
        chunk_bytes = COUNTS_DTYPE.itemsize * (values + 4 * bins)
        return (self.kept + self.spare) * chunk_bytes * len(description.channel_names)


@dataclass(frozen=True)
class RingDatasets:
    """The datasets that are one ring.

    :param kept: what the window shows, of shape ``(n,)`` or ``(n, 4)``.
    :param spare: the other chunks, of the same form.
    :param slots: uint64, one position a chunk.
    """

    kept: Any
    spare: Any
    slots: Any

    @classmethod
    def of(cls, channel: Any, name: str) -> RingDatasets:
        """Find the ring ``adc_counts`` or ``overview/<factor>`` of a channel's group."""
        short = name.rpartition("/")[2]
        return cls(channel[name], channel[f"{SPARE}/{short}"], channel[f"{SLOTS}/{short}"])


def level_factors(description: StreamDescription) -> list[int]:
    """Samples a bin, of those levels of the overview whose bins are in one block."""
    return [factor for factor in FACTORS if factor <= description.block_samples]


def level_name(factor: int) -> str:
    """A level's name in its channel's group."""
    return f"{OVERVIEW}/{factor}"


def create_live_record(root: Any) -> None:
    """Make ``/live`` with zeros."""
    root.create_dataset(LIVE, data=np.zeros((), LIVE_DTYPE))


def create_rings(group: Any, description: StreamDescription, plan: LivePlan) -> None:
    """Make the empty rings of a channel."""
    samples = description.block_samples
    _create_ring(group, ADC_COUNTS, (samples * description.values_per_sample,), plan)
    for factor in level_factors(description):
        _create_ring(group, level_name(factor), (samples // factor, 4), plan)


def _create_ring(group: Any, name: str, chunk: tuple[int, ...], plan: LivePlan) -> None:
    short = name.rpartition("/")[2]
    for where, n_chunks in ((name, plan.kept), (f"{SPARE}/{short}", plan.spare)):
        rows, row_shape = chunk[0], chunk[1:]
        limit = (n_chunks * rows, *row_shape)
        group.create_dataset(where, (0, *row_shape), COUNTS_DTYPE, maxshape=limit, chunks=chunk)
    group.create_dataset(f"{SLOTS}/{short}", data=np.zeros(plan.kept + plan.spare, SLOT_DTYPE))
