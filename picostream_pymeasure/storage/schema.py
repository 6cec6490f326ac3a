"""Names and data types of a recording, format version 2; where it all lies is ``layout``'s.

::

    /                          attributes: see :mod:`.layout.attributes`
    ├── adc_counts             hard link to the first channel's
    ├── channels/
    │   └── A/                 or PORT0, a digital port
    │       ├── adc_counts     counts, 1-D: int16 or int8, of ports uint8
    │       ├── checksums      uint64, one a chunk, see :data:`CHECKSUM_DTYPE`
    │       ├── packed         of a compressed file: where each chunk lies, :data:`PACKED_DTYPE`
    │       └── overview/b256  … see :data:`FACTORS`
    ├── gaps, clock, events, captures   tables
    ├── chunk_first_samples    of a live-only file: absolute index of each chunk's first sample
    ├── entry/envelope/        see :mod:`.layout.default_plot`
    ├── health                 one row, rewritten while the recording runs
    ├── stream/                where only events are kept: totals of the stream, and its overview,
    │   └── A …                pairs of smallest and largest count
    └── recovery/              plan, areas, state, sync, closing: see :mod:`.layout.records`
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from ..config import CHANNEL_NAMES
from ..records import CAPTURE_DTYPE

FORMAT = "picostream-pymeasure"
FORMAT_VERSION = 2

#: What a reader must know to read a file, named in the root attribute ``features``.
SEGMENTS, RING, INT8, KEPT, PACKED_CHUNKS = "segments", "ring", "int8", "kept-events", "packed"
FEATURES = frozenset({SEGMENTS, RING, INT8, KEPT, PACKED_CHUNKS})

#: The oldest form of HDF5 files with fixed arrays, so that old programs read it too.
LIBVER = ("v110", "v110")

ADC_COUNTS = "adc_counts"
CAPTURES = "captures"
CHANNELS = "channels"
CHECKSUMS = "checksums"
CLOCK = "clock"
EVENTS = "events"
FIRST_SAMPLES = "chunk_first_samples"
GAPS = "gaps"
HEALTH = "health"
OVERVIEW = "overview"
PACKED = "packed"
RECOVERY = "recovery"
STREAM = "stream"
KEPT_TOTALS = f"{STREAM}/totals"

#: Tables in the order in which the writer numbers them.
TABLES = (GAPS, CLOCK, EVENTS, CAPTURES)

#: Values of the root attribute ``status``; ``/health`` holds the position in this tuple.
STATUSES = ("recording", "complete", "incomplete")

#: Values of the attribute ``kind`` of a channel; files without it hold analogue channels only.
ANALOGUE, DIGITAL = "analogue", "digital"

#: What stands where no sample is, by data type; of ports nothing is impossible.
FILL_VALUES = {"<i2": -32768, "|i1": -128, "|u1": 0}

#: Samples a bin of each level of the overview, which is made while the stream is recorded. A level
#: is of shape ``(n, 4)`` and the counts' type: first, min, max and last count, the last bin of what
#: there is. Of a digital port the bits that are 1 in all samples stand in for the min and those
#: that are 1 in any for the max, so that a pulse of one sample is seen at every level. A picture of
#: any window needs about as many bins of one level as it has columns: its width alone costs. In
#: aggregate mode a bin spans so many (min, max) pairs; "first" and "last" are the first min and the
#: last max.
FACTORS = (2**8, 2**12, 2**16, 2**20, 2**24)
COLUMNS, PORT_COLUMNS = ("first", "min", "max", "last"), ("first", "and", "or", "last")

#: Fixed-size texts, in UTF-8 bytes; longer ones are cut.
CAUSE_BYTES = 80
LABEL_BYTES = 232

#: XXH3-64 of a chunk as it lies in the file, filled up with the fill value, seeded with its number:
#: ``xxhash.xxh3_64_intdigest(content, seed=number)``.
CHECKSUM_DTYPE = np.dtype("<u8")

#: Where a packed chunk lies: its first byte, how many there are, and the low half of their XXH3-64,
#: seeded with its number. All zeros until it is there.
PACKED_DTYPE = np.dtype([("position", "<u8"), ("size", "<u4"), ("checksum", "<u4")])

#: The rows of tables never lie across two sectors of 512 bytes.
GAP_DTYPE = np.dtype(
    [
        ("sample_index", "<i8"),
        ("earliest", "<i8"),
        ("latest", "<i8"),
        ("missing", "<i8"),
        ("estimated_missing", "<i8"),
        ("noticed_s", "<f8"),
        ("cause", h5py.string_dtype("utf-8", CAUSE_BYTES)),
    ]
)
CLOCK_DTYPE = np.dtype(
    [("sample_index", "<i8"), ("host_s", "<f8"), ("slept_s", "<f8"), ("reserved", "<i8")]
)
EVENT_DTYPE = np.dtype(
    [
        ("sample_index", "<i8"),
        ("time_s", "<f8"),
        ("value", "<f8"),
        ("label", h5py.string_dtype("utf-8", LABEL_BYTES)),
    ]
)

#: Chunks of a table at most, of that of the captures, of that where events are kept, and the bytes
#: of one.
TABLE_CHUNKS, CAPTURE_CHUNKS, KEPT_CHUNKS, TABLE_CHUNK_BYTES = 1024, 2048, 1 << 18, 15872
MOST_CAPTURES = CAPTURE_CHUNKS * (TABLE_CHUNK_BYTES // CAPTURE_DTYPE.itemsize)

TABLE_DTYPES = dict(zip(TABLES, (GAP_DTYPE, CLOCK_DTYPE, EVENT_DTYPE, CAPTURE_DTYPE), strict=True))

HEALTH_DTYPE = np.dtype(
    [
        ("status", "<i8"),
        ("total_samples", "<i8"),
        ("received_samples", "<i8"),
        ("lost_samples", "<i8"),
        ("gaps", "<i8"),
        ("pool_fill", "<f8"),
        *((f"over_range_{name}", "<i8") for name in CHANNEL_NAMES),
        ("elapsed_s", "<f8"),
        ("actual_rate_hz", "<f8"),
        ("updated_unix_s", "<f8"),
    ]
)


def fixed_text(text: str, size: int) -> bytes:
    """UTF-8 bytes of the text, cut between two characters to fit a fixed-size field."""
    return text.encode()[:size].decode(errors="ignore").encode()


def level_path(channel: str, factor: int) -> str:
    """Path of a level of the overview; its name is one that NeXus allows."""
    return f"{CHANNELS}/{channel}/{OVERVIEW}/b{factor}"


def counts_path(channel: str) -> str:
    """Path of the counts of an input."""
    return f"{CHANNELS}/{channel}/{ADC_COUNTS}"


def stream_path(channel: str) -> str:
    """Path of the overview of an input's whole stream, where only events are kept."""
    return f"{STREAM}/{channel}"


def checksums_path(channel: str) -> str:
    """Path of the checksums of an input."""
    return f"{CHANNELS}/{channel}/{CHECKSUMS}"


def packed_path(channel: str) -> str:
    """Path of the list of a channel's packed chunks."""
    return f"{CHANNELS}/{channel}/{PACKED}"


def table_chunks(name: str, *, keeps: bool) -> int:
    """Chunks of a table at most.

    :param keeps: only events are kept, each a row of the captures.
    """
    if name == CAPTURES:
        return KEPT_CHUNKS if keeps else CAPTURE_CHUNKS
    return TABLE_CHUNKS


def moved(
    rows: NDArray[Any], move: Callable[[NDArray[np.int64]], NDArray[np.int64]]
) -> NDArray[Any]:
    """Rows of gaps or events with other indices of samples."""
    found = rows.copy()
    for name in {"sample_index", "earliest", "latest"} & set(rows.dtype.names or ()):
        found[name] = move(rows[name])
    return found


def rows_written(rows: NDArray[Any]) -> int:
    """How many come before the first that has not come to the disk, which is all zeros."""
    is_empty = rows == np.zeros((), rows.dtype)
    return int(is_empty.argmax()) if is_empty.any() else len(rows)


def missing_in(gaps: NDArray[Any]) -> int:
    """Samples missing in gaps; those of which nobody knows yet count as none."""
    return int(np.maximum(gaps["estimated_missing"], 0).sum())
