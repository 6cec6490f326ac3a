"""Forces what was written to the disk while the recording goes on.

What is on the disk need not stay in memory: beyond the newest part the system is told to reuse it.
A recording that is larger than the memory would otherwise take fresh memory for every chunk, which
costs several times more than writing to memory that was just in use, and push everything else out.
"""

from __future__ import annotations

import os
import threading

from ..system.files import forget_cached, sync_data

#: HDF5 never syncs; at this period a power cut costs less than the last second.
PERIOD_S = 0.5

#: The newest part of the file that stays in memory, for a live plot and for verifying.
CACHED_BYTES = 512 * 2**20


class Syncer:
    """A thread that syncs a file about twice a second.

    :param descriptor: of the open file; it must stay open until :meth:`stop` returns.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._forgotten = 0
        self._stopping = threading.Event()
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="picostream-sync", daemon=True)

    def start(self) -> None:
        """Begin to sync."""
        self._thread.start()

    def raise_error(self) -> None:
        """Raise the :class:`OSError` that ended the thread, if one did."""
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """End the thread; returns once it has ended."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.wait(PERIOD_S):
                old_bytes = os.fstat(self._descriptor).st_size - CACHED_BYTES
                sync_data(self._descriptor)
                if old_bytes > self._forgotten:
                    forget_cached(self._descriptor, self._forgotten, old_bytes)
                    self._forgotten = old_bytes
        except OSError as error:
            self._error = error
