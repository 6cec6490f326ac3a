"""A clock of the computer that somebody sets, or a time service corrects: no sample is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ..support.disk.preload import shared_library
from .command import Picostream
from .counting import assert_whole

NAME = "data.hdf5"
_before_1970 = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="Python itself does not start then"
)
RECORD = ("--simulate", "-s", "1", "--duration", "1", "-o", NAME)


@pytest.mark.parametrize(
    "clock",
    [
        pytest.param({"CLOCK_SET_MS": "100"}, marks=pytest.mark.long),
        pytest.param({"CLOCK_SET_MS": "2000000000000"}, marks=_before_1970),
        pytest.param({"CLOCK_SLEW_PPM": "500"}, marks=pytest.mark.long),
        pytest.param({"CLOCK_SLEW_PPM": "-500", "CLOCK_SET_MS": "100"}, marks=pytest.mark.long),
    ],
    ids=lambda clock: " ".join(f"{name}={value}" for name, value in clock.items()),
)
def test_no_sample_is_missing(
    tmp_path: Path, tell: Callable[..., None], clock: dict[str, str]
) -> None:
    library = shared_library(Path(__file__).with_name("clock.c"), tmp_path)
    folder = tmp_path / "data"
    folder.mkdir()
    ended = Picostream(folder).run(*RECORD, env={"LD_PRELOAD": str(library), **clock})
    tell(f"a clock with {clock}", "no loss", 0)
    assert ended.code == 0, ended
    assert "no loss" in ended.text
    assert [path.name for path in folder.iterdir()] == [NAME]
    assert_whole(folder / NAME)
