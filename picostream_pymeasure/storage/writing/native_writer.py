"""The native writer of one file: its memory, its messages and its sync thread."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import DiskFullError, StorageError
from ...quantities import exact
from ...records import NativeSink, StreamDescription
from ...system.native_files import as_os_error, is_locked, native_handle
from ...system.patience import reason
from ..failures import write_error
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
        self._reserve_bytes = reserve_bytes
        self.memory["patience_ns"] = round(description.held_s * 1e9)
        self._sync_handle = native_handle(file.sync_descriptor)
        self._sync_result = 0
        self._sync = threading.Thread(target=self._keep_synced, name="picostream-sync", daemon=True)
        self._sync.start()

    def _keep_synced(self) -> None:
        is_named = False
        while (result := keep_synced(self.memory.context, self._sync_handle, is_named)) > 0:
            is_named = not is_named
            if is_named:
                text = "Another program has locked %s; it is tried again while memory lasts."
                log.warning(text, self._path)
            elif not self.memory["failure"]:
                log.warning("%s is written again.", self._path)
        self._sync_result = result

    def hasten(self) -> None:
        """Wait no longer for another program's lock than a moment."""
        self.memory["patience_ns"] = min(self.memory["patience_ns"], _HASTY_NS)

    @property
    def sink(self) -> NativeSink:
        """Where native code sends its messages."""
        return NativeSink(native_sink.address, self.memory.context)

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
    def failure(self) -> StorageError | None:
        """What ended the writing; None while nothing did."""
        code, path = self.memory["failure"] or self._sync_result, self._path
        if code == FULL_DISK:
            reserve = exact(self._reserve_bytes, "B")
            return DiskFullError(
                f"The disk of {path.parent} is nearly full: {reserve} must stay free."
            )
        if code == FULL_FILE:
            return StorageError(f"{path} is as long as it was laid out for.")
        if code == NOT_PACKED:
            return StorageError(f"{path}: the compressing library failed; there is no memory.")
        if code == 0:
            return None
        error = as_os_error(code)
        if is_locked(code):
            return StorageError(
                f"{path} cannot be written: another program keeps it locked ({reason(error)})."
            )
        return write_error(path, error)
