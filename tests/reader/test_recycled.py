"""Memory of blocks is used again, but never while anybody looks into it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.reader.recycled import RecycledMemory
from tests.support.reader_files import noise, to_mv, write_recording

COUNT = 100_000


@pytest.fixture
def memory() -> RecycledMemory:
    return RecycledMemory()


def address(array: np.ndarray) -> int:
    return array.ctypes.data


def test_what_was_let_go_is_used_again(memory: RecycledMemory) -> None:
    array = memory.empty(COUNT)
    assert (array.dtype, array.shape, array.flags.writeable) == (np.float64, (COUNT,), True)
    place = address(array)
    del array
    assert address(memory.empty(COUNT)) == place


def test_a_view_keeps_it(memory: RecycledMemory) -> None:
    array = memory.empty(COUNT)
    array[:] = 7
    view = array[::2].reshape(-1, 2)
    del array
    memory.empty(COUNT)[:] = 8
    assert (view == 7).all()


@pytest.mark.parametrize("count", [COUNT // 2, 0, 1, 100, COUNT + 1])
def test_another_size_gets_memory_of_its_own(memory: RecycledMemory, count: int) -> None:
    memory.empty(COUNT)
    assert memory.empty(count).shape == (count,)


def test_no_more_is_kept_than_blocks_made_ahead_need(memory: RecycledMemory) -> None:
    arrays = [memory.empty(COUNT) for _ in range(20)]
    places = {address(array) for array in arrays}
    del arrays
    again = [memory.empty(COUNT) for _ in range(6)]
    assert {address(array) for array in again} <= places
    assert len(memory._kept) == 0


def test_the_program_ends_in_silence_while_a_block_is_held() -> None:
    held = (
        "import numpy; from picostream_pymeasure.reader import recycled; "
        f"numpy.held = recycled.RecycledMemory().empty({COUNT}), recycled"
    )
    ended = subprocess.run([sys.executable, "-c", held], capture_output=True, check=True)
    assert ended.stderr == b""


def test_blocks_that_are_kept_stay_as_they_are(tmp_path: Path) -> None:
    counts = noise(1_000_000)
    path = write_recording(tmp_path / "a.hdf5", counts)

    def every_third() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        with PicoStreamReader(path) as reader:
            for number, block in enumerate(reader.get_block_iter(50_000)):
                if number % 3 == 0:
                    yield block

    for number, (times_s, voltages_mv) in enumerate(list(every_third())):
        begin = 150_000 * number
        np.testing.assert_array_equal(voltages_mv, to_mv(counts[begin : begin + 50_000]))
        assert (np.diff(times_s) > 0).all()
