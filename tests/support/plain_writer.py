"""A recording of format version 2 written the slow and obvious way, for tests of what reads it.

Only the structures that change while a stream runs are written here, from the format's
description; the layout before the first sample is the product's.
"""

from __future__ import annotations

import contextlib
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from picostream_pymeasure.config import (
    ChannelConfig,
    DigitalPortConfig,
    DownsampleMode,
    StreamConfig,
)
from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.records import StreamDescription
from picostream_pymeasure.storage import open_recording
from picostream_pymeasure.storage.bytes.fixed_array import NOWHERE
from picostream_pymeasure.storage.bytes.metadata_checksum import with_checksum
from picostream_pymeasure.storage.bytes.superblock import with_end
from picostream_pymeasure.storage.checking.picture_check import picture
from picostream_pymeasure.storage.layout import Grid, grid_for, make_image
from picostream_pymeasure.storage.layout.areas import (
    INDEX_GROWTH,
    TABLE_UNITS,
    Area,
    area_records,
)
from picostream_pymeasure.storage.layout.plan import (
    UNIT_BYTES,
    UNIT_CONTENT_BYTES,
    GrowingDataset,
    Plan,
)
from picostream_pymeasure.storage.schema import (
    FILL_VALUES,
    TABLE_DTYPES,
    TABLES,
    checksums_path,
    counts_path,
    level_path,
)

CHUNK, UNITS = 4096, 16
STATE_MAGIC, SYNC_MAGIC = 0x3254415453505350, 0x3259535053505350
UNIT_MAGIC = 0x32544C4241545350


def describe(
    names: Sequence[str] = "A",
    *,
    range_v: float = 20.0,
    offset_v: float = 0.0,
    mode: str = "none",
    ratio: int = 1,
    resolution_bits: int = 8,
    **fields: Any,
) -> StreamDescription:
    config = StreamConfig(
        channels=tuple(
            ChannelConfig(name, range_v, offset_v=offset_v) for name in names if "PORT" not in name
        ),
        digital_ports=tuple(DigitalPortConfig(name) for name in names if "PORT" in name),
        resolution_bits=resolution_bits,
        downsample_mode=DownsampleMode(mode),
        downsample_ratio=ratio,
    )
    values = {
        "config": config,
        "sample_interval_ns": 1000.0,
        "max_adc": 32512,
        "block_samples": CHUNK,
        "start_time": "2024-05-06T07:08:09+00:00",
        **fields,
    }
    return StreamDescription(**values)


class PlainWriter:
    """One file; everything is in it after each call."""

    def __init__(
        self,
        path: Path,
        description: StreamDescription,
        *,
        segments: int = 4,
        chunk_samples: int = CHUNK,
    ) -> None:
        self.path = path
        width = description.values_per_sample
        dtypes = grid_for(description, None).dtypes
        grid = Grid(dtypes, width, chunk_samples, segments, 1, False)
        image = make_image(description, grid)
        self.plan = replace(image.plan, areas=tuple(_areas(image.plan, segments)))
        self.description = description
        self.file = path.open("w+b")
        self._write(0, image.content)
        self._write(self.plan.fixed["recovery/areas"][0], area_records(self.plan.areas))
        for dataset in self.plan.datasets.values():
            index = self.plan.index_of(dataset)
            page = with_checksum(np.full(32, NOWHERE).tobytes())
            self._write(index.block_at, index.prefix + index.n_pages * page)
            self._write(index.header_at, index.header_bytes)
        self.file.truncate(self.plan.segment_position(segments))
        self.values = {
            name: np.empty(0, np.dtype(dtype))
            for name, dtype in zip(self.plan.inputs, dtypes, strict=True)
        }
        self.rows: dict[str, NDArray[Any]] = {
            name: np.empty(0, TABLE_DTYPES[name]) for name in TABLES
        }
        self._units: dict[tuple[str, int], int] = {}
        self.sequence = 0
        self.publish()

    @property
    def samples(self) -> int:
        return len(self.values[self.plan.inputs[0]]) // self.plan.values_per_sample

    def append(self, *rows: NDArray[Any]) -> None:
        """Counts of all inputs, written and published."""
        before = self.samples
        for name, new in zip(self.plan.inputs, rows, strict=True):
            self.values[name] = np.concatenate(
                (self.values[name], new.astype(self.values[name].dtype))
            )
        n_chunks = -(-self.samples // self.plan.chunk_samples)
        for chunk in range(before // self.plan.chunk_samples, n_chunks):
            self._write_chunk(chunk)
        for name in self.plan.inputs:
            self._write_levels(name)
        self.publish()

    def add_row(self, table: str, *values: Any) -> None:
        """A row of a table."""
        row = np.array([values], TABLE_DTYPES[table])
        self.rows[table] = np.concatenate((self.rows[table], row))
        dataset = self.plan.datasets[table]
        number, within = divmod(len(self.rows[table]) - 1, dataset.chunk_rows)
        unit = self._units.setdefault((table, number), len(self._units))
        content = self.rows[table][number * dataset.chunk_rows :].tobytes()
        head = np.zeros(64, "<u8")
        checksum = xxh3_64_intdigest(content.ljust(UNIT_CONTENT_BYTES, b"\0"), number)
        head[:5] = UNIT_MAGIC, TABLES.index(table), number, within + 1, checksum
        head[56] = xxh3_64_intdigest(head.tobytes()[:448])
        position = self.plan.unit_positions[unit]
        self._write(position, head.tobytes() + content)
        self._set_entry(dataset, number, position + 512)
        self._set_rows(dataset, len(self.rows[table]))
        self.publish()

    def publish(self, *, age_s: float = 0.0, finished: bool = False) -> None:
        """Let the state and the extents say what was written."""
        self.sequence += 1
        chunk, within = divmod(self.samples, self.plan.chunk_samples)
        words = self._record(STATE_MAGIC, age_s)
        words[10] = finished
        for index, name in enumerate(self.plan.inputs if within else ()):
            words[16 + index] = xxh3_64_intdigest(self._chunk(name, chunk).tobytes(), chunk)
        self._write_record("recovery/state", words)
        for name in self.plan.inputs:
            self._set_rows(self.plan.datasets[counts_path(name)], len(self.values[name]))
            full = self.samples // self.plan.chunk_samples + bool(within)
            self._set_rows(self.plan.datasets[checksums_path(name)], full)

    def sync(self) -> None:
        """Note that all is on the disk."""
        self._write_record("recovery/sync", self._record(SYNC_MAGIC, 0.0))

    def close(self) -> None:
        self.file.close()

    def finish(self, status: str = "complete", **values: Any) -> None:
        """The end, with its attributes rewritten in place."""
        last = max(-(-self.samples // self.plan.segment_samples), 1)
        end = self.plan.segment_position(last)
        for name in self.plan.inputs:
            self._write_levels(name, finished=True)
        self.file.truncate(end)
        self._write(0, with_end(self._read(0, 48), end))
        lost = int(np.maximum(self.rows["gaps"]["estimated_missing"], 0).sum())
        totals = {"status": status, "total_samples": self.samples, "lost_samples": lost}
        for name, value in {**totals, **values}.items():
            position, size = self.plan.attributes[name]
            if isinstance(value, str):
                self._write(position, value.encode().ljust(size, b"\0"))
            else:
                self._write(
                    position, struct.pack("<d" if isinstance(value, float) else "<q", value)
                )
        for position, size in self.plan.root_blocks:
            self._write(position, with_checksum(self._read(position, size - 4)))
        self.publish(finished=True)
        self._draw()

    def _draw(self) -> None:
        """Make the picture as the product does: other tests hold that against the samples.

        There is none of gaps that cannot be.
        """
        self.file.flush()
        with contextlib.suppress(FileFormatError), open_recording(self.path) as recording:
            for path, content in picture(recording):
                self._write(self.plan.fixed[path][0], content)

    def _record(self, magic: int, age_s: float) -> NDArray[np.uint64]:
        words = np.zeros(64, "<u8")
        words[:3] = magic, self.sequence, self.samples
        words[3:7] = [len(self.rows[name]) for name in TABLES]
        segments = -(-self.samples // self.plan.segment_samples)
        words[7:10] = len(self._units), segments, time.time_ns() - int(age_s * 1e9)
        return words

    def _write_record(self, path: str, words: NDArray[np.uint64]) -> None:
        words[56] = xxh3_64_intdigest(words.tobytes()[:448])
        self._write(self.plan.fixed[path][0], words.tobytes())

    def _chunk(self, name: str, chunk: int) -> NDArray[Any]:
        size = self.plan.chunk_samples * self.plan.values_per_sample
        found = self.values[name][chunk * size : (chunk + 1) * size]
        filled = np.full(size, FILL_VALUES[found.dtype.str], found.dtype)
        filled[: len(found)] = found
        return filled

    def _write_chunk(self, chunk: int) -> None:
        self._extend(chunk // 32 + 1)
        for name in self.plan.inputs:
            counts = self.plan.datasets[counts_path(name)]
            content = self._chunk(name, chunk).tobytes()
            position = self.plan.chunk_position(counts, chunk)
            self._write(position, content)
            self._set_entry(counts, chunk, position)
            self._write_row(checksums_path(name), chunk, xxh3_64_intdigest(content, chunk))

    def _write_row(self, path: str, row: int, value: int) -> None:
        dataset = self.plan.datasets[path]
        chunk, within = divmod(row, dataset.chunk_rows)
        position = self.plan.chunk_position(dataset, chunk)
        self._write(position + within * dataset.row_bytes, struct.pack("<Q", value))
        self._set_entry(dataset, chunk, position)

    def _write_levels(self, name: str, *, finished: bool = False) -> None:
        """All bins of all levels, from the samples."""
        values = self.values[name].reshape(-1, self.plan.values_per_sample)
        for path in [
            path for path in self.plan.datasets if path.startswith(level_path(name, 0)[:-1])
        ]:
            dataset, factor = self.plan.datasets[path], int(path.rpartition("/b")[2])
            n_bins = -(-len(values) // factor) if finished else len(values) // factor
            bins = _bins(values, factor)[:n_bins]
            self._set_rows(dataset, n_bins)
            for chunk in range(-(-n_bins // dataset.chunk_rows)):
                content = bins[chunk * dataset.chunk_rows : (chunk + 1) * dataset.chunk_rows]
                position = self.plan.chunk_position(dataset, chunk)
                self._write(position, content.tobytes())
                self._set_entry(dataset, chunk, position)

    def _extend(self, segments: int) -> None:
        end = self.plan.segment_position(segments + 1)
        self.file.seek(0, 2)
        if self.file.tell() < end:
            self.file.truncate(end)
            self._write(0, with_end(self._read(0, 48), end))

    def _set_rows(self, dataset: GrowingDataset, rows: int) -> None:
        header = bytearray(self._read(dataset.header, dataset.header_bytes - 4))
        struct.pack_into("<Q", header, dataset.rows_at, rows)
        most = self.plan.index_of(dataset).n_elements * dataset.chunk_rows
        struct.pack_into("<Q", header, dataset.most_at, most)
        self._write(dataset.header, with_checksum(bytes(header)))

    def _set_entry(self, dataset: GrowingDataset, chunk: int, position: int) -> None:
        index = self.plan.index_of(dataset)
        page = next(index.pages(chunk, chunk + 1))
        entries = index.read_page(self._read, page)
        assert entries is not None
        changed = entries.copy()
        changed[chunk - page.element] = np.frombuffer(struct.pack("<Q", position), np.uint8)
        self._write(page.begin, with_checksum(changed.tobytes()))

    def _read(self, position: int, size: int) -> bytes:
        self.file.flush()
        self.file.seek(position)
        return self.file.read(size)

    def _write(self, position: int, content: bytes) -> None:
        self.file.seek(position)
        self.file.write(content)
        self.file.flush()


def _areas(plan: Plan, segments: int) -> Iterator[Area]:
    """All that a test may need, before the first segment: units, and indexes that suffice."""
    yield Area(plan.base, UNITS, TABLE_UNITS, 0)
    end = plan.base + UNITS * UNIT_BYTES
    for number, dataset in enumerate(plan.datasets.values()):
        entries = dataset.index.n_elements
        while dataset.per_segment == 32 and entries < 32 * segments:
            entries *= INDEX_GROWTH
            units = 9 * entries // UNIT_BYTES + 1
            yield Area(end, units, number, 0)
            end += units * UNIT_BYTES


def _bins(values: NDArray[Any], factor: int) -> NDArray[Any]:
    """First, smallest, largest and last of each ``factor`` samples, the last bin maybe of fewer.

    Of ports the bits that are always and ever 1 stand in for smallest and largest.
    """
    starts = np.arange(0, len(values), factor)
    if not starts.size:
        return np.empty((0, 4), values.dtype)
    lasts = np.minimum(starts + factor, len(values)) - 1
    is_port = values.dtype == np.uint8
    lower, upper = (np.bitwise_and, np.bitwise_or) if is_port else (np.minimum, np.maximum)
    low = lower.reduceat(lower.reduce(values, axis=1), starts)
    high = upper.reduceat(upper.reduce(values, axis=1), starts)
    return np.stack((values[starts, 0], low, high, values[lasts, -1]), axis=1)


def noise(samples: int, seed: int = 1, dtype: Any = np.int16) -> NDArray[Any]:
    limits = np.iinfo(dtype)
    return np.random.default_rng(seed).integers(limits.min + 1, limits.max + 1, samples, dtype)
