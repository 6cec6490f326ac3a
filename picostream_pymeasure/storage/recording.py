"""A recorded file that is open for reading."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from ..config import DownsampleMode
from ..errors import FileFormatError, StorageError
from .live_layout import FIRST_SAMPLE, LIVE, LIVE_DTYPE, LIVE_ONLY_S
from .live_window import LiveWindow
from .members import own_member
from .schema import (
    EVENT_DTYPE,
    EVENTS,
    FORMAT,
    GAP_DTYPE,
    GAPS,
    HEALTH,
    HEALTH_DTYPE,
    STATUSES,
    ChannelDatasets,
)

#: What h5py raises for what it cannot read or what is not there.
READ_ERRORS = (
    OSError,
    RuntimeError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    MemoryError,
)

PICOSTREAM = "picostream"


@dataclass(frozen=True)
class Recording:
    """An open file; make it with :func:`~.opening.open_recording`.

    :param root: the open ``h5py.File``.
    :param closed_properly: False while it is being recorded, and after a crash.
    :param channels: datasets in the order of recording; of PicoStream's own files, which know
        no channels, one called ``""`` without checksums. Live-only files have none either.
    :param live: how to read a live-only file that is not finished, whose datasets change.
    """

    path: Path
    root: Any
    closed_properly: bool
    format: str
    attributes: Mapping[str, Any]
    channels: Mapping[str, ChannelDatasets]
    live: LiveWindow | None = None

    @property
    def first(self) -> Any:
        """Counts of the first channel."""
        return next(iter(self.channels.values())).counts

    @property
    def values_per_sample(self) -> int:
        """int16 values per delivered sample: 2 (min, max) in aggregate mode, else 1."""
        return self.downsample_mode.values_per_sample

    @property
    def downsample_mode(self) -> DownsampleMode:
        """How the driver reduced the raw samples."""
        return DownsampleMode(self.attributes.get("downsample_mode", "none"))

    @property
    def stored_samples(self) -> int:
        """Samples per channel that all channels hold."""
        if self.live is not None:
            return self.live.stop - self.live.first
        shortest = min(pair.counts.shape[0] for pair in self.channels.values())
        return int(shortest // self.values_per_sample)

    @property
    def is_live_only(self) -> bool:
        """Whether the file holds the newest samples only."""
        return self.format == FORMAT and LIVE_ONLY_S in self.attributes

    @property
    def first_sample(self) -> int:
        """How many samples came before the first one of the file; 0 unless it is live-only."""
        if self.live is not None:
            return self.live.first
        return int(self.attributes[FIRST_SAMPLE]) if self.is_live_only else 0

    @property
    def missing_before(self) -> int:
        """Samples missing in gaps before the first sample of a live-only file."""
        if not self.is_live_only:
            return 0
        forgotten = int(self._table(LIVE, LIVE_DTYPE)["missing_before"])
        before = self._gap_rows["sample_index"] <= self.first_sample
        return forgotten + int(self._gap_rows["estimated_missing"][before].sum())

    @property
    def stored_interval_ns(self) -> float:
        """Time between two delivered samples."""
        with reading(self.path):
            ratio = int(self.attributes.get("hardware_downsample_ratio", 1))
            interval_ns = float(self.attributes["sample_interval_ns"]) * ratio
        if not 0 < interval_ns < math.inf:
            raise FileFormatError(f"{self.path} is damaged: an interval of {interval_ns} ns.")
        return interval_ns

    @property
    def status(self) -> str:
        """``recording`` (also after a crash), ``complete``, ``incomplete``; ``""`` if unknown."""
        return str(self.attributes.get("status", ""))

    @property
    def finished(self) -> bool:
        """Whether the final attributes were written; PicoStream's files have none."""
        return self.format == PICOSTREAM or self.status in STATUSES[1:]

    @property
    def gaps(self) -> NDArray[Any]:
        """Rows of ``/gaps``, by index in the file; of a live-only file those after its start."""
        return self._in_file(self._gap_rows, self.first_sample + 1)

    @property
    def events(self) -> NDArray[Any]:
        """Rows of ``/events``, by index in the file; of a live-only file those in it."""
        return self._in_file(self._event_rows, self.first_sample)

    @cached_property
    def _gap_rows(self) -> NDArray[Any]:
        return self._table(GAPS, GAP_DTYPE)

    @cached_property
    def _event_rows(self) -> NDArray[Any]:
        return self._table(EVENTS, EVENT_DTYPE)

    def _in_file(self, rows: NDArray[Any], lowest: int) -> NDArray[Any]:
        """Rows of a live-only file's table from an absolute index on, in order."""
        if not self.is_live_only:
            return rows
        found = rows[rows["sample_index"] >= lowest]
        found = found[np.argsort(found["sample_index"], kind="stable")]
        found["sample_index"] -= self.first_sample
        return found

    @property
    def repaired(self) -> bool:
        """Whether not the recorder wrote the final attributes but a repair after a crash.

        Gaps of the last moment may be missing then.
        """
        still_recorded = STATUSES.index("recording")
        return self.format == FORMAT and self.finished and self.health["status"] == still_recorded

    @cached_property
    def health(self) -> Mapping[str, Any]:
        """The row of ``/health`` by field."""
        row = self._table(HEALTH, HEALTH_DTYPE)
        return {name: row[name].item() for name in HEALTH_DTYPE.names or ()}

    def json_attribute(self, name: str) -> Any:
        """A root attribute that holds JSON, as Python objects; None if there is none."""
        with reading(self.path):
            return json.loads(self.attributes.get(name, "null"))

    def _table(self, name: str, dtype: np.dtype[Any]) -> NDArray[Any]:
        if self.format == PICOSTREAM:
            return np.empty(0, dtype)
        with reading(self.path):
            dataset = own_member(self.root, name, h5py.Dataset)
            if dataset is None:
                raise FileFormatError(f"{self.path} has no table {name}.")
            if dataset.nbytes > dataset.id.get_storage_size():
                raise FileFormatError(f"{self.path}: rows of the table {name} are missing.")
            return dataset.astype(dtype)[()]


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what h5py raises for a damaged file into :class:`FileFormatError`."""
    try:
        yield
    except StorageError:
        raise
    except READ_ERRORS as error:
        raise FileFormatError(f"{path} is damaged or no recording: {error}") from error
