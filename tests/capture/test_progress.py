"""How far a run is, by what a scope answers and when."""

from __future__ import annotations

import pytest

from picostream_pymeasure.capture import progress
from picostream_pymeasure.capture.progress import Progress

#: A run of five captures of a second.
CAPTURES, LENGTH_S = 5, 1.0


@pytest.mark.parametrize(
    ("answers", "end", "made", "seen"),
    [
        # (time, captures) while it runs; the answer at the end, at 100 s
        ([(0.5, 0), (1.5, 1), (1.6, 1), (7.0, 4)], 5, 5, [(1, 1.5), (4, 7.0), (5, 100.0)]),
        ([(0.5, 5), (9.0, 5)], 5, 5, [(5, 100.0)]),  # all that it shall make
        ([(9.0, 5), (9.5, 1)], 1, 1, [(1, 9.5)]),  # the same, looked at late
        ([(0.5, 5), (0.6, 0), (9.0, 5)], 5, 5, [(5, 9.0)]),
        ([(0.5, 70), (9.0, 70)], 5, 5, [(5, 100.0)]),
        ([(9.0, 3), (9.5, 1), (12.0, 3)], 3, 3, [(1, 9.5), (3, 12.0)]),  # that of the run before
        ([(1.5, 4), (9.0, 4), (9.5, 0), (12.0, 4)], 4, 4, [(4, 12.0)]),
        ([(2.5, 2)], 0, 2, [(2, 2.5)]),  # it does not say how many there are
        ([(2.5, 2)], 1, 2, [(2, 2.5)]),  # it counts down
        ([(2.5, 2)], 3, 3, [(2, 2.5), (3, 100.0)]),
        ([], 70, 5, [(5, 100.0)]),
        ([], 0, 0, []),
    ],
)
def test_what_is_seen_and_when(
    monkeypatch: pytest.MonkeyPatch,
    answers: list[tuple[float, int]],
    end: int,
    made: int,
    seen: list[tuple[int, float]],
) -> None:
    times_s = iter([0.0, *(time_s for time_s, _ in answers), 100.0])
    monkeypatch.setattr(progress, "_now_s", lambda: next(times_s))
    run = Progress(CAPTURES, LENGTH_S, told_before=3)
    for _, told in answers:
        run.note(told)
    assert run.end(end) == run.made == made
    assert run.seen == seen


def test_how_long_nothing_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    times_s = iter([0.0, 1.5, 1.5, 1.6, 4.0])
    monkeypatch.setattr(progress, "_now_s", lambda: next(times_s))
    run = Progress(CAPTURES, LENGTH_S)
    assert run.quiet_s() == 1.5
    run.note(1)
    run.note(1)
    assert run.quiet_s() == 2.5
