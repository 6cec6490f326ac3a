"""Numbers of things, and exceptions, in sentences."""

from __future__ import annotations

import pytest

from picostream_pymeasure.errors import OverrunError, counted, sentence, shown


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


class Unshowable:
    def __repr__(self) -> str:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    "value", ["x" * 1000, 10**400, 10**5000, list(range(1000)), Unshowable()], ids=type
)
def test_what_is_refused_is_shown_in_short(value: object) -> None:
    assert 0 < len(shown(value)) < 100
    assert shown("1 nA/mV") == "'1 nA/mV'"
