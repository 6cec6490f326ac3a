"""The native writer of one file: its memory, its messages and its sync thread."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import numpy as np

from ...records import NativeSink, StreamDescription
from ...system.native_files import as_os_error, is_locked, native_handle
from ..layout import Image
from .context import FULL_DISK, FULL_FILE, NOT_PACKED
from .entry import add_rows, finish_stream, keep_synced, native_sink
from .memory import WriterMemory
from .named_file import NamedFile

log = logging.getLogger(__name__)

#: Once the end is wanted, a lock of another program is waited for no longer.
_HASTY_NS = 2_000_000_000


class NativeWriter:
    """Takes messages until it is stopped; see :mod:`.context` for its memory.

    :param description: of the stream that comes.
    :param reserve_bytes: left free on the disk.
    """

    def __init__(
        self,
        image: Image,
        file: NamedFile,
        path: Path,
        description: StreamDescription,
        reserve_bytes: int,
    ) -> None:
        self._path = path
        self.memory = WriterMemory(
            image, file.descriptor, path.parent, description.counts_dtype, reserve_bytes
        )
        self.memory["patience_ns"] = round(description.held_s * 1e9)
        self._sync_handle = native_handle(file.sync_descriptor)
        self._sync_result = 0
        self._sync = threading.Thread(target=self._keep_synced, name="picostream-sync", daemon=True)
        self._sync.start()

    def _keep_synced(self) -> None:
        is_named = False
        while (result := keep_synced(self.memory.context, self._sync_handle, is_named)) > 0:
            is_named = not is_named
            self._name_lock(is_named)
        self._sync_result = result

    def _name_lock(self, is_locked: bool) -> None:
        if is_locked:
            log.warning(
                "Another program has locked %s; it is tried again while memory lasts.", self._path
            )
        elif not self.memory["failure"]:
            log.warning("%s is written again.", self._path)

    def hasten(self) -> None:
        """Wait no longer for another program's lock than a moment."""
        self.memory["patience_ns"] = min(self.memory["patience_ns"], _HASTY_NS)

    @property
    def sink(self) -> NativeSink:
        """Where native code sends its messages."""
        return NativeSink(native_sink.address, self.memory.context)

    @property
    def least_bytes(self) -> int:
        """Size that the file has at least."""
        return self.memory["length"]

    def send(self, kind: int, message: np.ndarray[Any, Any]) -> None:
        """Send a message from Python, a record of its kind."""
        native_sink.ctypes(self.memory.context, kind, message.ctypes.data)

    def add_rows(self, table: int, rows: np.ndarray[Any, Any]) -> bool:
        """Write rows behind the others of a table; False if there is no room for more."""
        first = int(self.memory.tables["rows"][table])
        address, row_bytes = rows.ctypes.data, rows.itemsize
        failed = add_rows(self.memory.context, table, first, address, row_bytes, rows.size)
        return bool(failed <= 0)

    def stop(self) -> None:
        """Tell of all that came, and end the sync thread."""
        finish_stream(self.memory.context)
        self.memory["stop_sync"] = 1
        self._sync.join()

    @property
    def is_disk_full(self) -> bool:
        """Whether writing ended because the reserve is all that is left."""
        return self.memory["failure"] == FULL_DISK

    @property
    def is_file_full(self) -> bool:
        """Whether writing ended because the index has no room for more."""
        return self.memory["failure"] == FULL_FILE

    @property
    def is_unpacked(self) -> bool:
        """Whether writing ended because a chunk could not be compressed."""
        return self.memory["failure"] == NOT_PACKED

    @property
    def is_locked(self) -> bool:
        """Whether writing ended because another program's lock stayed."""
        return bool(is_locked(self.memory["failure"]))

    @property
    def error(self) -> OSError | None:
        """The system's first error, which ended the writing."""
        code = self.memory["failure"] or self._sync_result
        return as_os_error(code) if code < 0 else None
