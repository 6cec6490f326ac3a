"""A file that was not closed ends where its bytes end, and not in zeros."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage import Recorder, open_recording
from picostream_pymeasure.storage.unclosed import UnclosedFile
from tests.support.storage_stream import BLOCK_SAMPLES, Stream, describe, finish


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """As a crash after four blocks leaves it."""
    stream = Stream(Recorder(tmp_path / "a.hdf5"), describe())
    for _ in range(4):
        stream.write()
    shutil.copyfile(tmp_path / "a.hdf5", tmp_path / "left.hdf5")
    finish(stream.recorder)
    return tmp_path / "left.hdf5"


def last_chunk(path: Path) -> int:
    """Where the bytes of the last chunk begin."""
    with open_recording(path) as recording:
        return recording.first.id.get_chunk_info(3).byte_offset


def cut(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)


@pytest.mark.parametrize("missing", [4097, 2 * BLOCK_SAMPLES - 1, 2 * BLOCK_SAMPLES])
def test_a_chunk_that_is_cut_off_is_an_error(left: Path, missing: int) -> None:
    cut(left, last_chunk(left) + 2 * BLOCK_SAMPLES - missing)
    with (
        open_recording(left) as recording,
        pytest.raises(FileFormatError, match="cut off"),
    ):
        recording.first[3 * BLOCK_SAMPLES :]


def test_what_lies_before_the_cut_can_be_read(left: Path) -> None:
    with PicoStreamReader(left) as reader:
        whole = reader.read_counts(0, 4 * BLOCK_SAMPLES)
    cut(left, last_chunk(left) + 10)
    with PicoStreamReader(left) as reader:
        np.testing.assert_array_equal(
            reader.read_counts(0, reader.num_samples), whole[: 3 * BLOCK_SAMPLES]
        )


def test_guesses_beyond_the_end_give_zeros_and_nothing_else_does(left: Path) -> None:
    content = left.read_bytes()
    with contextlib.closing(UnclosedFile(left)) as file:
        assert file.read(len(content) - 100, 4096) == content[-100:] + bytes(3996)
        for position, size in ((-100, 4097), (0, 1), (4096, 10)):
            with pytest.raises(FileFormatError):
                file.read(len(content) + position, size)
        assert file.size() == len(content) < file.end
