"""Numbers of things in sentences."""

from __future__ import annotations

import pytest

from picostream_pymeasure.errors import counted


@pytest.mark.parametrize(("number", "text"), [(0, "0 gaps"), (1, "1 gap"), (2, "2 gaps")])
def test_one_is_one(number: int, text: str) -> None:
    assert counted(number, "gap") == text
