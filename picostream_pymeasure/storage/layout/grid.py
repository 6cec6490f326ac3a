"""How a stream is cut into chunks and segments: a pure function of the stream."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...config import ChannelConfig
from ...records import StreamDescription
from ..bytes.fixed_array import PAGE_ENTRIES

#: Values of a chunk: large enough for the speed of the disk, small enough to be kept in caches.
_MOST_VALUES = 1 << 19
_LEAST_SAMPLES = 4096
_CHUNK_S = 0.25

#: Where events are kept a chunk holds so many at most.
_KEPT_EVENTS = 8

#: The last chunk of a recording is stored whole: its rest shall not weigh much.
_LEAST_CHUNKS = 32

#: A live-only file is cut so fine that what it holds beyond the wanted time is little.
_RING_CHUNKS = 512

#: Where no end is known a file may be that long, and have so many chunks.
_LONGEST_S = 10 * 366 * 86400.0
MOST_CHUNKS = 1 << 26

#: Where each chunk of a packed file lies is kept in memory: 16 bytes a chunk.
_MOST_PACKED_CHUNKS = 1 << 24

#: The end of the file lies that far ahead of the samples: a reader keeps the end that it saw when
#: it opened the file, and may look at the extents a while later.
#: Of a stream of which only events are stored it is a part of that.
_LEAD_S, _KEPT_LEAD_BYTES = 2.0, 1 << 22


@dataclass(frozen=True)
class Grid:
    """The cut of a stream; all inputs have the same.

    :param dtypes: of the counts of each input, NumPy's names.
    :param chunk_samples: delivered samples of a chunk, a power of two.
    :param segments: how many there can be at most; of a live-only file how many there are.
    :param lead: bytes by which the file is extended ahead of what is taken.
    :param is_ring: the segments are used again and again.
    :param keeps: only events of the stream are stored.
    :param is_packed: chunks of counts are compressed: they lie one behind the other, and a segment
        is only what belongs to them.
    """

    dtypes: tuple[str, ...]
    values_per_sample: int
    chunk_samples: int
    segments: int
    lead: int
    is_ring: bool
    keeps: bool = False
    is_packed: bool = False

    @property
    def segment_samples(self) -> int:
        """Delivered samples of a segment."""
        return PAGE_ENTRIES * self.chunk_samples

    def chunk_bytes(self, dtype: str) -> int:
        """Size of one chunk of an input."""
        return self.chunk_samples * self.values_per_sample * np.dtype(dtype).itemsize


def grid_for(
    description: StreamDescription, live_only_s: float | None, compress: bool = False
) -> Grid:
    """Cut a stream.

    :param live_only_s: keep only the newest so many seconds; None keeps all.
    :param compress: pack the chunks, unless samples come so slowly that one would last longer than
        a program may lose when it is killed.
    """
    interval_s = description.stored_interval_ns * 1e-9
    width = description.values_per_sample
    counts, inputs = np.dtype(description.counts_dtype).str, description.config.inputs
    # ports, eight inputs each, take one byte
    dtypes = tuple(counts if isinstance(row, ChannelConfig) else "|u1" for row in inputs)
    samples = description.config.largest_samples(description.sample_interval_ns)
    keep = description.keep
    # rows of short events shall not need much more room than their samples
    most_s = math.inf if keep is None else _KEPT_EVENTS * (keep.before_s + keep.after_s)
    if live_only_s is not None:
        chunk = _chunk_samples(live_only_s / _RING_CHUNKS / interval_s, width)
        needed = live_only_s / interval_s / (PAGE_ENTRIES * chunk)
        # one is being filled and one is the hole between the newest and the oldest
        return Grid(dtypes, width, chunk, math.ceil(needed) + 2, 0, True)
    wanted = min(_CHUNK_S, most_s) / interval_s
    if samples is not None:
        wanted = min(wanted, samples / _LEAST_CHUNKS)
    chunk = _chunk_samples(wanted, width)
    is_packed = compress and chunk * interval_s <= _CHUNK_S
    if samples is None:
        most_chunks = _MOST_PACKED_CHUNKS if is_packed else MOST_CHUNKS
        samples = int(min(_LONGEST_S / interval_s, most_chunks * chunk))
    segments = -(-samples // (PAGE_ENTRIES * chunk))
    bytes_per_sample = width * sum(np.dtype(dtype).itemsize for dtype in dtypes)
    lead = math.ceil(_LEAD_S / interval_s) * bytes_per_sample
    if keep is not None:
        lead = min(lead, _KEPT_LEAD_BYTES)
    return Grid(dtypes, width, chunk, max(segments, 1), lead, False, keep is not None, is_packed)


def _chunk_samples(wanted: float, width: int) -> int:
    """A power of two of at most ``wanted`` samples, within the limits."""
    most = _MOST_VALUES // width
    if wanted >= most:
        return most
    return max(_LEAST_SAMPLES, 1 << int(math.log2(max(wanted, 1))))
