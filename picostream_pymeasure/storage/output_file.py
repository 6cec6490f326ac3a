"""The HDF5 file while it is written: made, synced, closed, or given up."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from ..config import ChannelConfig, DigitalPortConfig
from ..records import Block, StreamDescription
from ..system.file_lock import FileLock
from ..system.files import sync_data
from . import bitshuffle
from .attributes import initial_attributes
from .byte_file import ByteFile
from .live_layout import FIRST_SAMPLE
from .schema import (
    ADC_COUNTS,
    BITSHUFFLE_LZ4,
    CHANNELS,
    CLOCK,
    EVENTS,
    GAPS,
    HEALTH,
    HEALTH_DTYPE,
    LIBVER,
    create_channel,
    create_tables,
)
from .syncer import Syncer
from .target import probe
from .unclosed import UnclosedFile

if TYPE_CHECKING:
    from .channel_writer import ChannelWriter

#: More than an empty recording takes beside the text in its attributes.
_LAYOUT_BYTES = 1 << 20

#: Objects of that many bytes and more begin at multiples of the second number. A program that is
#: killed while it writes across two pages of memory leaves the first one only; so what HDF5
#: rewrites again and again, headers of datasets and of chunk indices, never lies across two.
_ALIGNED_FROM_BYTES, _ALIGNMENT_BYTES = 64, 512

_BINARY = getattr(os, "O_BINARY", 0)


class OutputFile:
    """A new file in SWMR mode, readable by others from the start.

    :param replace: remove an existing file of that name.
    :param compression: one of :data:`~.schema.COMPRESSIONS`.
    :raises OSError: HDF5 or the system refuses; no file is left behind then.
    """

    def __init__(
        self, path: Path, description: StreamDescription, *, replace: bool, compression: str
    ) -> None:
        self._path = path
        attributes = initial_attributes(description, compression)
        # HDF5 corrupts its memory when it fails while it makes a file; this fails before it can.
        probe(path.parent, _LAYOUT_BYTES + len(repr(attributes).encode()))
        if replace:
            path.unlink(missing_ok=True)
        self._root = h5py.File(
            path,
            "x",
            libver=LIBVER,
            alignment_threshold=_ALIGNED_FROM_BYTES,
            alignment_interval=_ALIGNMENT_BYTES,
        )
        self._descriptor = self._root.id.get_vfd_handle()
        self._identity = os.fstat(self._descriptor)
        try:
            self.channels = self._lay_out(description, attributes)
            self._root.swmr_mode = True
            sync_data(self._descriptor)
            # not before SWMR began: until then HDF5 has the file locked for itself
            self._lock = FileLock(path, alone=False)
        except Exception:
            _redirect_to_scratch(self._descriptor)
            self._close_failed()
            path.unlink()
            raise
        self._syncer = Syncer(self._descriptor)
        self._syncer.start()

    @property
    def is_growing(self) -> bool:
        """Whether a further block needs room on the disk."""
        return True

    def raise_sync_error(self) -> None:
        """Raise the :class:`OSError` of a sync that failed."""
        self._syncer.raise_error()

    def append(self, block: Block, valid: int, *, compress: bool) -> None:
        """Store ``valid`` values of each row; see :meth:`.ChannelWriter.append`."""
        for row, channel in zip(block.rows, self.channels, strict=True):
            channel.append(row, valid, compress=compress)

    def put_gap(self, row: tuple[Any, ...], number: int | None) -> None:
        """Add a row, a tuple in the order of ``GAP_DTYPE``, to ``/gaps``.

        :param number: the row to write again, None for a new one.
        """
        if number is None:
            self._append(GAPS, row)
            return
        dataset = self._root[GAPS]
        dataset[number % dataset.shape[0]] = np.array(row, dataset.dtype)
        dataset.flush()

    def append_clock(self, row: tuple[Any, ...]) -> None:
        """Add a row, a tuple in the order of ``CLOCK_DTYPE``, to ``/clock``."""
        self._append(CLOCK, row)

    def append_event(self, row: tuple[Any, ...]) -> None:
        """Add a row, a tuple in the order of ``EVENT_DTYPE``, to ``/events``."""
        self._append(EVENTS, row)

    def write_health(self, values: Mapping[str, float]) -> None:
        """Rewrite ``/health``; fields that are not given become 0."""
        row = np.zeros((), HEALTH_DTYPE)
        for name, value in values.items():
            row[name] = value
        dataset = self._root[HEALTH]
        dataset[()] = row
        dataset.flush()

    def write_overview(self) -> None:
        """Store the bins of the overview that were collected."""
        for channel in self.channels:
            channel.overview.write()

    def close(self, attributes: Mapping[str, Any]) -> None:
        """Complete the overview, settle the root attributes, force all to the disk, close.

        The attributes exist, so that SWMR allows new values. To reopen the file for them
        instead would fail while a reader has it open, and a crash then would lock it for good.
        """
        self._syncer.stop()
        self._syncer.raise_error()
        self._complete(attributes)
        for name, value in attributes.items():
            self._root.attrs.modify(name, value)
        self._root.flush()
        sync_data(self._descriptor)
        self._root.close()
        self._sync_closed()
        self._lock.release()

    def abandon(self) -> None:
        """Close without another byte reaching the file; it stays as after a crash.

        After a failed write HDF5 answers "success" to later ones and yet leaves chunks out of
        its index; and where a close fails, it may crash later. So its descriptor is replaced by
        one that takes everything and keeps nothing, and the close succeeds. Readers in this
        process share HDF5's state; they must reopen the file.
        """
        self._syncer.stop()
        if self._is_open():
            _redirect_to_scratch(self._descriptor)
        self._close_failed()
        self._lock.release()

    def _complete(self, attributes: Mapping[str, Any]) -> None:
        """Write what is only known at the end."""
        from .default_plot import fill_default_plot

        for channel in self.channels:
            channel.overview.finish()
        # a file of its own: where it is written, HDF5 takes the chunk written last for compressed
        with (
            contextlib.closing(UnclosedFile(self._path)) as raw,
            h5py.File(ByteFile(raw), "r") as stored,
        ):
            first_sample = attributes.get(FIRST_SAMPLE, 0)
            fill_default_plot(self._root, stored, attributes["total_samples"], first_sample)

    def _is_open(self) -> bool:
        """Whether the descriptor is still this file's, and not closed or another file's."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self._identity)
        except OSError:
            return False

    def _close_failed(self) -> None:
        for _ in range(2):  # the first call fails to flush, the second finds the file closed
            with contextlib.suppress(OSError, RuntimeError):
                self._root.close()

    def _sync_closed(self) -> None:
        """Force to the disk what closing wrote: the superblock that says so."""
        descriptor = os.open(self._path, os.O_RDWR | _BINARY)
        try:
            sync_data(descriptor)
        finally:
            os.close(descriptor)

    def _lay_out(
        self, description: StreamDescription, attributes: Mapping[str, Any]
    ) -> list[ChannelWriter]:
        """Make everything the file will ever have; the writers, in the order of a block's rows."""
        # compiled code, which takes its time to load: not for those who only look at files
        from .default_plot import create_default_plot

        self._root.attrs.update(attributes)
        is_compressed = attributes["compression"] == BITSHUFFLE_LZ4
        filters = bitshuffle.creation_options() if is_compressed else {}
        writers = [
            self._add_channel(channel, description, filters)
            for channel in description.config.inputs
        ]
        self._root[ADC_COUNTS] = self._root[
            f"{CHANNELS}/{description.channel_names[0]}/{ADC_COUNTS}"
        ]
        create_tables(self._root)
        create_default_plot(self._root, [channel.name for channel in description.config.channels])
        return writers

    def _add_channel(
        self,
        channel: ChannelConfig | DigitalPortConfig,
        description: StreamDescription,
        filters: Mapping[str, Any],
    ) -> ChannelWriter:
        from .channel_writer import ChannelWriter
        from .overview_levels import create_levels
        from .overview_writer import OverviewWriter

        width = description.values_per_sample
        datasets = create_channel(self._root, channel, description, **filters)
        levels = create_levels(datasets.counts.parent, width)
        return ChannelWriter(datasets, OverviewWriter(levels, width))

    def _append(self, table: str, row: tuple[Any, ...]) -> None:
        dataset = self._root[table]
        dataset.resize((dataset.shape[0] + 1,))
        dataset[-1] = np.array(row, dataset.dtype)
        dataset.flush()


def _redirect_to_scratch(descriptor: int) -> None:
    """Let what is written to the descriptor vanish.

    Not on Windows, where HDF5 also keeps the file's handle: the close is left to fail there.
    """
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        if sys.platform == "linux":
            scratch = os.memfd_create("abandoned")
        else:
            with tempfile.TemporaryFile() as file:
                scratch = os.dup(file.fileno())
        os.dup2(scratch, descriptor, inheritable=False)
        os.close(scratch)
