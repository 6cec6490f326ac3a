"""Names of files on Windows."""

from __future__ import annotations

import pytest

from picostream_pymeasure.system.file_names import fault_on_windows


@pytest.mark.parametrize(
    "name",
    [
        *("run_12:30.hdf5", "con.hdf5", "CON", "nul", "Aux.csv", "com1.hdf5", "LPT9", "con .hdf5"),
        *("run.", "run ", "a?b.hdf5", "a*b", 'a"b', "a<b", "a|b", "a\nb", "com¹"),
    ],
)
def test_names_that_are_none(name: str) -> None:
    assert fault_on_windows(name)


@pytest.mark.parametrize(
    "name",
    ["run_12.30.hdf5", "console.hdf5", "com10.hdf5", ".hidden", "data", "µV (1).hdf5", "a b"],
)
def test_names_that_are_names(name: str) -> None:
    assert fault_on_windows(name) is None
