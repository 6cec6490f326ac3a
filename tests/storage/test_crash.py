"""What a kill leaves: a file that opens everywhere, with all that was acknowledged."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.storage import repair
from picostream_pymeasure.verification import verify
from tests.support.storage_programs import recorder
from tests.support.storage_stream import stream_values


@pytest.mark.parametrize("channels", ["A", "ABCD"])
@pytest.mark.parametrize("blocks", [0, 1, 70])
def test_a_kill_loses_nothing_that_was_acknowledged(
    tmp_path: Path, channels: str, blocks: int
) -> None:
    path = tmp_path / "a.hdf5"
    acknowledged = 0
    with recorder(path, channels) as writer:
        for _ in range(blocks):
            writer.stdin.write("\n")
            writer.stdin.flush()
            acknowledged = int(writer.stdout.readline())
        if not blocks:
            writer.stdin.flush()
        writer.kill()
    if not path.exists():
        assert list(tmp_path.iterdir()) == []
        return
    with h5py.File(path) as file:
        for name in channels:
            counts = file[f"channels/{name}/adc_counts"][()]
            assert len(counts) >= acknowledged
            expected = stream_values({"values_per_sample": 1}, name, 0, len(counts))
            np.testing.assert_array_equal(counts, expected)
    repair(path)
    report = verify(path)
    assert (report.exit_code, report.errors) == (3, [])
    assert report.samples >= acknowledged
