"""The sink that writes a stream into one HDF5 file, without Python but for what is rare."""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...config import require_flag, require_seconds
from ...errors import ConfigurationError, MarksFullError, StorageError
from ...records import (
    CAPTURE_DTYPE,
    CAUSE_BYTES,
    CLOCK,
    CLOCK_DTYPE,
    EVENT_VALUES,
    GAP,
    GAP_MESSAGE_DTYPE,
    GAP_NUMBERS,
    HEALTH,
    HEALTH_MESSAGE_DTYPE,
    STRETCH,
    STRETCH_DTYPE,
    Block,
    CapturedRun,
    ClockPair,
    Event,
    Gap,
    Health,
    NativeSink,
    Outcome,
    Sink,
    StreamDescription,
)
from ...system.files import discard
from ..failures import write_errors
from ..place import file_name
from ..schema import CAPTURES, EVENT_DTYPE, EVENTS, LABEL_BYTES, TABLES, fixed_text
from ..target import (
    DEFAULT_RESERVE_BYTES,
    MAX_LIVE_ONLY_S,
    check_ending,
    check_reserve,
    check_space,
    check_target,
)
from .named_file import NamedFile

if TYPE_CHECKING:
    from .native_writer import NativeWriter

log = logging.getLogger(__name__)

_LOOK_PERIOD_S = 0.5


class Recorder(Sink):
    """Writes a stream into an HDF5 file that is valid, and closed, at every moment.

    What was handed over is readable after a crash of the program, and after a power cut what was
    handed over half a second before. The first error of the system ends the recording: nothing
    more is written but the end, in place.

    ``has_file`` says whether it has made the file; no more, once that was put back which it was to
    replace.

    :param path: the file to make.
    :param force: replace an existing file, unless it is being recorded, as soon as something is
        recorded.
    :param reserve_bytes: stop while this much is left on the disk.
    :param live_only_s: keep only the newest so many seconds; None keeps all.
    :param compress: pack the samples, of streams that are kept whole; not where they come so slowly
        that the file is small anyway.
    :raises ConfigurationError: a value that is not allowed.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        force: bool = False,
        reserve_bytes: int = DEFAULT_RESERVE_BYTES,
        live_only_s: float | None = None,
        compress: bool = False,
    ) -> None:
        if live_only_s is not None:
            live_only_s = require_seconds("live_only_s", live_only_s)
            if not 0 < live_only_s <= MAX_LIVE_ONLY_S:
                raise ConfigurationError(
                    f"A live-only file keeps more than 0 s and at most a year, not {live_only_s} s."
                )
        self.path = Path(file_name(path)).absolute()
        self._force = require_flag("force", force)
        self._reserve_bytes = check_reserve(reserve_bytes)
        self._live_only_s = live_only_s
        self._compress = require_flag("compress", compress)
        self._description: StreamDescription | None = None
        self._writer: NativeWriter | None = None
        self._file: NamedFile | None = None
        self._was_told = self._is_settled = False
        self.has_file = False
        self._next_look_s = 0.0

    @property
    def stored_samples(self) -> int:
        """Samples per input that were written."""
        return 0 if self._writer is None else self._writer.memory["next"]

    @property
    def told_samples(self) -> int:
        """Samples per input that the file tells of; fewer where a disk did not take the rest."""
        if self._writer is None:
            return 0
        return self._writer.memory["published" if self._is_settled else "stated"]

    def check(self) -> None:
        """Raise what would keep the file from being made; nothing is touched.

        :raises OutputExistsError: the file exists, and it was not forced.
        :raises StorageError: its folder is missing or not writable, the path is a folder, or its
            ending is that of another kind of file.
        """
        check_ending(self.path)
        check_target(self.path, force=self._force)

    def require_space(self, needed_bytes: int) -> None:
        """Raise :class:`DiskFullError` unless so much room is left beside the reserve."""
        check_space(self.path.parent, needed_bytes, self._reserve_bytes)

    def prepare(self) -> None:
        """Load the native writer, and at the very first time compile it."""
        from . import native_writer  # noqa: F401 - the import is what takes time

    def open(self, description: StreamDescription) -> NativeSink:
        """Make the file; see :class:`~picostream_pymeasure.records.Sink`.

        :raises StorageError: as :meth:`check`, or the file cannot be made.
        """
        from ..layout import grid_for, make_image
        from .native_writer import NativeWriter

        self.check()
        grid = grid_for(description, self._live_only_s, self._compress)
        image = make_image(description, grid, live_only_s=self._live_only_s)
        if grid.is_ring:
            self.require_space(image.n_bytes)
        with write_errors(self.path):
            self._file = NamedFile(self.path, image, replace=self._force)
        self._description = description
        try:
            self._writer = NativeWriter(
                image, self._file, self.path, description, self._reserve_bytes
            )
        except BaseException:  # as when no more files or threads are to be had
            file, self._file = self._file, None
            file.close()
            if not file.put_back():
                discard(self.path)
            raise
        self.has_file = True
        return self._writer.sink

    @property
    def _open_writer(self) -> NativeWriter:
        if self._writer is None:
            raise StorageError(f"{self.path} is not open for writing.")
        return self._writer

    # -- what comes from Python, the same that native code says by messages

    def write(self, block: Block) -> None:
        """Store a stretch of samples.

        :raises DiskFullError: the disk ran full, or less than the reserve is left.
        :raises StorageError: the file cannot be written.
        """
        rows = block.rows
        row = (block.first_sample, block.count, rows.ctypes.data, rows.strides[0])
        self._send(STRETCH, np.array([row], STRETCH_DTYPE))

    def add_gap(self, gap: Gap) -> None:
        """Note missing samples in ``/gaps``, or settle a gap that was told before."""
        text = fixed_text(gap.cause, CAUSE_BYTES).ljust(CAUSE_BYTES, b"\0")
        cause = np.frombuffer(text, np.uint8)
        numbers = (getattr(gap, name) for name in GAP_NUMBERS)
        row = (*numbers, round(gap.noticed_s * 1e9), cause.ctypes.data)
        self._send(GAP, np.array([row], GAP_MESSAGE_DTYPE))

    def add_clock(self, pair: ClockPair) -> None:
        """Note in ``/clock`` how the samples and the host's clock go together."""
        self._send(CLOCK, np.array([astuple(pair)], CLOCK_DTYPE))

    def add_event(self, event: Event) -> None:
        """Note a user's mark in ``/events``.

        :raises MarksFullError: there is no room for more marks; all else goes on.
        :raises StorageError: as :meth:`write`.
        """
        label = fixed_text(event.label, LABEL_BYTES)
        if len(label) < len(event.label.encode()):
            log.warning("Of a mark the first %d bytes are kept: %s…", LABEL_BYTES, label.decode())
        row = (event.sample_index, event.time_s, event.value, label)
        if not self._open_writer.add_rows(TABLES.index(EVENTS), np.array([row], EVENT_DTYPE)):
            self._raise_failure()
            raise MarksFullError(f"{self.path} has no room for more marks; it keeps those before.")
        self._raise_failure()

    def add_captures(self, run: CapturedRun) -> None:
        """Note in ``/captures`` where captures lie and when they were triggered.

        :raises StorageError: as :meth:`write`, or there is no room for more captures.
        """
        if not self._open_writer.add_rows(TABLES.index(CAPTURES), _capture_rows(run)):
            raise StorageError(f"{self.path} has no room for more captures.")
        self._raise_failure()

    def update(self, health: Health) -> None:
        """Publish running totals in ``/health``, and tell what failed.

        :raises StorageError: the file cannot be written, or somebody removed or replaced it.
        """
        message = np.zeros(1, HEALTH_MESSAGE_DTYPE)
        message["host_ns"] = round(health.elapsed_s * 1e9)
        message["received"], message["lost"] = health.received, health.lost
        message["gaps"], message["pool_permille"] = health.gaps, round(1000 * health.pool_fill)
        for name, count in health.over_range.items():
            message[f"over_range_{name}"] = count
        self._send(HEALTH, message)
        now_s = time.monotonic()
        if now_s >= self._next_look_s and self._file is not None:
            self._next_look_s = now_s + _LOOK_PERIOD_S
            self._file.check(self._open_writer.memory["length"])
            if self.told_samples:
                self._file.forget_replaced()

    def hasten(self) -> None:
        """Wait no longer for another program's lock than a moment."""
        if self._writer is not None:
            self._writer.hasten()

    def close(self, outcome: Outcome) -> None:
        """Finish the file; later calls do nothing.

        :raises StorageError: the file could not be finished; what it holds can still be read.
        """
        if self._file is None:
            return
        from .closing import close_recording

        file, self._file = self._file, None
        writer = self._open_writer
        assert self._description is not None
        writer.stop()
        try:
            with write_errors(self.path), contextlib.closing(file):
                memory, description = writer.memory, self._description
                close_recording(self.path, file.descriptor, memory, description, outcome)
                self._is_settled = True
        finally:
            # a whole search for events without one is something as well
            if self.told_samples or (description.keep is not None and outcome.complete):
                file.forget_replaced()
            elif file.put_back():
                self.has_file = False
                log.warning("%s is what it was before: nothing took its place.", self.path)
        if not self._was_told:
            self._raise_failure()

    def discard(self) -> None:
        """Remove the closed file, in which nothing was recorded; one that is from before stays."""
        if self.has_file:
            discard(self.path)

    def _send(self, kind: int, message: np.ndarray[Any, Any]) -> None:
        self._open_writer.send(kind, message)
        self._raise_failure()

    def _raise_failure(self) -> None:
        """Tell what ended the writing; :meth:`close` need not tell it again."""
        error = self._open_writer.failure
        if error is not None:
            self._was_told = True
            raise error


def _capture_rows(run: CapturedRun) -> np.ndarray[Any, Any]:
    rows = np.zeros(len(run.first_samples), CAPTURE_DTYPE)
    rows["stream_sample"] = -1
    for name in EVENT_VALUES:
        rows[name] = np.nan
    rows["first_sample"], rows["samples"] = run.first_samples, run.samples
    rows["trigger_sample"], rows["time_s"] = run.trigger_samples, run.times_s
    rows["offset_s"], rows["over_range"] = run.offsets_s, run.over_range
    rows["run"] = run.number
    return rows
