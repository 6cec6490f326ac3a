"""Live-only files: what any HDF5 program sees of them, and what is kept at the end."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import xxhash

from picostream_pymeasure.records import Block, Gap, Health
from picostream_pymeasure.storage import Recorder, open_recording, verify
from tests.support.storage_stream import Stream, describe, finish, gap_at, stream_values

HOLE = -32768


def values(name: str, first: int, count: int) -> np.ndarray:
    return stream_values({"values_per_sample": 1, "n_bits": 15}, name, first, count)


def write(stream: Stream, count: int) -> None:
    rows = np.stack([values(name, stream.position, count) for name in "AB"])
    stream.recorder.write(Block(rows, stream.position, count))
    stream.position += count


@pytest.fixture
def stream(tmp_path: Path) -> Stream:
    recorder = Recorder(tmp_path / "a.hdf5", live_only_s=0.1)
    return Stream(recorder, describe("AB", simulated=False))


def look(path: Path) -> None:
    """Each chunk holds the samples that its first index says, or nothing."""
    with h5py.File(path) as file:
        firsts = file["chunk_first_samples"][()]
        for name in "AB":
            counts = file[f"channels/{name}/adc_counts"]
            size = counts.chunks[0]
            for number, first in enumerate(firsts[: -(-len(counts) // size)]):
                found = counts[number * size : (number + 1) * size]
                present = found != HOLE
                assert first >= 0 or not present.any()
                expected = values(name, first, len(found)) if first >= 0 else found
                np.testing.assert_array_equal(found[present], expected[present])


def test_no_reader_gets_an_older_turn_as_if_it_followed(stream: Stream) -> None:
    path = stream.recorder.path
    with h5py.File(path) as file:
        room, size = file["adc_counts"].maxshape[0], file["adc_counts"].chunks[0]
    rng = np.random.default_rng(1)
    while stream.position < 2.6 * room:
        write(stream, int(rng.integers(1, 3 * size)))
        if rng.random() < 0.1:
            stream.recorder.update(Health())
            look(path)
    finish(stream.recorder)


@pytest.mark.parametrize("turns", [0.4, 3.3])
def test_at_the_end_it_holds_the_newest_in_order(stream: Stream, turns: float) -> None:
    path = stream.recorder.path
    with h5py.File(path) as file:
        room, size = file["adc_counts"].maxshape[0], file["adc_counts"].chunks[0]
    while stream.position < turns * room:
        write(stream, 3000)
    for number in range(1200):
        stream.recorder.add_gap(gap_at(number, 3, 3, "pool full", 0.0))
    finish(stream.recorder)
    with h5py.File(path) as file:
        first = int(file.attrs["first_sample"])
        assert file.attrs["lost_samples"] == 3600
        assert (first > 0) == (turns > 1)
        starts = file["chunk_first_samples"][()]
        np.testing.assert_array_equal(starts, first + np.arange(len(starts)) * size)
        for name in "AB":
            counts = file[f"channels/{name}/adc_counts"][()]
            assert first + len(counts) == stream.position
            assert len(counts) >= min(stream.position, 100_000)
            np.testing.assert_array_equal(counts, values(name, first, len(counts)))
            filled = np.append(counts, np.full(-len(counts) % size, HOLE, np.int16))
            sums = [
                xxhash.xxh3_64_intdigest(part.tobytes(), seed=first // size + number)
                for number, part in enumerate(filled.reshape(-1, size))
            ]
            assert file[f"channels/{name}/checksums"][()].tolist() == sums
            bins = file[f"channels/{name}/overview/b256"][()]
            edges = np.arange(0, len(counts), 256)
            np.testing.assert_array_equal(bins[:, 1], np.minimum.reduceat(counts, edges))


def test_a_gap_at_the_oldest_sample_lies_before_it(tmp_path: Path) -> None:
    """Nothing of the file is missing there, and all of it is later by so much."""

    def recorded(name: str, *gaps: Gap) -> Path:
        stream = Stream(Recorder(tmp_path / name, live_only_s=0.1), describe("AB", simulated=False))
        with h5py.File(stream.recorder.path) as file:
            room = file["adc_counts"].maxshape[0]
        while stream.position < 3.3 * room:
            write(stream, 3000)
        for gap in gaps:
            stream.recorder.add_gap(gap)
        finish(stream.recorder)
        return stream.recorder.path

    with open_recording(recorded("a.hdf5")) as recording:
        oldest = recording.first_sample
    places = (oldest - 1, oldest, oldest + 1)
    path = recorded("b.hdf5", *(gap_at(place, 5, 5, "pool full", 0.0) for place in places))
    with open_recording(path) as recording:
        assert recording.first_sample == oldest
        assert recording.gaps["sample_index"].tolist() == [1]
        assert (recording.missing_before, recording.lost_samples) == (10, 5)
    assert verify(path).errors == []
