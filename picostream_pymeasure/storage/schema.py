"""The file's layout, format version 1: names, data types, and how an empty file is laid out.

::

    /                          attributes: see :mod:`.attributes`
    ├── adc_counts             hard link to the first enabled channel's
    ├── channels/
    │   └── A/                 or PORT0, a digital port; attributes: see create_channel_group
    │       ├── adc_counts     int16 counts, 1-D, one chunk a block of the stream
    │       ├── checksums      uint64, XXH3-64 of the valid values of each chunk
    │       └── overview/      see :mod:`.overview`
    ├── gaps                   one row a gap
    ├── clock                  one row a pair of sample and host's clock
    ├── events                 one row a mark
    ├── entry/envelope/        see :mod:`.default_plot`
    └── health                 one row, rewritten while the recording runs

SWMR allows no objects, attributes or variable-length strings to be added once it runs, so that
everything is made beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np

from ..config import CHANNEL_NAMES, ChannelConfig, DigitalPortConfig
from ..records import CAUSE_BYTES, StreamDescription

FORMAT = "picostream-pymeasure"
FORMAT_VERSION = 1

#: The oldest form of HDF5 files with SWMR, so that old programs read it too.
LIBVER = ("v110", "v110")

ADC_COUNTS = "adc_counts"
CHANNELS = "channels"
CHECKSUMS = "checksums"
CLOCK = "clock"
EVENTS = "events"
GAPS = "gaps"
HEALTH = "health"
OVERVIEW = "overview"

#: Values of the root attribute ``status``; ``/health`` holds the position in this tuple.
STATUSES = ("recording", "complete", "incomplete")

#: Values of the attribute ``kind`` of a channel; files without it hold analogue channels only.
ANALOGUE, DIGITAL = "analogue", "digital"

#: Values of the root attribute ``compression``.
NO_COMPRESSION, BITSHUFFLE_LZ4 = COMPRESSIONS = ("none", "bitshuffle-lz4")

#: Fixed-size texts, in UTF-8 bytes; longer ones are cut.
LABEL_BYTES = 128

COUNTS_DTYPE = np.dtype("<i2")
CHECKSUM_DTYPE = np.dtype("<u8")
GAP_DTYPE = np.dtype(
    [
        ("sample_index", "<i8"),
        ("earliest", "<i8"),
        ("latest", "<i8"),
        ("missing", "<i8"),
        ("estimated_missing", "<i8"),
        ("cause", h5py.string_dtype("utf-8", CAUSE_BYTES)),
        ("time_s", "<f8"),
    ]
)
CLOCK_DTYPE = np.dtype([("sample_index", "<i8"), ("host_s", "<f8"), ("slept_s", "<f8")])
EVENT_DTYPE = np.dtype(
    [
        ("sample_index", "<i8"),
        ("time_s", "<f8"),
        ("label", h5py.string_dtype("utf-8", LABEL_BYTES)),
        ("value", "<f8"),
    ]
)
HEALTH_DTYPE = np.dtype(
    [
        ("status", "<i8"),
        ("total_samples", "<i8"),
        ("received_samples", "<i8"),
        ("lost_samples", "<i8"),
        ("gaps", "<i8"),
        ("pool_fill", "<f8"),
        *((f"over_range_{name}", "<i8") for name in CHANNEL_NAMES),
        ("elapsed_s", "<f8"),
        ("actual_rate_hz", "<f8"),
        ("updated_unix_s", "<f8"),
    ]
)

#: Rows in a chunk of what grows slowly: small, because SWMR rewrites whole chunks.
_CHECKSUMS_PER_CHUNK = 512
_ROWS_PER_CHUNK = 32


@dataclass(frozen=True)
class ChannelDatasets:
    """The two datasets of a channel."""

    counts: Any
    checksums: Any


def fixed_text(text: str, size: int) -> bytes:
    """UTF-8 bytes of the text, cut between two characters to fit a fixed-size field."""
    return text.encode()[:size].decode(errors="ignore").encode()


def create_channel(
    root: Any,
    channel: ChannelConfig | DigitalPortConfig,
    description: StreamDescription,
    **counts_options: Any,
) -> ChannelDatasets:
    """Make the group of a channel or port with its attributes and empty datasets.

    :param counts_options: more options of ``create_dataset`` for the counts (filters).
    """
    group = create_channel_group(root, channel, description)
    chunk = description.block_samples * description.values_per_sample
    return ChannelDatasets(
        counts=_growing(group, ADC_COUNTS, COUNTS_DTYPE, chunk, **counts_options),
        checksums=_growing(group, CHECKSUMS, CHECKSUM_DTYPE, _CHECKSUMS_PER_CHUNK),
    )


def create_channel_group(
    root: Any, channel: ChannelConfig | DigitalPortConfig, description: StreamDescription
) -> Any:
    """Make the group of a channel or port with its attributes.

    Both have ``kind``, ``voltage_range_v`` and ``analog_offset_v``; channels ``coupling`` and
    ``bandwidth`` too, ports ``logic_level_v``.
    """
    group = root.create_group(f"{CHANNELS}/{channel.name}")
    if isinstance(channel, ChannelConfig):
        group.attrs["kind"] = ANALOGUE
        group.attrs["voltage_range_v"] = channel.range_v
        group.attrs["coupling"] = channel.coupling.name
        group.attrs["analog_offset_v"] = channel.offset_v
        group.attrs["bandwidth"] = channel.bandwidth.name
    else:
        group.attrs["kind"] = DIGITAL
        group.attrs["logic_level_v"] = channel.logic_level_v
        # a count of 1 reads as 1 mV, so that readers give the number of the eight inputs
        group.attrs["voltage_range_v"] = description.max_adc / 1000
        group.attrs["analog_offset_v"] = 0.0
    return group


def create_tables(root: Any) -> None:
    """Make the empty ``/gaps``, ``/clock`` and ``/events``, and ``/health`` with zeros."""
    _growing(root, GAPS, GAP_DTYPE, _ROWS_PER_CHUNK)
    _growing(root, CLOCK, CLOCK_DTYPE, _ROWS_PER_CHUNK)
    _growing(root, EVENTS, EVENT_DTYPE, _ROWS_PER_CHUNK)
    root.create_dataset(HEALTH, data=np.zeros((), HEALTH_DTYPE))


def _growing(group: Any, name: str, dtype: np.dtype[Any], chunk: int, **options: Any) -> Any:
    return group.create_dataset(name, (0,), dtype, maxshape=(None,), chunks=(chunk,), **options)
