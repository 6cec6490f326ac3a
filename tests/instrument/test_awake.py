"""The computer stays awake as long as something is recorded, in the thread that asked for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from picostream_pymeasure import PicoScope5000A
from picostream_pymeasure.capture import capturing
from picostream_pymeasure.streaming import consumer

Told = list[tuple[str, int]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    events: Told = []

    @contextmanager
    def kept_awake() -> Iterator[None]:
        events.append(("awake", threading.get_ident()))
        yield
        events.append(("may sleep", threading.get_ident()))

    monkeypatch.setattr(capturing, "kept_awake", kept_awake)
    monkeypatch.setattr(consumer, "kept_awake", kept_awake)
    return events


def released_where_asked(told: Told) -> bool:
    (asked, one), (released, other) = told
    return (asked, released, one) == ("awake", "may sleep", other)


@pytest.mark.parametrize("in_file", [False, True])
def test_while_it_captures(
    scope: PicoScope5000A, told: Told, in_file: bool, tmp_path: Path
) -> None:
    target = (tmp_path / "a.hdf5",) if in_file else ()
    scope.capture(*target, captures=2, samples=100)
    assert released_where_asked(told)


def test_while_it_streams(scope: PicoScope5000A, told: Told, tmp_path: Path) -> None:
    scope.sample_rate = 1e6
    with scope.stream(tmp_path / "a.hdf5", samples=1000) as session:
        session.wait()
    assert released_where_asked(told)
