"""Writes the end that a crash kept from a live-only recording."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..errors import FileFormatError
from .chunk_table import ChunkTable
from .live_layout import SLOTS, RingDatasets
from .pending_changes import PendingChanges
from .recording import Recording
from .schema import ADC_COUNTS, CHANNELS


def settle_full_rings(changes: PendingChanges, recording: Recording) -> None:
    """Let rings that HDF5 no longer knows the order of end with the newest sample."""
    for ring, chunks, rows in _rings(recording.root, recording):
        if chunks > ring.n_kept:
            _settle_ring(changes, ring, chunks, rows)


def cut_growing_rings(root: Any, recording: Recording) -> None:
    """Cut off what was written last of rings that still grew, and not of all channels.

    :param root: the file, open for writing.
    """
    for ring, chunks, rows in _rings(root, recording):
        if chunks <= ring.n_kept and ring.kept.shape[0] > rows:
            ring.kept.resize(rows, axis=0)


def _rings(root: Any, recording: Recording) -> Iterator[tuple[RingDatasets, int, int]]:
    """Every ring, the chunks it ever got, and the rows it shows."""
    assert recording.live is not None
    samples, width = recording.live.stop, recording.values_per_sample
    block = recording.first.chunks[0] // width
    chunks = -(-samples // block)
    for name in recording.channels:
        channel = root[f"{CHANNELS}/{name}"]
        for ring_name in channel[SLOTS]:
            ring = RingDatasets.of(channel, ring_name)
            first = max(chunks - ring.n_kept, 0) * block
            rows = (samples - first) * width
            if ring_name != ADC_COUNTS:
                rows = -(-(samples - first) // int(ring_name))
            yield ring, chunks, rows


def _settle_ring(changes: PendingChanges, ring: RingDatasets, chunks: int, rows: int) -> None:
    slots = ring.slots[()]
    filled = min(chunks, slots.size)
    positions = slots[np.arange(chunks - filled, chunks) % slots.size]
    if not positions.all():
        raise FileFormatError(f"Chunks of {ring.kept.name} are missing; it cannot be repaired.")
    kept = ChunkTable(changes, ring.kept)
    kept.write(positions[-ring.n_kept :])
    kept.set_rows(rows)
    if filled > ring.n_kept:
        ChunkTable(changes, ring.spare).write(positions[: -ring.n_kept])
