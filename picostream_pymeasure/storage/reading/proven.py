"""How much of a recording that was left by a crash is proven by its checksums."""

from __future__ import annotations

from itertools import product

from xxhash import xxh3_64_intdigest

from ..bytes.fixed_array import PAGE_ENTRIES
from ..schema import FILL_VALUES, GAPS, rows_written
from .planned_file import PlannedFile
from .published import Moment


def proven_extent(planned: PlannedFile) -> tuple[int, int]:
    """The first sample that is right, counted since the start, and the first one after those.

    What was on the disk after the last sync is certain. Beyond it chunk follows chunk for as long
    as the stored checksums of all channels are right; then the one that was not full counts as far
    as it was published, if that checksum is right. Samples behind a gap that has not come to the
    disk do not count: nobody would tell of the loss. Of a live-only file, whose samples may have
    been overwritten since the last sync, also by a whole turn that no state tells of, segments are
    right as long as all their checksums are. Once a repair has begun, which changes what proves
    them, it has said how many it keeps.
    """
    stop = _proven_stop(planned)
    return (_proven_first(planned, stop) if planned.plan.is_ring else 0), stop


def _proven_stop(planned: PlannedFile) -> int:
    if planned.published.repair_began:
        return planned.published.synced_samples
    certain = max(planned.sync().samples, planned.published.synced_samples)
    chunk_samples = planned.plan.chunk_samples
    chunk = certain // chunk_samples
    if planned.plan.is_ring:
        first = _first_right(planned, chunk)
        begin = chunk // PAGE_ENTRIES * PAGE_ENTRIES
        if first == chunk and not _are_right(planned, *range(begin, chunk)):
            return begin * chunk_samples
        chunk = max(chunk, first)
    moments = _told_moments(planned)
    newest = max((moment.samples for moment in moments), default=0)
    while (chunk + 1) * chunk_samples <= newest and _are_right(planned, chunk):
        chunk += 1
    for moment in moments:
        is_here = chunk == moment.samples // chunk_samples and moment.samples > certain
        if is_here and _is_open_right(planned, chunk, moment):
            return moment.samples
    return max(chunk * chunk_samples, certain)


def _told_moments(planned: PlannedFile) -> list[Moment]:
    """The moments all of whose gaps are in the file, the newest first."""
    # a ring uses rows again
    gaps = 2**63 if planned.plan.is_ring else rows_written(planned.tables()[GAPS])
    return [moment for moment in planned.published.moments if moment.gaps <= gaps]


def _first_right(planned: PlannedFile, chunk: int) -> int:
    """Where to begin when what was certain has been written over: with a segment that is right."""
    newest = planned.published.samples // planned.plan.segment_samples * PAGE_ENTRIES
    begin = planned.oldest_of(planned.published) // planned.plan.chunk_samples
    if chunk >= begin:
        return chunk
    while begin < newest and not _are_right(planned, begin):
        begin += PAGE_ENTRIES
    return begin


def _proven_first(planned: PlannedFile, stop: int) -> int:
    plan = planned.plan
    entered = max(planned.published.segments, -(-stop // plan.segment_samples))
    oldest = max(entered - plan.segments + 1, 0) * PAGE_ENTRIES
    chunk = stop // plan.segment_samples * PAGE_ENTRIES
    while chunk > oldest and _are_right(planned, *range(chunk - PAGE_ENTRIES, chunk)):
        chunk -= PAGE_ENTRIES
    return chunk * plan.chunk_samples


def _are_right(planned: PlannedFile, *chunks: int) -> bool:
    return all(_is_right(planned, *each) for each in product(planned.plan.inputs, chunks))


def _is_right(planned: PlannedFile, channel: str, chunk: int) -> bool:
    """Whether a full chunk is; others have no row of their checksum before the end."""
    stored = planned.stored_checksum(channel, chunk)
    values = planned.chunk(channel, chunk) if stored else None
    return values is not None and xxh3_64_intdigest(values.data, chunk) == stored


def _is_open_right(planned: PlannedFile, chunk: int, moment: Moment) -> bool:
    """Whether the samples of a chunk that was not full at a moment are right."""
    within = moment.samples % planned.plan.chunk_samples
    if not within:
        return True
    for channel, checksum in zip(planned.plan.inputs, moment.checksums, strict=False):
        values = planned.chunk(channel, chunk)
        if values is None:
            return False
        values[within * planned.plan.values_per_sample :] = FILL_VALUES[values.dtype.str]
        if xxh3_64_intdigest(values.data, chunk) != checksum:
            return False
    return bool(moment.checksums)
