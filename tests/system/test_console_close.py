"""What Windows is answered when the console is closed."""

from __future__ import annotations

import threading

import pytest

from picostream_pymeasure.system.console_close import handler
from tests.support.patience import PATIENCE_S


@pytest.mark.parametrize("event", [2, 5, 6])
def test_the_end_waits_until_the_file_is_closed(event: int) -> None:
    told, done, answers = threading.Event(), threading.Event(), []
    handle = handler(told.set, done)
    thread = threading.Thread(target=lambda: answers.append(handle(event)))
    thread.start()
    assert told.wait(PATIENCE_S)
    assert not answers
    done.set()
    thread.join(PATIENCE_S)
    assert answers == [True]


@pytest.mark.parametrize("event", [0, 1])
def test_ctrl_c_and_ctrl_break_stay_signals(event: int) -> None:
    told = threading.Event()
    assert handler(told.set, threading.Event())(event) is False
    assert not told.is_set()
