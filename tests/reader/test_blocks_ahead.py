"""Blocks of an iteration are made ahead: in order, few at a time, each with its own error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.errors import FileFormatError, SessionStateError
from picostream_pymeasure.reader import PicoStreamReader, blocks
from picostream_pymeasure.storage import open_recording
from tests.support.plain_writer import PlainWriter, describe
from tests.support.reader_files import noise, to_mv, write_picostream, write_recording

CHUNK, SAMPLES = 4096, 50_000
SIZE = 5000


@pytest.fixture(autouse=True)
def short_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_LEAST_AHEAD_VALUES", 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_recording(tmp_path / "a.hdf5", noise(SAMPLES), chunk=CHUNK)


@pytest.mark.parametrize("write", [write_recording, write_picostream])
def test_all_come_in_order_and_stay_as_they_are(tmp_path: Path, write: Any) -> None:
    with PicoStreamReader(write(tmp_path / "b.hdf5", noise(SAMPLES))) as reader:
        parts = list(reader.get_block_iter(700))
        voltages_mv = np.concatenate([part[1] for part in parts])
        np.testing.assert_array_equal(voltages_mv, to_mv(noise(SAMPLES)))
        assert (np.diff(np.concatenate([part[0] for part in parts])) > 0).all()


def test_only_a_few_are_made_before_they_are_asked_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    read_ahead = blocks.BlockReader.read_ahead

    def noting(self: Any, start: int, *details: Any) -> Any:
        made.append(start)
        return read_ahead(self, start, *details)

    monkeypatch.setattr(blocks.BlockReader, "read_ahead", noting)
    with PicoStreamReader(path) as reader:
        iteration = reader.get_block_iter(SIZE)
        assert made == []
        next(iteration)
        assert made == [0, SIZE, 2 * SIZE]
        next(iteration)
        assert made == [0, SIZE, 2 * SIZE, 3 * SIZE]
        list(iteration)
    assert made == list(range(0, SAMPLES, SIZE))


def test_what_fails_fails_when_it_is_asked_for(path: Path) -> None:
    with open_recording(path) as recording:
        assert recording.planned is not None
        plan = recording.planned.plan
        end = plan.chunk_position(plan.datasets["channels/A/adc_counts"], 6)
    with path.open("r+b") as file:
        file.truncate(end)
    found = []
    with PicoStreamReader(path) as reader:
        with pytest.raises(FileFormatError, match="cut off"):
            found.extend(block[1] for block in reader.get_block_iter(SIZE))
        assert len(found) == 6 * CHUNK // SIZE
        np.testing.assert_array_equal(np.concatenate(found), to_mv(noise(SAMPLES)[: 4 * SIZE]))


def test_a_file_that_is_cut_off_meanwhile(path: Path) -> None:
    with PicoStreamReader(path) as reader:
        iteration = reader.get_block_iter(SIZE)
        next(iteration)
        with path.open("r+b") as file:
            file.truncate(10_000)
        with pytest.raises(FileFormatError, match="cut off"):
            list(iteration)


def test_none_comes_from_a_reader_that_was_closed(path: Path) -> None:
    reader = PicoStreamReader(path)
    with reader:
        iteration = reader.get_block_iter(SIZE)
        next(iteration)
    with pytest.raises(SessionStateError):
        next(iteration)


def test_what_was_recorded_meanwhile_belongs_to_it_after_a_refresh(tmp_path: Path) -> None:
    counts, path = noise(8 * CHUNK), tmp_path / "a.hdf5"
    writer = PlainWriter(path, describe("A"), segments=2, chunk_samples=CHUNK)
    writer.append(counts[: 3 * CHUNK])
    found = []
    with PicoStreamReader(path) as reader:
        scale_mv = reader.settings().scale_mv
        for _, voltages_mv in reader.get_block_iter(2 * CHUNK - 1):
            found.append(voltages_mv)
            if len(found) == 1:
                writer.append(counts[3 * CHUNK :])
                reader.refresh()
    writer.close()
    np.testing.assert_allclose(np.concatenate(found), counts * scale_mv, rtol=1e-12)
