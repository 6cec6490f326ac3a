"""More marks than a file can hold: those are refused, and the recording goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure import PicoStreamReader, verify
from picostream_pymeasure.errors import MarksFullError
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.procedures.scripted import run_procedure
from picostream_pymeasure.procedures.triggered_capture import TriggeredCapture
from picostream_pymeasure.storage import schema
from tests.support.procedures_runs import wait_until

_CHUNKS = 2  # 1 would be another kind of table
_ROOM = _CHUNKS * (schema.TABLE_CHUNK_BYTES // schema.EVENT_DTYPE.itemsize)


def is_refused(session: Any) -> bool:
    try:
        session.mark("more")
    except MarksFullError:
        return True
    return False


@pytest.fixture
def scope(simulated: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(schema, "TABLE_CHUNKS", _CHUNKS)
    with PicoScope5000A(PicoScopeAdapter(library=simulated())) as scope:
        scope.sample_rate = 1e5
        yield scope


def test_a_mark_without_room_is_refused_and_the_recording_is_complete(
    scope: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "marks.hdf5"
    with scope.stream(path) as session:
        for number in range(_ROOM + 5):
            session.mark("some", number)
        wait_until(lambda: is_refused(session))
        with pytest.raises(MarksFullError, match="no room for more marks; it keeps those before"):
            session.mark("one more")
        stored = session.health().stored
        wait_until(lambda: session.health().stored > stored)
    assert session.outcome is not None
    assert session.outcome.ended_by == "stopped"
    report = verify(path)
    assert (report.errors, report.status, report.exit_code) == ([], "complete", 0)
    with PicoStreamReader(path) as reader:
        assert [event["value"] for event in reader.events] == list(range(_ROOM))
    told = [text for text in caplog.messages if "no room for more marks" in text]
    assert len(told) == 1


def test_captures_go_on_without_the_marks_that_have_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(schema, "TABLE_CHUNKS", _CHUNKS)

    class Marking(TriggeredCapture):
        def run(self, session: Any) -> None:
            for number in range(_ROOM + 5):
                session.mark("some", number)
            self.capture()
            assert is_refused(session)

    procedure = Marking(
        scope_serial="simulated", captures=3, capture_samples=100, trigger_enabled=False
    )
    run_procedure(procedure, tmp_path / "run.csv")
    report = verify(tmp_path / "run.hdf5")
    assert (report.errors, report.status) == ([], "complete")
    assert len([text for text in caplog.messages if "no room for more marks" in text]) == 1
