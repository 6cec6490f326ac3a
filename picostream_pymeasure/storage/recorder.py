"""The sink that writes a stream into one HDF5 file."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from ..config import CHANNEL_NAMES
from ..errors import ConfigurationError, DiskFullError, StorageError
from ..records import Block, ClockPair, Event, Gap, Health, Outcome, Sink, StreamDescription
from . import bitshuffle
from .attributes import final_attributes
from .failures import write_error
from .output_file import OutputFile
from .recutter import Recutter
from .schema import (
    BITSHUFFLE_LZ4,
    CAUSE_BYTES,
    COMPRESSIONS,
    LABEL_BYTES,
    NO_COMPRESSION,
    STATUSES,
    fixed_text,
)
from .target import check_reserve, check_space, check_target

#: Left free on the disk, so that the file can be closed and the system goes on.
DEFAULT_RESERVE_BYTES = 200_000_000

_DISK_CHECK_S = 1.0
_HEALTH_PERIOD_S = 0.2
_OVERVIEW_PERIOD_S = 0.04

#: From this fill of the pool on chunks are stored as they are: being late costs samples, size not.
_LATE_POOL_FILL = 0.25


class Recorder(Sink):
    """Writes a stream into an HDF5 file that others can read meanwhile (SWMR).

    What :meth:`write` was given is readable after a crash of the program once it returned, and
    after a power cut within a second; so it is with compression too. The overview follows within
    a quarter of a second and can be made again from the samples. The first failed write ends the
    recording: nothing is written to that file again, and every later call raises the same error.

    :param path: the file to make.
    :param force: replace an existing file.
    :param reserve_bytes: stop while this much is left on the disk.
    :param compression: ``"none"``, or ``"bitshuffle-lz4"``, which is lossless. Single chunks are
        stored as they are when they would not become smaller, or while the pool is a quarter full.
    :raises ConfigurationError: another compression.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        force: bool = False,
        reserve_bytes: int = DEFAULT_RESERVE_BYTES,
        compression: str = NO_COMPRESSION,
    ) -> None:
        if compression not in COMPRESSIONS:
            allowed = " or ".join(COMPRESSIONS)
            raise ConfigurationError(f"There is no compression {compression!r}; use {allowed}.")
        self.path = Path(path).absolute()
        self.stored_samples = 0
        self._force = force
        self._reserve_bytes = reserve_bytes
        self._compression = compression
        self._is_late = False
        self._gaps: dict[int, Gap] = {}
        self._recutter: Recutter | None = None
        self._file: OutputFile | None = None
        self._failure: StorageError | None = None
        self._next_disk_check_s = 0.0
        self._next_health_s = 0.0
        self._next_overview_s = 0.0

    def check(self) -> None:
        """Raise what would keep the file from being made; nothing is touched.

        :raises OutputExistsError: the file exists, and it was not forced.
        :raises StorageError: its folder is missing or not writable, the path is a folder, or the
            compression is not available.
        """
        check_target(self.path, force=self._force)
        if self._compression == BITSHUFFLE_LZ4:
            bitshuffle.filter_function()

    def require_space(self, needed_bytes: int) -> None:
        """Raise :class:`DiskFullError` unless so much room is left beside the reserve."""
        check_space(self.path.parent, needed_bytes, self._reserve_bytes)

    def open(self, description: StreamDescription) -> None:
        """Make the file; see :class:`~picostream_pymeasure.records.Sink`.

        :raises StorageError: as :meth:`check`, or the file cannot be made.
        """
        self.check()
        samples = description.block_samples
        shape = (len(description.channel_names), samples * description.values_per_sample)
        self._recutter = Recutter(shape, samples)
        try:
            self._file = self._make_file(description)
        except (OSError, RuntimeError) as error:
            raise write_error(self.path, error) from error

    def write(self, block: Block) -> None:
        """Store a block, one chunk a channel; acknowledged on return.

        :raises DiskFullError: the disk ran full, or less than the reserve is left; in the
            second case the block is not stored, and :meth:`close` still finishes the file.
        :raises StorageError: the file cannot be written, or somebody removed it.
        """
        assert self._recutter is not None
        for full in self._recutter.cut(block):
            self._append(full)

    def _append(self, block: Block) -> None:
        self._watch_disk()
        with self._writing() as file:
            self._write_overview(file)
            file.append(block, block.rows.shape[1], compress=not self._is_late)
            self.stored_samples += block.count

    def add_gap(self, gap: Gap) -> None:
        """Note missing samples in ``/gaps``."""
        cause = fixed_text(gap.cause, CAUSE_BYTES)
        with self._writing() as file:
            place = (gap.sample_index, gap.earliest, gap.latest)
            estimate = max(gap.estimated_missing, 0)
            is_new = gap.number not in self._gaps
            self._gaps[gap.number] = gap
            number = None if is_new else list(self._gaps).index(gap.number)
            file.put_gap((*place, gap.missing, estimate, cause, gap.time_s), number)

    def add_clock(self, pair: ClockPair) -> None:
        """Note in ``/clock`` how the samples and the host's clock go together."""
        with self._writing() as file:
            file.append_clock((pair.sample_index, pair.host_ns / 1e9, pair.slept_ns / 1e9))

    @property
    def _lost_samples(self) -> int:
        return sum(max(gap.estimated_missing, 0) for gap in self._gaps.values())

    def add_event(self, event: Event) -> None:
        """Note a user's mark in ``/events``."""
        label = fixed_text(event.label, LABEL_BYTES)
        with self._writing() as file:
            file.append_event((event.sample_index, event.time_s, label, event.value))

    def update(self, health: Health) -> None:
        """Publish running totals in ``/health``, at most five times a second."""
        self._is_late = health.pool_fill > _LATE_POOL_FILL
        now_s = time.monotonic()
        if now_s >= self._next_health_s:
            self._next_health_s = now_s + _HEALTH_PERIOD_S
            with self._writing() as file:
                self._write_health(file, health, "recording")

    def close(self, outcome: Outcome) -> None:
        """Finish the file, or leave it as it is when a write had failed; later calls do nothing.

        :raises StorageError: the file could not be finished; what it holds can still be read.
        """
        if self._file is None:
            return
        if self._recutter is not None and self._failure is None:
            with contextlib.suppress(DiskFullError):
                for rest in self._recutter.rest():
                    self._append(rest)
        attributes = final_attributes(
            outcome, self.stored_samples, self._lost_samples, len(self._gaps)
        )
        with self._writing() as file:
            self._write_health(file, outcome.health, attributes["status"])
            file.close(attributes)
            self._file = None

    @contextlib.contextmanager
    def _writing(self) -> Iterator[OutputFile]:
        """The open file; the first error on it is the last thing done to it."""
        if self._failure is not None:
            raise self._failure
        if self._file is None:
            raise StorageError(f"{self.path} is not open for writing.")
        try:
            self._file.raise_sync_error()
            yield self._file
        except (OSError, RuntimeError, ValueError) as error:
            self._failure = write_error(self.path, error)
            file, self._file = self._file, None
            file.abandon()
            raise self._failure from error

    def _make_file(self, description: StreamDescription) -> OutputFile:
        return OutputFile(
            self.path, description, replace=self._force, compression=self._compression
        )

    def _watch_disk(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._next_disk_check_s:
            self._next_disk_check_s = now_s + _DISK_CHECK_S
            if not self.path.exists():
                raise StorageError(f"{self.path} was removed while it was recorded.")
            if self._file is not None and self._file.is_growing:
                check_reserve(self.path.parent, self._reserve_bytes)

    def _write_overview(self, file: OutputFile) -> None:
        """Store what was collected, a few times a second: single bins would cost too much.

        Before a block rather than after it, so that a block that was stored is acknowledged.
        """
        now_s = time.monotonic()
        if now_s >= self._next_overview_s:
            self._next_overview_s = now_s + _OVERVIEW_PERIOD_S
            file.write_overview()

    def _write_health(self, file: OutputFile, health: Health, status: str) -> None:
        over_range = {
            f"over_range_{name}": health.over_range.get(name, 0) for name in CHANNEL_NAMES
        }
        file.write_health(
            {
                "status": STATUSES.index(status),
                "total_samples": self.stored_samples,
                "received_samples": health.received,
                "lost_samples": self._lost_samples,
                "gaps": len(self._gaps),
                "pool_fill": health.pool_fill,
                "elapsed_s": health.elapsed_s,
                "actual_rate_hz": health.actual_rate_hz,
                "updated_unix_s": time.time(),
                **over_range,
            }
        )
