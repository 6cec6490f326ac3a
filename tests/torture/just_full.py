"""The moments at which a chunk has just become full, and what of them a power cut may leave.

Each of its parts, the samples that filled it, its checksum and the state that tells of it, may be
as it was before or as it is, whatever the others are.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from ..support.disk import Kind, Replay
from ..support.hdf5 import File
from .tearing import PIECES
from .written import NAME, SAMPLES, STATE_BYTES, Log, state_words


@dataclass(frozen=True)
class Part:
    """Bytes that change together.

    :param before: the operation that changes them last; none if they are certain already.
    """

    begin: int
    stop: int
    before: int | None

    def pieces(self, piece_bytes: int) -> range:
        return range(self.begin // piece_bytes, (self.stop - 1) // piece_bytes + 1)


def just_full(log: Log) -> Iterator[tuple[Replay, list[Part]]]:
    """A replay that stands where a state has told of a full chunk, and the parts of that."""
    length = log.chunk_samples
    replay, told = Replay(log.folder, log.operations), 0
    for operation, _ in zip(log.operations, replay.steps(), strict=True):
        if operation.kind is Kind.WRITE and operation.offset == log.state_at:
            samples = int(state_words(operation.payload[:STATE_BYTES])[SAMPLES])
            if NAME in replay.synced() and samples // length > told // length:
                yield replay, list(_parts(log, replay, samples // length - 1))
            told = samples


def images(parts: list[Part]) -> Iterator[tuple[int, dict[int, int]]]:
    """The size of pieces, and those that are as they were before an operation, with that."""
    for chosen in itertools.product((False, True), repeat=len(parts)):
        for piece_bytes in PIECES:
            old = {
                piece: part.before
                for part, is_old in zip(parts, chosen, strict=True)
                for piece in part.pieces(piece_bytes)
                if is_old and part.before is not None
            }
            yield piece_bytes, old


def _parts(log: Log, replay: Replay, chunk: int) -> Iterator[Part]:
    file = File(replay.now()[NAME].content())
    for name in log.plan.settings.names:
        counts = file.dataset(f"channels/{name}/adc_counts").chunks
        assert counts is not None
        number = chunk % len(counts.positions)
        begin = int(counts.positions[number])
        yield _part(replay, begin, begin + int(counts.sizes[number]))
        rows = file.dataset(f"channels/{name}/checksums")
        assert rows.chunks is not None
        assert rows.chunk_shape is not None
        page, row = divmod(number, rows.chunk_shape[0])
        begin = int(rows.chunks.positions[page]) + 8 * row
        yield _part(replay, begin, begin + 8)
    yield _part(replay, log.state_at, log.state_at + STATE_BYTES)


def _part(replay: Replay, begin: int, stop: int) -> Part:
    """What the last write changes of a stretch."""
    changes = [
        found
        for found in replay.pending(NAME)
        if found.kind is Kind.WRITE
        and found.offset < stop
        and found.offset + len(found.payload) > begin
    ]
    if not changes:
        return Part(begin, stop, None)
    last = changes[-1]
    first, end = max(last.offset, begin), min(last.offset + len(last.payload), stop)
    return Part(first, end, last.index)
