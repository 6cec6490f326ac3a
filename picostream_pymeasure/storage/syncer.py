"""Forces what was written to the disk while the recording goes on."""

from __future__ import annotations

import threading

from ..system.files import sync_data

#: HDF5 never syncs; at this period a power cut costs less than the last second.
PERIOD_S = 0.5


class Syncer:
    """A thread that syncs a file about twice a second.

    :param descriptor: of the open file; it must stay open until :meth:`stop` returns.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
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
                sync_data(self._descriptor)
        except OSError as error:
            self._error = error
