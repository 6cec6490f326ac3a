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

There are no checksums. Each dataset is a *ring* of chunks, one chunk a block: chunk ``n`` of the
stream lies in slot ``n`` modulo the number of slots, so that what left ``adc_counts`` last stays in
the file for a while. Nothing moves; several times a second the list of chunks of ``adc_counts`` is
rotated, see :mod:`.chunk_table`. That of ``spare`` is right at the end only. ``/entry/envelope``
shows, as in any file from the end on, what the window holds then.

``/gaps`` and ``/events`` name samples by *absolute* indices, counted from the first sample that
was ever recorded. Once they have :data:`MOST_ROWS` rows a new one replaces the oldest; at the end
they are put in order. ``adc_counts[0]`` has the absolute index ``first_sample``, which is settled
at the end too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .schema import ADC_COUNTS, OVERVIEW

LIVE = "live"
SPARE = "spare"
SLOTS = "slots"

#: Root attributes that only live-only files have.
LIVE_ONLY_S = "live_only_s"
FIRST_SAMPLE = "first_sample"

#: ``begin``: absolute index of the oldest sample that no write has touched, advanced *before* its
#: chunk is overwritten. ``end``: one after the newest sample, advanced *after* it was written.
#: ``missing_before``: samples missing in the gaps that ``/gaps`` no longer has.
LIVE_DTYPE = np.dtype([("begin", "<i8"), ("end", "<i8"), ("missing_before", "<i8")])
SLOT_DTYPE = np.dtype("<u8")

#: Rows of ``/gaps`` and of ``/events``.
MOST_ROWS = 4096


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
        """Find a ring of a channel's group: ``adc_counts``, or the samples per bin of a level."""
        where = name if name == ADC_COUNTS else f"{OVERVIEW}/{name}"
        return cls(channel[where], channel[f"{SPARE}/{name}"], channel[f"{SLOTS}/{name}"])

    @property
    def rows(self) -> int:
        """Rows in a chunk."""
        return self.kept.chunks[0]

    @property
    def n_kept(self) -> int:
        """Chunks that the window shows."""
        return self.kept.maxshape[0] // self.rows
