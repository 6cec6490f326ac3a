"""A recorded file, opened for reading and checked to be one."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from ..config import CHANNEL_NAMES, DownsampleMode
from ..errors import FileFormatError, StorageError
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
from .unclosed import UnclosedFile

#: What h5py raises for what it cannot read or what is not there.
READ_ERRORS = (OSError, RuntimeError, LookupError, TypeError, ValueError, AttributeError)

PICOSTREAM = "picostream"

#: Attributes that the end rewrites; a crash in that moment may leave them unreadable.
_REWRITTEN_TEXTS = ("status", "reason", "simulation")


@dataclass(frozen=True)
class Recording:
    """An open file; make it with :func:`open_recording`.

    :param root: the open ``h5py.File``.
    :param closed_properly: False while it is being recorded, and after a crash.
    :param channels: datasets in the order of recording; of PicoStream's own files, which know
        no channels, one called ``""`` without checksums.
    """

    path: Path
    root: Any
    closed_properly: bool
    format: str
    attributes: Mapping[str, Any]
    channels: Mapping[str, ChannelDatasets]

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
        shortest = min(pair.counts.shape[0] for pair in self.channels.values())
        return int(shortest // self.values_per_sample)

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

    @cached_property
    def gaps(self) -> NDArray[Any]:
        """Rows of ``/gaps``."""
        return self._table(GAPS, GAP_DTYPE)

    @cached_property
    def events(self) -> NDArray[Any]:
        """Rows of ``/events``."""
        return self._table(EVENTS, EVENT_DTYPE)

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
        yield recording


def _open(path: Path, stack: contextlib.ExitStack) -> tuple[Any, bool]:
    """The open file, to be closed with the stack, and whether its writer had closed it."""
    try:
        with path.open("rb") as file:
            closed_properly = not is_marked_open(file.read(SUPERBLOCK_SIZE))
    except PermissionError as error:
        raise StorageError(f"{path} may not be read by this user.") from error
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
            _dataset(path, root, f"{CHANNELS}/{name}/{CHECKSUMS}", CHECKSUM_DTYPE),
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
