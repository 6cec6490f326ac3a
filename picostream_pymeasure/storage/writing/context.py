"""What the native writer works with: plain records in memory that compiled code shares.

All fields are int64; ``*_address`` is where an array begins that the Python side keeps alive.
"""

from __future__ import annotations

from ...records import words

#: The file. Positions and sizes in bytes; see :class:`~..layout.plan.Plan` for the numbers of the
#: layout. ``next``: samples written, ``published``: those that the file is to tell of, ``stated``:
#: those that its record tells of.
FILE = words(
    "handle",
    "lock",  # 1 while a thread changes anything
    "failure",  # negative: the first error of the system; otherwise one of FAILURES
    "base",
    "segment_bytes",
    "chunk_samples",
    "width",
    "segments",
    "lead",  # bytes that the length is ahead of what is taken
    "is_ring",
    "n_inputs",
    "n_datasets",
    "inputs_address",
    "datasets_address",
    "tables_address",
    "next",
    "published",
    "stated",
    "entered",  # segments whose places are in the index
    "tail",  # where the next segment or area begins
    "length",
    "told_end",  # HDF5's end of file
    "tell_next",  # what it is to be next, a length that the file has for a while
    "tell_due_ns",  # from when on
    "padded",  # chunk whose rest holds the fill value, -1: none
    "units",  # units of room for tables that are taken
    "table_units",  # those that there are
    "next_unit",  # where the next of them begins
    "n_areas",
    "areas_address",
    "records_address",  # of the list of areas as it lies in the file
    "areas_at",
    "forgotten_missing",
    "told_gaps_address",  # of a gap's number, modulo GAP_NUMBERS
    "joined_gaps",  # for which the table had no room
    "unix_offset_ns",
    "state_at",
    "state_address",
    "sync_at",
    "sync_address",  # of its record, which the sync thread alone writes
    "health_at",
    "superblock_address",
    "scratch_address",
    "folder_address",
    "reserve",
    "budget",  # bytes that may be written before the room is looked at again
    "written",  # bytes of samples, for the sync thread
    "levels_due_ns",  # when the rows of the overview are told next
    "last_clock_ns",
    "stop_sync",
    "refused_ns",  # since when somebody's lock refuses the write that is under way; 0: it does not
    "patience_ns",  # how long such a write is tried again
    "synced",  # samples known to be on the disk
    "kept_totals_at",  # where only events are kept, what the whole stream is told with
    "kept_places_address",  # of each input, where its overview of the stream begins
    "kept_factor",  # samples in a bin of it
    "is_packed",
    "packed_segments",  # those that there is room for
    "looked_at",  # samples that were published when the totals came last
    "filter_address",  # of the compressing function, and of those for its memory
    "malloc_address",
    "free_address",
)

#: One growing dataset, see :class:`~..layout.plan.GrowingDataset`.
DATASET = words(
    "row_bytes",
    "chunk_rows",
    "per_segment",
    "step",
    "offset",
    "stride",
    "number",
    "most_rows",
    "most_chunks",  # of a table
    "header",
    "header_bytes",
    "rows_at",
    "most_at",
    "header_address",
    "index_header",
    "index_address",  # of a copy of that header
    "pages_at",
    "n_pages",
    "rows",
    "places_address",  # of a table's chunks; of packed ones their rows
    "entry_bytes",
    "page_bytes",
    "is_packed",
)

#: One area; see :class:`~..layout.areas.Area`. ``total``: bytes of all up to this one.
AREA = words("segments_before", "total", "position", "owner")

#: One input. ``kind``: how its counts lie in the file, an index of :data:`KINDS`.
INPUT = words(
    "kind",
    "source_bytes",
    "item_bytes",
    "counts",
    "checksums",
    "levels",
    "n_levels",
    "state_address",
    "rest_address",
    "rest_bytes",
    "fill_address",
    "levels_address",
    "converted_address",
    "packed",  # the list of packed chunks
    "staged_address",  # of the chunk that is being filled, where it is packed then
    "values_address",  # parameters of the filter
    "n_values",
)
KINDS = ("<i2", "|i1", "|u1")

#: One level of an input's overview: the bin that is being filled, and finished ones not yet stored.
LEVEL = words(
    "dataset",
    "group",  # values, or finer bins, in a bin
    "count",
    "first",
    "low",
    "high",
    "last",
    "done",
    "stored",
    "buffer_address",
)

#: One table; its newest rows, ``kept_chunks`` chunks, are kept in memory.
TABLE = words("dataset", "rows", "heads_address", "content_address", "kept_chunks")

#: Gaps that can be told again at one time, twice what the stream keeps open.
GAP_NUMBERS = 1 << 13
#: A gap that was told: its number + 1, its row in the table, and samples missing by then.
TOLD_GAP = words("number", "row", "missing")

#: Values of ``failure`` above zero, and the sentence's subject: see ``recorder``.
FULL_DISK, FULL_FILE, NOT_PACKED = 1, 2, 3
