"""A recorded file, opened for reading and checked to be one."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from ..config import CHANNEL_NAMES, DownsampleMode
from ..errors import FileFormatError, StorageError
from .live_layout import FIRST_SAMPLE, LIVE, LIVE_ONLY_S
from .live_window import LiveWindow
from .schema import (
    ADC_COUNTS,
    CHANNELS,
    CHECKSUM_DTYPE,
    CHECKSUMS,
    EVENT_DTYPE,
    EVENTS,
    FORMAT,
    FORMAT_VERSION,
    GAP_DTYPE,
    GAPS,
    HEALTH,
    HEALTH_DTYPE,
    STATUSES,
    ChannelDatasets,
)
from .superblock import SIZE as SUPERBLOCK_SIZE
from .superblock import is_marked_open
from .text_heap import check_texts
from .unclosed import UnclosedFile

#: What h5py raises for what it cannot read or what is not there.
READ_ERRORS = (
    OSError,
    RuntimeError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
)

PICOSTREAM = "picostream"

#: Attributes that the end rewrites; a crash in that moment may leave them unreadable.
_REWRITTEN_TEXTS = ("status", "reason", "simulation")


@dataclass(frozen=True)
class Recording:
    """An open file; make it with :func:`open_recording`.

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
        forgotten = int(self.root[LIVE]["missing_before"])
        before = self._gap_rows["sample_index"] <= self.first_sample
        return forgotten + int(self._gap_rows["estimated_missing"][before].sum())

    @property
    def stored_interval_ns(self) -> float:
        """Time between two delivered samples."""
        ratio = int(self.attributes.get("hardware_downsample_ratio", 1))
        return float(self.attributes["sample_interval_ns"]) * ratio

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
            dataset = self.root[name]
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


@contextlib.contextmanager
def open_recording(path: str | Path) -> Iterator[Recording]:
    """Open a recording, also one that is still growing or was left by a crash.

    :raises FileFormatError: it is not a recording of this package or of PicoStream.
    :raises StorageError: there is no such file, or it cannot be opened.
    """
    path = Path(path)
    if not path.is_file():
        raise StorageError(f"There is no file {path}.")
    with contextlib.ExitStack() as stack:
        with reading(path):
            root, closed_properly = _open(path, stack)
            recording = _examine(path, root, closed_properly)
            if recording.is_live_only and not recording.finished:
                recording = replace(recording, live=_live_window(recording, stack))
        yield recording


def _open(path: Path, stack: contextlib.ExitStack) -> tuple[Any, bool]:
    """The open file, to be closed with the stack, and whether its writer had closed it."""
    try:
        with path.open("rb") as file:
            closed_properly = not is_marked_open(file.read(SUPERBLOCK_SIZE))
    except PermissionError as error:
        raise StorageError(f"{path} may not be read by this user.") from error
    if closed_properly:
        check_texts(path)
    source = path if closed_properly else stack.enter_context(UnclosedFile(path))
    return stack.enter_context(h5py.File(source, "r")), closed_properly


def _examine(path: Path, root: Any, closed_properly: bool) -> Recording:
    attributes = _read_attributes(root)
    if attributes.get("format") == FORMAT:
        kind = FORMAT
        _check_version(path, attributes)
        channels = _find_channels(path, root, attributes)
    elif "format" not in attributes and "sample_interval_ns" in attributes:
        kind = PICOSTREAM
        channels = {"": ChannelDatasets(_counts(path, root, ADC_COUNTS), None)}
    else:
        raise FileFormatError(f"{path} is an HDF5 file, but no recording.")
    DownsampleMode(attributes.get("downsample_mode", "none"))
    return Recording(path, root, closed_properly, kind, attributes, channels)


def _live_window(recording: Recording, stack: contextlib.ExitStack) -> LiveWindow:
    groups = {name: pair.counts.parent for name, pair in recording.channels.items()}
    window = LiveWindow(recording.path, recording.root, groups, recording.values_per_sample)
    stack.callback(window.close)
    return window


def _read_attributes(root: Any) -> dict[str, Any]:
    """Root attributes as plain Python values, without those that a crash left unreadable."""
    attributes = {}
    for name in root.attrs:
        try:
            value = root.attrs[name]
        except OSError:
            if name not in _REWRITTEN_TEXTS:
                raise
            continue
        attributes[name] = value.tolist() if hasattr(value, "tolist") else value
    return attributes


def _check_version(path: Path, attributes: Mapping[str, Any]) -> None:
    version = attributes.get("format_version")
    if version != FORMAT_VERSION:
        raise FileFormatError(
            f"{path} has format version {version}; this software reads version {FORMAT_VERSION}."
        )


def _find_channels(
    path: Path, root: Any, attributes: Mapping[str, Any]
) -> dict[str, ChannelDatasets]:
    names = list(attributes.get("channels", ()))
    if not names or not set(names) <= set(CHANNEL_NAMES):
        raise FileFormatError(f"{path} does not say which of the channels A to D it holds.")
    return {
        name: ChannelDatasets(
            _counts(path, root, f"{CHANNELS}/{name}/{ADC_COUNTS}"),
            None
            if LIVE_ONLY_S in attributes
            else _dataset(path, root, f"{CHANNELS}/{name}/{CHECKSUMS}", CHECKSUM_DTYPE),
        )
        for name in names
    }


def _counts(path: Path, root: Any, name: str) -> Any:
    counts = _dataset(path, root, name, np.dtype(np.int16))
    if counts.id.get_create_plist().get_nfilters():
        import hdf5plugin  # noqa: F401 - the import makes its filters known to HDF5
    return counts


def _dataset(path: Path, root: Any, name: str, dtype: np.dtype[Any]) -> Any:
    """A chunked 1-D dataset; chunked also means that its data lie in this very file."""
    dataset = root.get(name)
    if not isinstance(dataset, h5py.Dataset) or dataset.file.filename != root.filename:
        raise FileFormatError(f"{path} has no dataset {name}.")
    if dataset.dtype != dtype or dataset.ndim != 1 or dataset.chunks is None:
        raise FileFormatError(f"{path}: the dataset {name} is not a chunked list of {dtype}.")
    return dataset
