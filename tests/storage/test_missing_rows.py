"""A copy whose gaps did not come along says so: it is never one of which nothing is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from picostream_pymeasure.cli.group import picostream
from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage import repair, verify
from picostream_pymeasure.storage.layout.plan import UNIT_BYTES, UNIT_HEAD_BYTES
from picostream_pymeasure.storage.schema import GAP_DTYPE
from tests.support.plain_writer import PlainWriter, describe, noise

SAMPLES, GAPS = 10_000, 3

#: What a copy has in the place of the unit that holds the gaps, by how many rows are gone.
HOLES: dict[int, Callable[[bytes], bytes]] = {
    1: lambda unit: _without(unit, 1),
    2: lambda unit: _without(unit, 1, 2),
    3: lambda unit: bytes(len(unit)),
}


def _without(unit: bytes, *rows: int) -> bytes:
    content = bytearray(unit)
    for row in rows:
        begin = UNIT_HEAD_BYTES + row * GAP_DTYPE.itemsize
        content[begin : begin + GAP_DTYPE.itemsize] = bytes(GAP_DTYPE.itemsize)
    return bytes(content)


def made(path: Path, gone: int, end: str) -> Path:
    """A recording with gaps, and a hole where their rows are."""
    writer = PlainWriter(path, describe())
    writer.append(noise(SAMPLES))
    for number in range(GAPS):
        place = 3000 * (number + 1)
        writer.add_row("gaps", place, place, place, 7, 7, 1e-3 * (number + 1), b"overrun")
    writer.sync()
    if end == "finished":
        writer.finish("incomplete")
    if end == "left":
        writer.publish(age_s=60.0)
    writer.close()
    with path.open("r+b") as file:
        file.seek(writer.plan.unit_positions[0])
        unit = file.read(UNIT_BYTES)
        file.seek(writer.plan.unit_positions[0])
        file.write(HOLES[gone](unit) if gone else unit)
    return path


@pytest.mark.parametrize("end", ["growing", "left", "finished"])
@pytest.mark.parametrize("gone", HOLES)
def test_what_lacks_gaps_says_so(tmp_path: Path, gone: int, end: str) -> None:
    path = made(tmp_path / "copy.hdf5", gone, end)
    before = path.read_bytes()
    with PicoStreamReader(path) as reader:
        assert len(reader.gaps) == GAPS - gone
        (told,) = reader.lacks
        np.testing.assert_array_equal(reader.read_counts(0, SAMPLES), noise(SAMPLES))
    assert told.startswith(f"{gone} of {GAPS} rows of /gaps are not in the file: samples may be")
    assert told in verify(path).errors
    assert verify(path).exit_code == 1
    found = CliRunner().invoke(picostream, ["info", "--json", str(path)])
    assert json.loads(found.output)["lacks"] == [told]
    assert told in CliRunner().invoke(picostream, ["info", str(path)]).output
    if end == "finished" and gone < GAPS:
        assert not repair(path).repaired  # other programs find all that is there
    else:
        with pytest.raises(FileFormatError, match="rows of its tables are missing"):
            repair(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("end", ["growing", "left", "finished"])
def test_what_has_them_all_lacks_none(tmp_path: Path, end: str) -> None:
    path = made(tmp_path / "whole.hdf5", 0, end)
    with PicoStreamReader(path) as reader:
        assert reader.lacks == ()
    assert verify(path).errors == [] or end != "finished"
