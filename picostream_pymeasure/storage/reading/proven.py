"""How much of a recording that was left by a crash is proven by its checksums."""

from __future__ import annotations

from itertools import product

from xxhash import xxh3_64_intdigest

from ..bytes.fixed_array import PAGE_ENTRIES
from ..layout.plan import RING_UNITS
from ..schema import FILL_VALUES, GAPS, rows_written
from .planned_file import PlannedFile
from .published import Moment


def proven_extent(planned: PlannedFile) -> tuple[int, int]:
    """The first sample that is right, counted since the start, and the first one after those.

    What was on the disk after the last sync is certain. Beyond it chunk follows chunk for as long
    as the stored checksums of all channels are right; then the one that was not full counts as far
    as it was published, if that checksum is right. Samples behind a gap that has not come to the
    disk do not count: nobody would tell of the loss. Of a live-only file nothing is certain: it may
    have been written over since the last sync, also by a whole turn that no state tells of. There
    all that is kept is proven. Once a repair has begun, which changes what proves them, it has said
    how many it keeps.
    """
    plan, published = planned.plan, planned.published
    certain = max(planned.sync().samples, published.synced_samples)
    if published.repair_began:
        stop = published.synced_samples
        return (_first_of_ring(planned, stop) if plan.is_ring else 0), stop
    if plan.is_ring:
        return _kept_of_ring(planned, certain)
    return 0, _stop_of_run(planned, certain // plan.chunk_samples, certain)


def _kept_of_ring(planned: PlannedFile, certain: int) -> tuple[int, int]:
    """The run of proven samples that is kept: that with the last certain ones, or the longest.

    Each begins with a segment. What has written over the certain ones may not have come to the disk
    as a whole, and others are kept then.
    """
    plan, oldest = planned.plan, planned.oldest_of(planned.published)
    newest = max(certain, *(moment.samples for moment in planned.published.moments))
    best, begin = (oldest, oldest), oldest
    while begin < newest:
        stop = _stop_of_run(planned, begin // plan.chunk_samples)
        if begin < certain <= stop:
            return begin, stop
        best = max(best, (begin, stop), key=lambda run: (run[1] - run[0], run[1]))
        begin = (stop // plan.segment_samples + 1) * plan.segment_samples
    return best


def _stop_of_run(planned: PlannedFile, chunk: int, certain: int = 0) -> int:
    """Where what is proven from a chunk on ends.

    :param certain: samples that need no proof.
    """
    chunk_samples, moments = planned.plan.chunk_samples, _told_moments(planned)
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
    gaps = rows_written(planned.tables()[GAPS])
    if planned.plan.is_ring and gaps == RING_UNITS * planned.plan.datasets[GAPS].chunk_rows:
        gaps = 2**63  # rows are used again
    told = [moment for moment in planned.published.moments if moment.gaps <= gaps]
    return sorted(told, key=lambda moment: -moment.samples)


def _first_of_ring(planned: PlannedFile, stop: int) -> int:
    """Where the run of proven samples begins that a repair has begun to keep."""
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
