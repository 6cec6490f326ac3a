"""Opens a file for reading, and checks that it is a recording."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from ..config import INPUT_NAMES, DownsampleMode
from ..errors import FileFormatError, StorageError
from .byte_file import ByteFile
from .live_layout import LIVE_ONLY_S
from .live_window import LiveWindow
from .members import own_member
from .raw_file import RawFile
from .recording import PICOSTREAM, Recording, reading
from .schema import (
    ADC_COUNTS,
    CHANNELS,
    CHECKSUM_DTYPE,
    CHECKSUMS,
    FORMAT,
    FORMAT_VERSION,
    ChannelDatasets,
)
from .superblock import SIZE as SUPERBLOCK_SIZE
from .superblock import is_marked_open
from .unclosed import UnclosedFile

#: What is read of PicoStream's own files. Their metadata have no checksums, and damaged ones may
#: cost much memory or end the program, so that nothing else is touched.
_PICOSTREAM_ATTRIBUTES = (
    "sample_interval_ns",
    "voltage_range_v",
    "max_adc",
    "analog_offset_v",
    "downsample_mode",
    "hardware_downsample_ratio",
    "resolution",
)

_PLAIN_TYPES = {h5py.h5t.INTEGER, h5py.h5t.FLOAT, h5py.h5t.STRING}

#: Attributes that the end rewrites; a crash in that moment may leave them unreadable.
_REWRITTEN_TEXTS = ("status", "reason", "simulation")


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
    content = RawFile(path) if closed_properly else UnclosedFile(path)
    stack.callback(content.close)
    return stack.enter_context(h5py.File(ByteFile(content), "r")), closed_properly


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
    if "format" not in root.attrs:
        known = filter(root.attrs.__contains__, _PICOSTREAM_ATTRIBUTES)
        return {name: _read_plain(root, name) for name in known}
    attributes = {}
    for name in root.attrs:
        try:
            attributes[name] = _read(root, name)
        except OSError:
            if name not in _REWRITTEN_TEXTS:
                raise
    return attributes


def _read_plain(root: Any, name: str) -> Any:
    """A number or text; HDF5 crashes when it converts some damaged types of other kinds."""
    if root.attrs.get_id(name).get_type().get_class() not in _PLAIN_TYPES:
        raise TypeError(f"the attribute {name} is neither a number nor a text")
    return _read(root, name)


def _read(root: Any, name: str) -> Any:
    value = root.attrs[name]
    return value.tolist() if hasattr(value, "tolist") else value


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
    if not names or not set(names) <= set(INPUT_NAMES):
        raise FileFormatError(f"{path} does not say which of the scope's channels it holds.")
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
    """A chunked 1-D dataset."""
    dataset = own_member(root, name, h5py.Dataset)
    if dataset is None:
        raise FileFormatError(f"{path} has no dataset {name}.")
    if dataset.dtype != dtype or dataset.ndim != 1 or dataset.chunks is None:
        raise FileFormatError(f"{path}: the dataset {name} is not a chunked list of {dtype}.")
    return dataset
