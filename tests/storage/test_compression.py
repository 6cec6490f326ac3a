"""Compressed recordings hold the same samples and the same promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import hdf5plugin
import numpy as np
import pytest
import xxhash

from picostream_pymeasure.errors import ConfigurationError, StorageError
from picostream_pymeasure.records import Health
from picostream_pymeasure.storage import Recorder, verify
from picostream_pymeasure.storage.bitshuffle import creation_options
from picostream_pymeasure.storage.chunk_compressor import ChunkCompressor
from tests.support.programs import ask
from tests.support.storage_programs import recorder
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    Stream,
    describe,
    finish,
    prove_stream,
    recording,
    stream_values,
)

LZ4 = "bitshuffle-lz4"
CHUNK_BYTES = 2 * BLOCK_SAMPLES
LATE, IN_TIME = Health(pool_fill=0.3), Health(pool_fill=0.2)

PLAIN_READER = """
import sys, h5py, hdf5plugin
with h5py.File(sys.argv[1]) as file:
    sys.stdout.buffer.write(file["adc_counts"][()].tobytes())
"""


def expected(channel: str, samples: int, width: int = 1, n_bits: int = 4) -> np.ndarray:
    return stream_values({"values_per_sample": width, "n_bits": n_bits}, channel, 0, samples)


def chunks(path: Path, channel: str = "A") -> list[tuple[int, int]]:
    """Filter mask and size of each chunk."""
    with h5py.File(path) as file:
        counts = file[f"channels/{channel}/adc_counts"].id
        stored = [counts.get_chunk_info(index) for index in range(counts.get_num_chunks())]
    return [(chunk.filter_mask, chunk.size) for chunk in stored]


@pytest.mark.parametrize("channels", ["A", "BCA"])
@pytest.mark.parametrize("aggregate", [False, True])
@pytest.mark.parametrize("last", [BLOCK_SAMPLES, 1, 1001])
def test_all_channels_are_stored_value_by_value(
    tmp_path: Path, channels: str, aggregate: bool, last: int
) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, channels, LZ4, aggregate=aggregate, n_bits=4) as stream:
        for count in (BLOCK_SAMPLES, BLOCK_SAMPLES, last):
            stream.write(count)
    samples, width = 2 * BLOCK_SAMPLES + last, 2 if aggregate else 1
    with h5py.File(path) as file:
        assert file.attrs["compression"] == LZ4
        for name in channels:
            counts = file[f"channels/{name}/adc_counts"][()]
            np.testing.assert_array_equal(counts, expected(name, samples, width))
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.errors, report.notes) == (0, [], [])
    assert report.proven_samples == samples
    for mask, size in chunks(path, channels[-1]):
        assert mask == 0
        assert size < CHUNK_BYTES * width / 2


def test_a_program_that_knows_only_h5py_and_hdf5plugin_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "A", LZ4, n_bits=4) as stream:
        stream.write()
    done = subprocess.run(
        [sys.executable, "-c", PLAIN_READER, path], capture_output=True, check=True
    )
    assert done.stdout == expected("A", BLOCK_SAMPLES).tobytes()


def test_checksums_are_those_of_the_values(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "A", LZ4, n_bits=4) as stream:
        stream.write()
        stream.write(77)
    with h5py.File(path) as file:
        checksums = list(file["channels/A/checksums"][()])
    values = expected("A", BLOCK_SAMPLES + 77)
    parts = values[:BLOCK_SAMPLES], values[BLOCK_SAMPLES:]
    assert checksums == [xxhash.xxh3_64_intdigest(part.tobytes()) for part in parts]


def test_the_file_says_so_when_it_is_not_compressed(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        stream.write()
    with h5py.File(path) as file:
        assert file.attrs["compression"] == "none"
    assert chunks(path) == [(0, CHUNK_BYTES)]


def test_noise_that_would_grow_is_stored_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "A", LZ4, n_bits=16) as stream:
        stream.write()
    assert chunks(path) == [(0b11, CHUNK_BYTES)]
    assert verify(path, prove=prove_stream).exit_code == 0


def test_while_the_recorder_is_late_chunks_are_stored_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "AB", LZ4, n_bits=4) as stream:
        for health in (IN_TIME, LATE, LATE, IN_TIME):
            stream.recorder.update(health)
            stream.write()
    for name in "AB":
        assert [mask for mask, _size in chunks(path, name)] == [0, 0b11, 0b11, 0]
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.proven_samples) == (0, 4 * BLOCK_SAMPLES)


@pytest.mark.parametrize("position", [0, 5, 13, 300, -3])
def test_damage_is_reported_before_the_filter_sees_it(tmp_path: Path, position: int) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "A", LZ4, simulated=False) as stream:
        stream.simulation = {"values_per_sample": 1, "n_bits": 4}
        for _ in range(3):
            stream.write()
    with h5py.File(path) as file:
        chunk = file["adc_counts"].id.get_chunk_info(1)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset + position % chunk.size] ^= 0x81
    path.write_bytes(content)
    report = verify(path)
    assert report.exit_code == 1
    assert report.errors == ["Channel A: 1 chunk(s) do not match their checksum: 1."]


def test_another_compression_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="'gzip'; use none or bitshuffle-lz4"):
        Recorder(tmp_path / "a.hdf5", compression="gzip")


def test_a_missing_filter_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Config:
        registered_filters: dict[str, str] = {}  # noqa: RUF012

    monkeypatch.setattr(hdf5plugin, "get_config", Config)
    with pytest.raises(StorageError, match="record without compression"):
        Recorder(tmp_path / "a.hdf5", compression=LZ4).check()


@pytest.mark.parametrize("values", [64, 4096, 4104, 100_000, 2**19])
def test_a_chunk_is_what_hdf5_itself_would_have_made(values: int) -> None:
    noise = np.random.default_rng(values).normal(0, 20, values)
    chunk = np.round(noise).astype(np.int16) << 4
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        dataset = file.create_dataset("d", (values,), "<i2", chunks=(values,), **creation_options())
        dataset[:] = chunk
        file.flush()
        mask, stored = dataset.id.read_direct_chunk((0,))
        packed = ChunkCompressor(dataset.id).compress(chunk)
    assert mask == 0
    assert packed is not None
    assert packed.tobytes() == stored


def test_it_can_be_verified_and_followed_while_it_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recorder(path, "AB", compression=LZ4) as writer:
        ask(writer)
        with h5py.File(path, swmr=True) as file:
            counts = file["channels/B/adc_counts"]
            for blocks in range(2, 6):
                ask(writer)
                counts.refresh()
                np.testing.assert_array_equal(counts[()], expected("B", blocks * BLOCK_SAMPLES))
        report = verify(path, prove=prove_stream)
        assert (report.exit_code, report.status) == (3, "recording")
        assert report.proven_samples == 5 * BLOCK_SAMPLES
    assert verify(path, prove=prove_stream).exit_code == 0


def test_a_finished_stream_is_closed_properly(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path, compression=LZ4), describe(n_bits=4))
    stream.write()
    finish(stream.recorder)
    with h5py.File(path, "r+") as file:
        assert file.attrs["status"] == "complete"
