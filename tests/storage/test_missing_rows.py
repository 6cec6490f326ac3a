"""A copy whose gaps did not come along says so: it is never one of which nothing is missing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from picostream_pymeasure.cli.group import picostream
from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage import repair, verify
from tests.support.lacking_gaps import GAPS, HOLES, SAMPLES, made
from tests.support.plain_writer import noise


@pytest.mark.parametrize("end", ["fresh", "growing", "left", "finished"])
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


@pytest.mark.parametrize("end", ["fresh", "growing", "left", "finished"])
def test_what_has_them_all_lacks_none(tmp_path: Path, end: str) -> None:
    path = made(tmp_path / "whole.hdf5", 0, end)
    with PicoStreamReader(path) as reader:
        assert reader.lacks == ()
    assert verify(path).errors == [] or end != "finished"
