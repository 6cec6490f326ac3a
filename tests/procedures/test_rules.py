"""Rules of the life of a procedure and of its keeper, without a scope."""

from __future__ import annotations

import logging
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from picostream_pymeasure.procedures.capture import StreamingCapture
from picostream_pymeasure.procedures.scope_keeper import ScopeKeeper
from picostream_pymeasure.records import ABORTED, FAILED, STOPPED, TARGET, Health, Outcome
from tests.support.patience import PATIENCE_S


class ToldKeeper:
    """Keeps the first word about the end."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.started = threading.Event()
        self.outcome = self.error = self.close_error = None

    def request_stop(self, ended_by: str, reason: str) -> None:
        self.words.append(ended_by)

    def end(self, timeout_s: float) -> bool:
        return True


@pytest.mark.parametrize(
    ("error", "ended_by"), [(KeyboardInterrupt(), ABORTED), (ValueError("no"), FAILED)]
)
def test_a_run_that_is_interrupted_is_aborted(error: BaseException, ended_by: str) -> None:
    procedure: Any = StreamingCapture()
    procedure._keeper = keeper = ToldKeeper()
    procedure._fail(error)
    assert keeper.words[0] == ended_by
    assert procedure.error is error


def test_a_second_run_of_as_many_samples_has_a_last_row_too() -> None:
    class Planned(StreamingCapture):
        def recorder(self, path: str, config: Any) -> Any:
            return None

    procedure = Planned()
    rows: list[Any] = []
    procedure.emit = lambda topic, row: rows.append(row)  # type: ignore[method-assign]
    scope: Any = SimpleNamespace(
        apply=lambda config: None, stream_config=lambda: None, stream=lambda *_, **__: None
    )
    for n_rows in (1, 2):
        procedure.make_session(scope, "a.hdf5")
        procedure.tell_end(Outcome(TARGET, "", Health(stored=1000)))
        procedure.tell_end(Outcome(TARGET, "", Health(stored=1000)))  # which was told
        assert len(rows) == n_rows


class Session:
    """Ends at once, well or with an error."""

    description = None

    def __init__(self, error: BaseException | None = None) -> None:
        self._error = error
        self.outcome = None if error else Outcome(STOPPED, "", Health())

    def start(self) -> None: ...

    def request_stop(self, ended_by: str, reason: str) -> None: ...

    def wait(self) -> None:
        if self._error is not None:
            raise self._error


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (None, "is complete now"),
        (ValueError("torn"), "failed: torn"),
        (SystemExit(), ""),  # the end of the program broke it off
    ],
)
def test_a_scope_that_was_left_is_told_of_and_keeps_no_other_waiting(
    error: BaseException | None, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "picostream_pymeasure")  # also if a command line had set another
    may_end = threading.Event()
    session: Any = Session(error)

    def close() -> None:
        assert may_end.wait(PATIENCE_S)

    left = ScopeKeeper("one", lambda: session, close)
    other = ScopeKeeper("another", lambda: session, lambda: None)
    left.start()
    assert left.recording_ended.wait(PATIENCE_S)
    assert left.session is None  # its pool is large
    assert not left.end(0.0)
    try:
        other.start()
        assert other.started.wait(PATIENCE_S), "it waits for a scope that is not its own"
        assert other.end(PATIENCE_S)
        assert not caplog.text
    finally:
        may_end.set()
        assert left.ended.wait(PATIENCE_S)
    assert word in caplog.text
    assert bool(word) == bool(caplog.text)
