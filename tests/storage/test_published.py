"""The record of what is published, read back."""

from __future__ import annotations

import numpy as np
import pytest

from picostream_pymeasure.storage.layout.records import STATE_DTYPE, STATE_MAGIC, sealed
from picostream_pymeasure.storage.reading.published import Published, parse_published


def read(unix_ns: int = 1, field: str = "", row: int = 0) -> Published | None:
    state = np.zeros(1, STATE_DTYPE)
    state["magic"], state["samples"], state["unix_ns"] = STATE_MAGIC, 5000, unix_ns
    if field:
        state[field].reshape(-1)[row] = -1
    return parse_published(sealed(state), STATE_MAGIC)


@pytest.mark.parametrize("unix_ns", [-(2**62), -1, 0, 2**62])
def test_it_counts_whatever_the_clock_of_the_computer_was_set_to(unix_ns: int) -> None:
    found = read(unix_ns)
    assert found is not None
    assert (found.samples, found.unix_s) == (5000, pytest.approx(unix_ns * 1e-9))


@pytest.mark.parametrize(
    ("field", "row"),
    [
        ("samples", 0),
        ("table_rows", 0),
        ("table_rows", 3),
        ("units", 0),
        ("segments", 0),
        ("missing_overwritten", 0),
    ],
)
def test_what_nothing_can_count_is_damage(field: str, row: int) -> None:
    assert read(field=field, row=row) is None
