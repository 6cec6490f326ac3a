"""Where a power cut may leave a header, or a page of an index, partly old and partly new."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..support.disk import Kind, Operation, Replay, SparseFile
from ..support.hdf5 import File
from ..support.hdf5.structure import Structure, torn
from .written import NAME, Log, Moment

PIECES = (512, 4096)

#: What is torn: headers of objects and those of indexes, and pages of indexes.
KINDS = {"header": ("OHDR", "OCHK"), "index header": ("FAHD", "FADB"), "page": ("page",)}


@dataclass(frozen=True)
class Tear:
    """A moment at which a structure may be torn.

    :param position: of a replay.
    :param stretch: bytes of the structure from the first piece that changed to the last one: where
        some of these pieces are old and others new, it is torn.
    """

    position: int
    piece_bytes: int
    structure: Structure
    stretch: tuple[int, int]


def structures(log: Log) -> list[Structure]:
    """Headers and pages of the finished file; longer indexes may have moved at its end."""
    file = File(log.folder / NAME)
    assert list(file.walk())
    kinds = {kind for kinds in KINDS.values() for kind in kinds}
    return [part for part in file.structures if part.kind in kinds]


def tears(log: Log) -> dict[str, list[Tear]]:
    """All that one write may leave torn, by kind and size of pieces."""
    kinds = [
        (name, [part for part in structures(log) if part.kind in KINDS[name]]) for name in KINDS
    ]
    found = defaultdict(list)
    replay = Replay(log.folder, log.operations)
    for operation, position in zip(log.operations, replay.steps(), strict=True):
        durable = replay.synced().get(NAME)
        if operation.kind is Kind.WRITE and durable is not None:
            for (name, parts), piece_bytes in itertools.product(kinds, PIECES):
                for part in _over_pieces(operation, parts, piece_bytes):
                    stretch = _changed(durable, operation, part)
                    if stretch[0] // piece_bytes < (stretch[1] - 1) // piece_bytes:
                        tear = Tear(position, piece_bytes, part, stretch)
                        found[named(name, piece_bytes)].append(tear)
    return found


def named(kind: str, piece_bytes: int) -> str:
    return f"{kind}, pieces of {piece_bytes}"


def chosen(
    log: Log, found: dict[str, list[Tear]], count: int
) -> Iterator[tuple[Replay, Moment, Tear]]:
    """Of each kind and size of pieces so many, evenly spread, some of them more than once."""
    wanted = defaultdict(list)
    for places in found.values():
        for number in range(count):
            tear = places[number * len(places) // count]
            wanted[tear.position].append(tear)
    replay = Replay(log.folder, log.operations)
    for position in replay.steps():
        if position in wanted:
            moment = log.moment(replay)
            for tear in wanted[position]:
                yield replay, moment, tear


def torn_kinds(image: memoryview, replay: Replay, parts: list[Structure]) -> Iterator[str]:
    """Of structures that are there, but neither as they were nor as they were to be."""
    now = replay.now()[NAME].content()
    states = [now, *(file.content() for file in replay.synced().values())]
    elsewhere = set(torn(memoryview(now), parts))
    for part in torn(image, parts):
        found = image[part.start : part.stop]
        is_whole = any(found == state[part.start : part.stop] for state in states)
        if part.stop <= len(image) and not is_whole and part not in elsewhere:
            yield next(name for name, kinds in KINDS.items() if part.kind in kinds)


def _over_pieces(operation: Operation, parts: list[Structure], piece_bytes: int) -> list[Structure]:
    """Structures that a write changes in several pieces, or may."""
    low, high = operation.offset, operation.offset + len(operation.payload)
    if low // piece_bytes == (high - 1) // piece_bytes:
        return []
    written = [(max(part.start, low), min(part.stop, high), part) for part in parts]
    return [
        part
        for start, stop, part in written
        if start < stop and start // piece_bytes < (stop - 1) // piece_bytes
    ]


def _changed(durable: SparseFile, operation: Operation, part: Structure) -> tuple[int, int]:
    """From the first byte of a structure that a write makes another than is synced to the last."""
    start = max(part.start, operation.offset)
    stop = min(part.stop, operation.offset + len(operation.payload), durable.length)
    new = operation.payload[start - operation.offset : max(stop, start) - operation.offset]
    old = durable.read(start, len(new))
    places = np.flatnonzero(np.frombuffer(old, np.uint8) != np.frombuffer(new, np.uint8))
    return (
        (start + int(places[0]), start + int(places[-1]) + 1) if places.size else (start, start + 1)
    )
