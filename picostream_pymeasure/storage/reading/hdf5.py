"""The one place where HDF5 is asked to read: what it raises becomes one sentence.

h5py raises almost anything for a damaged file. Only its own calls stand in :func:`_calls`, so that
a mistake of ours anywhere else is never told as damage; the cause is chained, and logged.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import weakref
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from ...errors import FileFormatError, StorageError
from ..bytes.raw_file import Readable
from .byte_file import ByteFile
from .stored_attributes import StoredAttributes

_log = logging.getLogger(__name__)

#: What h5py raises for what it cannot read, and for types that it does not know.
_RAISED = (
    OSError,
    RuntimeError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    MemoryError,
)

#: HDF5 crashes when it converts some damaged types of other kinds.
_SAFE_TYPES = {h5py.h5t.INTEGER, h5py.h5t.FLOAT, h5py.h5t.STRING}

_TOO_SMALL = np.empty(1, np.uint8)

_open_files: weakref.WeakSet[Hdf5File] = weakref.WeakSet()


class Hdf5File:
    """An HDF5 file that is open for reading.

    It shares nothing with other open files, not even of the same process: rows and values are
    those that the file has when it is opened.

    :param content: the file's bytes; closed with this.
    :raises FileFormatError: it is no HDF5 file, or a damaged one.
    """

    def __init__(self, path: Path, content: Readable) -> None:
        self.path = path
        self._bytes = ByteFile(content)
        with self._calls("its beginning"):
            self._root = h5py.File(self._bytes, "r")
        _open_files.add(self)

    def close(self) -> None:
        """Close it; later calls do nothing."""
        with contextlib.suppress(StorageError), self._calls("its end"):
            self._root.close()

    def attributes(self, group: str = "/") -> StoredAttributes:
        """All attributes of a group or dataset as Python values.

        :raises FileFormatError: one of them cannot be read.
        """
        member = self._root if group == "/" else self._own_member(group, h5py.HLObject)
        if member is None:
            raise FileFormatError(f"{self.path} is damaged: it has no group {group}.")
        with self._calls(f"the attributes of {group}"):
            # h5py gives others as bytes, and no program of ours wrote them
            names = [name for name in member.attrs if isinstance(name, str)]
        return self._read_attributes(member, names, plain_only=False)

    def chosen_attributes(self, names: tuple[str, ...]) -> StoredAttributes:
        """Those of the root's attributes with these names; nothing else is touched.

        :raises FileFormatError: one of them is no number or text, or cannot be read.
        """
        with self._calls("the attributes of /"):
            present = [name for name in names if name in self._root.attrs]
        return self._read_attributes(self._root, present, plain_only=True)

    def has_attribute(self, name: str) -> bool:
        """Whether the root has it."""
        with self._calls(f"the attribute {name}"):
            return name in self._root.attrs

    def dataset(self, name: str) -> Hdf5Dataset | None:
        """A dataset that lies in this very file, or None."""
        member = self._own_member(name, h5py.Dataset)
        return None if member is None else Hdf5Dataset(self, name, member)

    def walk(self) -> None:
        """Open every group and dataset, by which HDF5 checks their headers.

        :raises FileFormatError: one of them cannot be read.
        """
        with self._calls("what it holds"):
            self._root.visititems(lambda name, member: None)
        with self._calls("the attributes of /"):
            len(self._root.attrs)

    def hand_over(self, use: Callable[[Any], None]) -> None:
        """Let somebody read all of the file by h5py's own means.

        :raises FileFormatError: something of it cannot be read.
        """
        with self._calls("what it holds"):
            use(self._root)

    def _read_attributes(
        self, member: Any, names: list[str], *, plain_only: bool
    ) -> StoredAttributes:
        values = {}
        stored = member.attrs  # each look for it takes as long as to read one
        for name in names:
            with self._calls(f"the attribute {name}"):
                kind = stored.get_id(name).get_type().get_class()
                if plain_only and kind not in _SAFE_TYPES:
                    raise FileFormatError(
                        f"{self.path} is damaged or no recording: the attribute {name} is neither "
                        "a number nor a text."
                    )
                values[name] = plain(stored[name])
        return StoredAttributes(self.path, values)

    def _own_member(self, path: str, kind: type) -> Any:
        """What lies at a path, if it is of this kind.

        None too if a link on the way is soft or leads to another file, or if its values lie
        there: to read that file might never end.
        """
        with self._calls(f"the member {path}"):
            member = self._root
            for name in path.split("/"):
                if not isinstance(member, h5py.Group):
                    return None
                if not isinstance(member.get(name, getlink=True), h5py.HardLink):
                    return None
                member = member.get(name)
            if not isinstance(member, kind):
                return None
            elsewhere = isinstance(member, h5py.Dataset) and (member.external or member.is_virtual)
            return None if elsewhere else member

    @contextlib.contextmanager
    def _calls(self, what: str) -> Iterator[None]:
        """Around calls of h5py and nothing else."""
        try:
            yield
        except StorageError:
            raise
        except _RAISED as error:
            self._bytes.raise_failure()
            _log.debug("HDF5 refuses %s: %s", self.path, what, exc_info=True)
            raise FileFormatError(
                f"{self.path} is damaged or no recording: {what} cannot be read."
            ) from error


class Hdf5Dataset:
    """A dataset of an open file; made by :meth:`Hdf5File.dataset`."""

    def __init__(self, file: Hdf5File, name: str, dataset: Any) -> None:
        self.name = name
        self._file = file
        self._dataset = dataset
        with self._calls():
            self.dtype: np.dtype[Any] = dataset.dtype
            self.shape: tuple[int, ...] = dataset.shape or ()
            self.chunks: tuple[int, ...] | None = dataset.chunks
            self.is_filtered = dataset.id.get_create_plist().get_nfilters() > 0

    @property
    def begin(self) -> int | None:
        """Where the values of one that is not chunked begin in the file."""
        with self._calls():
            found: int | None = self._dataset.id.get_offset()
            return found

    def read_into(self, start: int, rows: NDArray[Any]) -> None:
        """Fill an array of the dataset's own type with its rows from ``start`` on."""
        with self._calls():
            space = self._dataset.id.get_space()
            space.select_hyperslab((start,) + (0,) * (rows.ndim - 1), rows.shape)
            # h5py's own read_direct takes 30 µs more, which many small reads would feel
            self._dataset.id.read(h5py.h5s.create_simple(rows.shape), space, rows)

    def chunk_places(self) -> NDArray[np.int64]:
        """Of all chunks that the file holds: first row, position and bytes; shape ``(n, 3)``.

        It costs time in proportion to the length of the whole recording.
        """
        found: list[tuple[int, int, int]] = []
        with self._calls():
            self._dataset.id.chunk_iter(
                lambda chunk: found.append((chunk.chunk_offset[0], chunk.byte_offset, chunk.size))
            )
        return np.array(sorted(found), np.int64).reshape(-1, 3)

    def has_chunk(self, number: int) -> bool:
        """Whether the file holds a chunk, of one dimension, that was not read yet.

        Nothing is read: h5py refuses the buffer once HDF5 has told it the chunk's size. All other
        ways to ask take time in proportion to the length of the whole recording.
        """
        assert self.chunks is not None
        if not self._has_chunks:
            return False
        try:
            self._dataset.id.read_direct_chunk((number * self.chunks[0],), out=_TOO_SMALL)
        except ValueError:
            return True
        except _RAISED:
            return False
        return True

    @cached_property
    def _has_chunks(self) -> bool:
        """Whether there are any; where there are none HDF5 gives no size but what was in memory."""
        with self._calls():
            return bool(self._dataset.id.chunk_iter(lambda chunk: True))

    def has_all_chunks(self) -> bool:
        """Whether there are as many chunks as its rows need."""
        assert self.chunks is not None
        with self._calls():
            return bool(self._dataset.id.get_num_chunks() == -(-self.shape[0] // self.chunks[0]))

    def _calls(self) -> Any:
        return self._file._calls(f"the dataset {self.name}")


def _close_all() -> None:
    """Close what the program leaves open: HDF5 itself would ask Python, which is no more then."""
    if h5py.h5.phil.acquire(False):  # or a thread hangs in it, for which nobody waits
        try:
            for file in list(_open_files):
                file.close()
        finally:
            h5py.h5.phil.release()


atexit.register(_close_all)


def plain(value: Any) -> Any:
    """A value of HDF5's as Python's: None, number, text, or a list of these.

    What JSON has no form for (complex numbers, references, structures) becomes a text.
    """
    if isinstance(value, (np.bool_, np.integer, np.floating, np.bytes_, np.str_)):
        return plain(value.item())
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, h5py.Empty):
        return None
    if isinstance(value, (np.ndarray, list, tuple)):
        return [plain(part) for part in value]
    return f"<{type(value).__name__}>" if isinstance(value, h5py.Reference) else str(value)
