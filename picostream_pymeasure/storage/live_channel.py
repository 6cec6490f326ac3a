"""Writes one channel of a live-only file."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..records import StreamDescription
from .live_layout import RingDatasets
from .live_plan import ring_names
from .live_ring import Ring
from .overview import OverviewBuilder
from .raw_file import RawFile


class LiveChannel:
    """The rings of one channel: its counts, and the bins of each level.

    :param group: the channel's group, with empty rings.
    """

    def __init__(self, raw: RawFile, group: Any, description: StreamDescription) -> None:
        self._block_values = description.block_samples * description.values_per_sample
        rings = [Ring(raw, RingDatasets.of(group, name)) for name in ring_names(description)]
        self._counts, self._levels = rings[0], rings[1:]
        self._builder = OverviewBuilder(description.values_per_sample)

    def append(self, row: NDArray[np.int16], valid: int) -> None:
        """Store ``row[:valid]``; only the last row ever may be shorter than a block."""
        self._counts.append(row[:valid])
        levels = self._builder.add(row[:valid])
        if valid < self._block_values:
            rests = self._builder.finish()
            levels = [np.concatenate(pair) for pair in zip(levels, rests, strict=True)]
        for ring, bins in zip(self._levels, levels, strict=False):  # coarser ones are not kept
            ring.append(bins)

    def rotate(self, *, at_rest: bool = False) -> None:
        """Let all datasets end with the newest chunk; see :meth:`.Ring.rotate`."""
        for ring in (self._counts, *self._levels):
            ring.rotate(at_rest=at_rest)
