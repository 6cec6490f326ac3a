"""Where HDF5's own records lie in a recording."""

from __future__ import annotations

import ctypes
import math
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.config import EventRule, KeepConfig
from picostream_pymeasure.errors import StorageError
from picostream_pymeasure.records import KEPT, KEPT_BINS, KEPT_MESSAGE_DTYPE, Block, Event
from picostream_pymeasure.storage import Recorder, open_recording, repair, verify
from picostream_pymeasure.storage.bytes.superblock import SUPERBLOCK_BYTES, stated_end
from picostream_pymeasure.storage.layout import grid_for, make_image
from picostream_pymeasure.storage.schema import FACTORS
from tests.support.kept_memory import RATE_HZ, FedStream
from tests.support.kept_memory import describe as describe_kept
from tests.support.storage_stream import CHUNK_SAMPLES, Stream, describe, finish, recording

SECTOR_BYTES = 512


@pytest.mark.parametrize("channels", ["A", "ABCD"])
def test_no_header_of_a_dataset_that_grows_can_be_torn(tmp_path: Path, channels: str) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, channels) as stream:
        stream.write()
    torn = []

    def look(name: str, member: h5py.HLObject) -> None:
        about = h5py.h5o.get_info(member.id)
        first, last = about.addr, about.addr + about.hdr.space.total - 1
        in_one = first // SECTOR_BYTES == last // SECTOR_BYTES
        if isinstance(member, h5py.Dataset) and member.chunks and not in_one:
            torn.append(name)

    with h5py.File(path) as file:
        file.visititems(look)
        assert f"channels/{channels[-1]}/overview/b4096" in file
    assert torn == []


@pytest.mark.parametrize("channels", ["A", "ABCD"])
def test_the_number_of_rows_lies_beside_the_checksum_of_its_header(
    tmp_path: Path, channels: str
) -> None:
    """A few bytes are rewritten: whoever reads meanwhile hardly ever sees a part of them."""
    path = tmp_path / "a.hdf5"
    with recording(path, channels) as stream:
        stream.write()
    with open_recording(path) as opened, h5py.File(path) as file:
        assert opened.planned is not None
        for name, dataset in opened.planned.plan.datasets.items():
            shape = file[name].shape
            assert dataset.header_bytes - dataset.rows_at == 2 * 8 * len(shape) + 4, name
            header = path.read_bytes()[dataset.header :][: dataset.header_bytes]
            assert int.from_bytes(header[dataset.rows_at :][:8], "little") == shape[0], name


#: What a file has beside samples, overview and rows: its layout, and the first pages of indexes.
LAYOUT_BYTES = 256 * 1024


@pytest.mark.parametrize("samples", [10_000_000, None])
def test_ten_seconds_take_little_more_than_samples_and_overview(
    tmp_path: Path, samples: int | None
) -> None:
    recorder = Recorder(tmp_path / "a.hdf5")
    recorder.open(describe(samples=samples))
    rows = np.ones((1, 1_000_000), np.int16)
    for number in range(10):
        recorder.write(Block(rows, number * rows.size, rows.size))
    grown = recorder.path.stat().st_size
    recorder.add_event(Event(9_999_999, 10.0, "late"))  # its unit lies behind a segment half empty
    finish(recorder)
    counts, overview = 2 * 10_000_000, sum(8 * math.ceil(10_000_000 / f) for f in FACTORS)
    assert recorder.path.stat().st_size <= 1.05 * (counts + overview)
    segment = 32 * CHUNK_SAMPLES * (2 + 9 / 256)
    assert grown <= counts + overview + 2 * segment + LAYOUT_BYTES
    report = verify(recorder.path)
    assert (report.errors, report.samples) == ([], 10_000_000)


def test_the_length_follows_what_is_kept(tmp_path: Path) -> None:
    """Thousands of rows, and few samples beside each."""
    path, n_events = tmp_path / "a.hdf5", 9000
    rows = np.zeros((1, n_events * 40), np.int16)
    for within in range(10):
        rows[0, 30 + within :: 40] = -400
    rule = EventRule("A", "falling", -0.03, in_sigma=False, min_width_s=2 / RATE_HZ)
    keep = KeepConfig(rule, 4 / RATE_HZ, 6 / RATE_HZ)
    stream = FedStream(describe_kept(keep, "A"), Recorder(path))
    stream.feed(rows, [rows.shape[1]])
    grown = path.stat().st_size
    stream.end()
    with h5py.File(path) as file:
        growing = [member for member in members_of(file) if member.chunks]
        assert file["captures"].size > 0.99 * n_events
        kept = sum(member.nbytes for member in growing) + file["stream/A"].nbytes
    assert path.stat().st_size <= 1.05 * kept + LAYOUT_BYTES
    assert grown <= 1.05 * kept + LAYOUT_BYTES + 32 * 4096 * 2 + (1 << 22)
    assert verify(path).errors == []


def test_the_layout_of_four_channels_takes_little_room() -> None:
    description = describe_kept(KeepConfig(EventRule("A")), "ABCD")
    image = make_image(description, grid_for(description, None))
    assert len(image.content) < 1.1 * LAYOUT_BYTES < image.n_bytes


def test_old_bins_of_the_stream_are_not_taken_for_wider_ones(tmp_path: Path) -> None:
    """The second message cannot be written as a whole: its bins are where no memory is."""
    keep, path = KeepConfig(EventRule("A")), tmp_path / "a.hdf5"
    recorder, bins = Recorder(path), np.zeros((4, 2), np.int16)
    native = recorder.open(replace(describe_kept(keep), keep=keep))
    take = ctypes.CFUNCTYPE(*[ctypes.c_int64] * 4)(native.function)

    def tell(samples_per_bin: int, bins_address: int) -> int:
        row = (1000, 0, 0, 0, samples_per_bin, 4, 0, bins_address, 4 * KEPT_BINS)
        message = np.array([row], KEPT_MESSAGE_DTYPE)
        return int(take(native.context, KEPT, message.ctypes.data))

    assert tell(256, bins.ctypes.data) == 0
    assert tell(512, 8) < 0
    with h5py.File(path) as file:
        totals = file["stream/totals"][0]
    assert (totals["samples_per_bin"], totals["n_bins"]) == (512, 0)
    with pytest.raises(StorageError, match="cannot be written"):
        finish(recorder)


def test_headers_lie_where_the_plan_says() -> None:
    described = describe()
    config = replace(described.config, sample_rate_hz=1e6, duration_s=0.3)
    description = replace(described, config=config)
    image = make_image(description, grid_for(description, None))
    for dataset in image.plan.datasets.values():
        assert image.content[dataset.header :].startswith((b"OHDR", b"OCHK"))


def test_the_end_that_is_told_was_there_before(tmp_path: Path) -> None:
    """HDF5 looks at the length, is made to wait, and then reads where the file shall end."""
    path = tmp_path / "a.hdf5"
    recorder = Recorder(path)
    recorder.open(describe(samples=None))
    rows, ends = np.ones((1, CHUNK_SAMPLES), np.int16), []
    for number in range(200):  # as fast as it can be, much faster than was said
        before = path.stat().st_size
        recorder.write(Block(rows, number * rows.size, rows.size))
        with path.open("rb") as file:
            ends.append((stated_end(file.read(SUPERBLOCK_BYTES)), before))
    finish(recorder)
    assert len({end for end, _ in ends}) > 4
    assert [(end, before) for end, before in ends if end > before] == []


def members_of(file: h5py.File) -> list[h5py.Dataset]:
    """All datasets, each once."""
    found: list[h5py.Dataset] = []
    file.visititems(lambda _, member: found.append(member) if hasattr(member, "chunks") else None)
    return found


def test_indexes_become_longer_as_the_file_grows(tmp_path: Path) -> None:
    """Those of the samples twice, those of what has a chunk a segment once."""
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), replace(describe(simulated=False), sample_interval_ns=1e6))
    samples = np.arange(66 * 32 * 4096).astype(np.int16)
    for begin in range(0, samples.size, 1 << 20):
        part = samples[begin : begin + (1 << 20)]
        stream.recorder.write(Block(part[np.newaxis], begin, part.size))
        with h5py.File(path) as file:
            counts = file["adc_counts"]
            assert counts.size <= counts.maxshape[0]
            np.testing.assert_array_equal(counts[-100:], samples[counts.size - 100 : counts.size])
    finish(stream.recorder)
    content = bytearray(path.read_bytes())
    with h5py.File(path) as file:
        assert np.array_equal(file["adc_counts"], samples)
        assert len(file["channels/A/checksums"]) == samples.size // 4096
    assert verify(path).errors == []
    with open_recording(path) as recording:
        assert recording.planned is not None
        plan = recording.planned.plan
    for name in ("channels/A/adc_counts", "channels/A/checksums"):
        index = plan.index_of(plan.datasets[name])
        assert index.n_elements > plan.datasets[name].index.n_elements
        content[index.header_at + 9] ^= 1
        content[index.block_at + 40] ^= 1
        content[index.end - 300] ^= 1
    path.write_bytes(content)
    assert len(verify(path).errors) == 2
    assert repair(path).repaired
    assert verify(path).errors == []
    with h5py.File(path) as file:
        assert np.array_equal(file["adc_counts"], samples)


@pytest.mark.parametrize("channels", ["A", "ABCD"])
def test_a_file_is_made_with_few_calls(
    tmp_path: Path, channels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network drive may take tens of milliseconds for each."""
    made: Counter[str] = Counter()

    def count(name: str) -> None:
        real = getattr(os, name)

        def call(*arguments: Any, **options: Any) -> Any:
            made[name] += 1
            return real(*arguments, **options)

        monkeypatch.setattr(os, name, call)

    for name in ("open", "write", "fsync", "fdatasync", "ftruncate", "link", "rename"):
        if hasattr(os, name):
            count(name)
    recorder = Recorder(tmp_path / "a.hdf5")
    recorder.open(describe(channels))
    found = dict(made)
    finish(recorder)
    assert found.get("fsync", 0) + found.get("fdatasync", 0) <= 2
    assert sum(found.values()) <= 16
