"""A compressed copy of a finished recording, by filters that every HDF5 program has.

h5py makes the file and everything small in it. The chunks of what grew are compressed by all cores
and put in as they are, past HDF5's filters, which would use one.
"""

from __future__ import annotations

import io
import itertools
import os
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np

from ..config import require_flag, require_function
from ..errors import ConfigurationError, FileFormatError
from .bytes.raw_file import RawFile
from .checking import Progress, verify
from .layout.plan import IN_UNITS, GrowingDataset
from .place import file_name, size_of_file
from .reading import PlannedFile, Recording, open_recording
from .schema import LIBVER
from .target import DEFAULT_RESERVE_BYTES, check_ending, check_reserve, check_space, check_target
from .whole_file import appearing

#: More takes four times as long for a tenth.
_LEVEL = 1


@dataclass(frozen=True)
class Compressed:
    """What was written, and how large it and the recording are."""

    path: Path
    n_bytes: int
    original_bytes: int


def compress(
    recording: str | Path,
    target: str | Path | None = None,
    *,
    force: bool = False,
    reserve_bytes: int = DEFAULT_RESERVE_BYTES,
    progress: Progress | None = None,
) -> Compressed:
    """Write a compressed copy of a finished recording; the recording stays as it is.

    The copy is read and verified as the recording is. It appears under its name when each chunk was
    read back and is right by the recording's checksums, and not at all if anything fails.

    :param target: by default ``NAME.compressed.hdf5`` beside the recording.
    :param force: replace an existing file.
    :param reserve_bytes: fail before less than this is left on the disk.
    :param progress: called with the bytes done and all bytes; what it raises ends it.
    :raises ConfigurationError: an argument is impossible.
    :raises OutputExistsError: the file exists, and replacing it was not asked for.
    :raises FileFormatError: it is not a finished recording of all samples, or it is damaged.
    :raises StorageError: the recording cannot be read, or the file not be written.
    """
    require_function("progress", progress)
    force, reserve_bytes = require_flag("force", force), check_reserve(reserve_bytes)
    tell = progress or (lambda _done, _total: None)
    source = Path(file_name(recording))
    with open_recording(source) as original:
        beside = source.with_name(f"{source.stem}.compressed{source.suffix}")
        copy = Path(file_name(beside if target is None else target)).absolute()
        planned = _checked(original, copy, force)
        check_space(copy.parent, 0, reserve_bytes)
        total = 2 * sum(dataset.chunk_bytes for dataset, _ in _chunks(original, planned))
        with appearing(copy, force=force) as file:
            _write(original, planned, file, reserve_bytes, lambda done: tell(done, total))
            _verify(source, Path(file.name), lambda part: tell(int((1 + part) * total / 2), total))
    return Compressed(copy, size_of_file(copy), size_of_file(source))


def _checked(original: Recording, copy: Path, force: bool) -> PlannedFile:
    """The bytes of a recording that can be compressed to this copy."""
    path, planned = original.path, original.planned
    if planned is None:
        raise FileFormatError(f"{path} is a file of PicoStream's; it has no checksums to go by.")
    if original.is_live_only:
        raise FileFormatError(f"{path} holds the newest samples only; such files stay as they are.")
    if not (original.finished and original.closed_properly):
        raise FileFormatError(
            f"{path} is not finished: wait for its end, or let picostream repair complete it."
        )
    if original.is_rewritten:
        raise FileFormatError(f"{path} is a copy already, perhaps compressed; use the original.")
    check_ending(copy)
    check_target(copy, force=force)
    if copy.exists() and copy.samefile(path):
        raise ConfigurationError("A recording cannot be compressed over itself; choose a name.")
    return planned


def _chunks(original: Recording, planned: PlannedFile) -> Iterator[tuple[GrowingDataset, int]]:
    """All chunks of counts, checksums and overview; tables are small."""
    for dataset in planned.plan.datasets.values():
        stored = original.file.dataset(dataset.path)
        if stored is not None and dataset.per_segment != IN_UNITS:
            for number in range(-(-stored.shape[0] // dataset.chunk_rows)):
                yield dataset, number


def _write(
    original: Recording,
    planned: PlannedFile,
    file: BinaryIO,
    reserve_bytes: int,
    progress: Callable[[int], None],
) -> None:
    plan = planned.plan
    grown = [path for path, each in plan.datasets.items() if each.per_segment != IN_UNITS]
    outlet = _Outlet(Path(file.name), file)
    try:
        with h5py.File(outlet, "w", libver=LIBVER) as copy:
            original.file.hand_over(lambda root: _Members(root, grown).copy(root, copy))
            sets = {path: copy[path] for path in grown}
            done = 0
            for (dataset, number), content in _compressed_chunks(original, planned, sets):
                check_space(outlet.path.parent, len(content), reserve_bytes)
                corner = (number * dataset.chunk_rows,) + (0,) * (sets[dataset.path].ndim - 1)
                sets[dataset.path].id.write_direct_chunk(corner, content)
                outlet.raise_failure()
                progress(done := done + dataset.chunk_bytes)
    finally:
        outlet.raise_failure()  # of which HDF5 tells only what followed from it


def _compressed_chunks(
    original: Recording, planned: PlannedFile, sets: Mapping[str, Any]
) -> Iterator[tuple[tuple[GrowingDataset, int], bytes]]:
    item_bytes = {path: dataset.dtype.itemsize for path, dataset in sets.items()}

    def compressed(chunk: tuple[GrowingDataset, int]) -> bytes:
        dataset, position = chunk[0], planned.plan.chunk_position(*chunk)
        content = planned.raw.read(position, dataset.chunk_bytes)
        return _filtered(content, item_bytes[dataset.path])

    return _in_parallel(compressed, _chunks(original, planned))


def _filtered(content: bytes, item_bytes: int) -> bytes:
    """A chunk as HDF5's filters *shuffle* and *deflate* leave it; nothing here takes the GIL."""
    items = np.frombuffer(content, np.uint8).reshape(-1, item_bytes)
    return zlib.compress(np.ascontiguousarray(items.T).data, _LEVEL)


def _in_parallel(work: Callable[[Any], bytes], items: Iterable[Any]) -> Iterator[tuple[Any, bytes]]:
    """Each item and what became of it, in order; a few are under way at a time."""
    workers, items = os.cpu_count() or 1, iter(items)
    with ThreadPoolExecutor(workers, "picostream-compress") as pool:
        waiting = deque(
            (one, pool.submit(work, one)) for one in itertools.islice(items, 2 * workers)
        )
        while waiting:
            item, result = waiting.popleft()
            yield item, result.result()
            waiting.extend((one, pool.submit(work, one)) for one in itertools.islice(items, 1))


def _verify(source: Path, copy: Path, progress: Callable[[float], None]) -> None:
    report = verify(copy, progress=lambda done, total: progress(done / max(total, 1)))
    if report.errors:
        fault = report.errors[0]
        raise FileFormatError(f"{source} is damaged, or its copy, which was not kept: {fault}")


class _Members:
    """Everything that a file holds but the content of what grew.

    :param grown: paths of the datasets that are to be compressed.
    """

    def __init__(self, root: Any, grown: Iterable[str]) -> None:
        self._grown = {root[path] for path in grown}
        self._copied: dict[Any, Any] = {}

    def copy(self, source: Any, target: Any) -> None:
        """Copy a group: attributes, members, and links as links."""
        self._copied[source] = target
        for name in source.attrs:
            stored = source.attrs.get_id(name)
            kind, space = stored.get_type(), stored.get_space()
            twin = h5py.h5a.create(target.id, name.encode(), kind, space)
            if stored.shape is not None:  # there are attributes without a value
                values = np.empty(stored.shape, stored.dtype)
                stored.read(values)
                twin.write(values)
        for name in source if isinstance(source, h5py.Group) else ():
            link = source.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                target[name] = link
            elif (member := source[name]) in self._copied:
                target[name] = self._copied[member]
            else:
                self._copied[member] = self._member(member, target, name)

    def _member(self, node: Any, target: Any, name: str) -> Any:
        if isinstance(node, h5py.Group):
            self.copy(node, target.create_group(name))
        elif node in self._grown:
            self.copy(node, _compressed_twin(node, target, name))
        else:
            node.file.copy(node, target, name)
        return target[name]


def _compressed_twin(node: Any, target: Any, name: str) -> Any:
    """The dataset without its rows, no longer than it is."""
    properties = node.id.get_create_plist()
    if properties.get_nfilters():  # that of recordings which were compressed from the start
        properties.remove_filter(h5py.h5z.FILTER_ALL)
    properties.set_shuffle()
    properties.set_deflate(_LEVEL)
    chunks = -(-node.shape[0] // node.chunks[0])
    longest = (max(chunks, 1) * node.chunks[0], *node.shape[1:])
    space = h5py.h5s.create_simple(node.shape, longest)
    return h5py.Dataset(
        h5py.h5d.create(target.id, name.encode(), node.id.get_type(), space, properties)
    )


class _Outlet(io.FileIO):
    """The copy as h5py writes it.

    What cannot be written is kept, and goes nowhere: HDF5 could not close the file any more.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        super().__init__(file.fileno(), "r+b", closefd=False)
        self.path = path
        self._raw = RawFile(path, writable=True, descriptor=file.fileno())
        self._failure: OSError | None = None

    def write(self, content: Any) -> int:
        """Write all of it."""
        self._attempt(lambda: self._raw.write(self.tell(), content))
        return len(content)

    def truncate(self, size: int | None = None) -> int:
        """Let it end there."""
        end = self.tell() if size is None else size
        self._attempt(lambda: self._raw.truncate(end))
        return end

    def raise_failure(self) -> None:
        """Raise what could not be done first.

        :raises OSError: there is something.
        """
        if self._failure is not None:
            raise self._failure

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            if self._failure is None:
                action()
        except OSError as error:
            self._failure = error
