"""What is made ahead is made once, by a worker or by who would wait, and fails for who asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.reader.ahead import AheadArray

MADE = np.arange(3.0)


@pytest.fixture
def workers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def maker(made_in: list[threading.Thread]) -> Callable[[], np.ndarray]:
    def make() -> np.ndarray:
        made_in.append(threading.current_thread())
        return MADE

    return make


def test_a_worker_makes_it_once(workers: ThreadPoolExecutor) -> None:
    made_in: list[threading.Thread] = []
    array = AheadArray(workers, maker(made_in))
    workers.submit(int).result()
    assert array.result() is MADE
    assert array.result() is MADE
    (thread,) = made_in
    assert thread is not threading.current_thread()


def test_a_thread_that_would_wait_makes_others_meanwhile(workers: ThreadPoolExecutor) -> None:
    made_in: list[threading.Thread] = []
    has_begun, other_is_made = threading.Event(), threading.Event()

    def make_late() -> np.ndarray:
        has_begun.set()
        assert other_is_made.wait(60)
        return MADE

    first = AheadArray(workers, make_late)
    assert has_begun.wait(60)

    def make() -> np.ndarray:
        other_is_made.set()
        return maker(made_in)()

    other = AheadArray(workers, make)
    first.result([other])
    assert other.result() is MADE
    assert made_in == [threading.current_thread()]


def test_one_that_nobody_has_begun_is_made_by_who_asks(workers: ThreadPoolExecutor) -> None:
    made_in: list[threading.Thread] = []
    is_asked = threading.Event()
    workers.submit(is_asked.wait, 60)
    array = AheadArray(workers, maker(made_in))
    assert array.result() is MADE
    is_asked.set()
    assert made_in == [threading.current_thread()]


def test_what_fails_while_it_is_made_for_later_fails_later(workers: ThreadPoolExecutor) -> None:
    has_begun, is_asked = threading.Event(), threading.Event()

    def make_late() -> np.ndarray:
        has_begun.set()
        assert is_asked.wait(60)
        return MADE

    def fail() -> np.ndarray:
        is_asked.set()
        raise FileFormatError("cut off")

    first = AheadArray(workers, make_late)
    assert has_begun.wait(60)
    other = AheadArray(workers, fail)
    assert first.result([other]) is MADE
    with pytest.raises(FileFormatError, match="cut off"):
        other.result()
