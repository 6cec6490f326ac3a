"""Numbers of things, and exceptions, in sentences."""

from __future__ import annotations

import pytest

from picostream_pymeasure.errors import OverrunError, counted, sentence


@pytest.mark.parametrize(("number", "text"), [(0, "0 gaps"), (1, "1 gap"), (2, "2 gaps")])
def test_one_is_one(number: int, text: str) -> None:
    assert counted(number, "gap") == text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OverrunError("Samples were lost."), "Samples were lost."),
        (ValueError("boom"), "boom"),
        (KeyError("mine"), "KeyError: 'mine'"),
        (RuntimeError(), "RuntimeError"),
    ],
)
def test_an_exception_is_told_such_that_one_knows_what_it_is(error: Exception, text: str) -> None:
    assert sentence(error) == text
