"""Builds the files that a power cut can leave, from the log of a program.

The model: a sync that has finished made all that was written to the file before it began durable;
a sync of the folder does so for names. Of what came later each piece of a file (a sector of 512 or
a page of 4096 bytes) is as it was at any moment since, each for itself; the length is any of those
since; of the names the first few changes are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .log import Kind, Operation
from .sparse import SparseFile


@dataclass
class _Contents:
    """A file: what is durable, and what was done since."""

    durable: SparseFile = field(default_factory=SparseFile)
    pending: list[Operation] = field(default_factory=list)
    syncs: dict[int, int] = field(default_factory=dict)

    def settle(self, index: int) -> None:
        """A sync that began at this operation has finished."""
        for operation in self.pending:
            if operation.index < index:
                _apply(self.durable, operation)
        self.pending = [operation for operation in self.pending if operation.index > index]

    def now(self) -> SparseFile:
        found = self.durable.copy()
        for operation in self.pending:
            _apply(found, operation)
        return found

    def mixed(
        self, rng: np.random.Generator, piece_bytes: int, torn: tuple[int, int] | None
    ) -> SparseFile:
        """Each piece as it was at some moment since the last sync; see ``after_power_cut``."""
        found = self.durable.copy()
        if not self.pending:
            return found
        moments = _Moments(rng, piece_bytes, self.pending)
        if torn is not None:
            moments.tear(rng, torn)
        lengths = [self.durable.length]
        for operation in self.pending:
            if operation.kind is Kind.WRITE:
                _write_pieces(found, operation, moments)
                lengths.append(max(lengths[-1], operation.offset + len(operation.payload)))
            else:
                lengths.append(operation.offset)
        if torn is not None:  # it is there
            lengths = [length for length in lengths if length >= torn[1]] or lengths[-1:]
        found.resize(int(rng.choice([lengths[0], lengths[-1], rng.choice(lengths)])))
        return found

    def without(self, piece_bytes: int, old: Mapping[int, int]) -> SparseFile:
        """All that was done, but for pieces as they were before an operation."""
        found = self.durable.copy()
        for operation in self.pending:
            if operation.kind is Kind.WRITE:
                _write_pieces(found, operation, _OldPieces(piece_bytes, old))
            else:
                found.resize(operation.offset)
        return found


@dataclass(frozen=True)
class _OldPieces:
    """Pieces that were not written from some operation on; see :class:`_Moments`."""

    piece_bytes: int
    old: Mapping[int, int]

    def reached(self, index: int, begin: int, stop: int) -> np.ndarray:
        found = np.ones(stop - begin, bool)
        for piece, left_at in self.old.items():
            if begin <= piece < stop:
                found[piece - begin] = index < left_at
        return found


class _Moments:
    """For each piece of a file the operation up to which it reached the disk."""

    def __init__(
        self, rng: np.random.Generator, piece_bytes: int, pending: list[Operation]
    ) -> None:
        self.piece_bytes = piece_bytes
        stop = max(operation.offset + len(operation.payload) for operation in pending)
        pieces = stop // piece_bytes + 1
        share_new = rng.choice([0.05, 0.5, 0.95])
        first, last = pending[0].index, pending[-1].index
        self._old, self._new = first - 1, last
        between = rng.integers(first, last + 1, pieces)
        self._moments = np.where(rng.random(pieces) < share_new, last, first - 1)
        some = rng.random(pieces) < 0.1
        self._moments[some] = between[some]

    def tear(self, rng: np.random.Generator, places: tuple[int, int]) -> None:
        """Let a part of a stretch be old, and the other one new."""
        begin, stop = places[0] // self.piece_bytes, (places[1] - 1) // self.piece_bytes + 1
        edge = int(rng.integers(begin + 1, stop))
        sides = rng.permutation([self._old, self._new])
        self._moments[begin:edge], self._moments[edge:stop] = sides

    def reached(self, index: int, begin: int, stop: int) -> np.ndarray:
        """Which of the pieces ``begin`` to before ``stop`` hold what operation ``index`` did."""
        return self._moments[begin:stop] >= index


def _write_pieces(file: SparseFile, operation: Operation, moments: _Moments | _OldPieces) -> None:
    size = moments.piece_bytes
    start, data = operation.offset, memoryview(operation.payload)
    begin, stop = start // size, (start + len(data) - 1) // size + 1
    reached = moments.reached(operation.index, begin, stop)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], reached, [False])).astype(np.int8)))
    for first, last in edges.reshape(-1, 2):
        low = max((begin + int(first)) * size, start)
        high = min((begin + int(last)) * size, start + len(data))
        file.write(low, data[low - start : high - start])


def _apply(file: SparseFile, operation: Operation) -> None:
    if operation.kind is Kind.WRITE:
        file.write(operation.offset, operation.payload)
    else:
        file.resize(operation.offset)


class Replay:
    """Goes through a log and knows at each place what is on the disk for certain.

    :param folder: the one that was watched; only names directly in it are known.
    :param operations: the log.
    :param files: what was in the folder before, by name.
    """

    def __init__(
        self, folder: Path, operations: list[Operation], files: dict[str, SparseFile] | None = None
    ) -> None:
        self._folder = folder.resolve()
        self._inode = self._folder.stat().st_ino
        self._operations = operations
        self._contents: dict[int, _Contents] = {}
        self._known_as: dict[int, int] = {}
        self._names: dict[str, int] = {}
        self._name_changes: list[tuple[int, dict[str, int]]] = []
        self._folder_syncs: dict[int, int] = {}
        for number, (name, file) in enumerate((files or {}).items()):
            self._contents[-1 - number] = _Contents(file.copy())
            self._names[name] = -1 - number
        self._durable_names = dict(self._names)
        self.position = 0

    def steps(self) -> Iterator[int]:
        """Go on operation by operation; gives how many are done."""
        for operation in self._operations:
            self._do(operation)
            self.position += 1
            yield self.position

    def now(self) -> dict[str, SparseFile]:
        """The files as a program sees them."""
        return {name: self._contents[inode].now() for name, inode in self._names.items()}

    def synced(self) -> dict[str, SparseFile]:
        """What no power cut can take any more."""
        return {name: self._contents[inode].durable for name, inode in self._durable_names.items()}

    def after_power_cut(
        self, seed: int, piece_bytes: int, torn: tuple[int, int] | None = None
    ) -> dict[str, SparseFile]:
        """Files as a power cut now may leave them; another seed, another mixture.

        :param torn: begin and end of a stretch over several pieces that are not all old or new.
        """
        rng = np.random.default_rng((self.position, seed, piece_bytes))
        changes = [self._durable_names, *(names for _, names in self._name_changes)]
        names = changes[int(rng.integers(len(changes)))]
        return {
            name: self._contents[inode].mixed(rng, piece_bytes, torn)
            for name, inode in names.items()
        }

    def pending(self, name: str) -> list[Operation]:
        """What was done to a file and is not certain yet."""
        return self._contents[self._names[name]].pending

    def without(self, name: str, piece_bytes: int, old: Mapping[int, int]) -> SparseFile:
        """A file as a power cut now may leave it: as it is, but for some pieces.

        :param old: piece and the first operation that did not reach it.
        """
        return self._contents[self._names[name]].without(piece_bytes, old)

    def _do(self, operation: Operation) -> None:
        match operation.kind:
            case Kind.CREATE:
                self._known_as.pop(operation.inode, None)
                self._contents[operation.inode] = _Contents()
                if operation.payload:  # a file may be made without a name, and linked to one later
                    self._rename(operation, {self._local(operation.names[0]): operation.inode})
            case Kind.OPEN:
                self._open(operation)
            case Kind.WRITE | Kind.RESIZE:
                self._pending(operation)
            case Kind.SYNC_BEGIN | Kind.SYNC_END:
                self._sync(operation)
            case Kind.RENAME | Kind.LINK | Kind.UNLINK:
                self._change_names(operation)
            case Kind.MAP:
                raise AssertionError("the program writes through a map or makes holes")

    def _open(self, operation: Operation) -> None:
        """A file from before the log gets the number it has now."""
        name = self._local(operation.names[0]) if operation.payload else ""
        inode = self._names.get(name, 0)
        if inode < 0:
            self._known_as[operation.inode] = inode

    def _file(self, inode: int) -> _Contents | None:
        return self._contents.get(self._known_as.get(inode, inode))

    def _pending(self, operation: Operation) -> None:
        file = self._file(operation.inode)
        assert file is not None, "a file is written that was never made in the folder"
        file.pending.append(operation)

    def _sync(self, operation: Operation) -> None:
        file = self._file(operation.inode)
        if operation.inode == self._inode:
            self._finish(operation, self._folder_syncs, self._settle_names)
        elif file is not None:
            self._finish(operation, file.syncs, file.settle)

    def _finish(
        self, operation: Operation, begun: dict[int, int], settle: Callable[[int], None]
    ) -> None:
        if operation.kind is Kind.SYNC_BEGIN:
            begun[operation.thread] = operation.index
        else:
            settle(begun.pop(operation.thread))

    def _settle_names(self, index: int) -> None:
        for changed, names in self._name_changes:
            if changed < index:
                self._durable_names = names
        self._name_changes = [change for change in self._name_changes if change[0] > index]

    def _local(self, path: str) -> str:
        return str(Path(path).relative_to(self._folder))

    def _change_names(self, operation: Operation) -> None:
        source, target = operation.names
        if operation.kind is Kind.UNLINK:
            self._rename(operation, {}, remove=self._local(source))
            return
        inode = self._known_as.get(operation.inode, operation.inode)
        remove = self._local(source) if operation.kind is Kind.RENAME else None
        self._rename(operation, {self._local(target): inode}, remove=remove)

    def _rename(self, operation: Operation, new: dict[str, int], remove: str | None = None) -> None:
        kept = {name: inode for name, inode in self._names.items() if name != remove}
        self._names = {**kept, **new}
        self._name_changes.append((operation.index, self._names))
