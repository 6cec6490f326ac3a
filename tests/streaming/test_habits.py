"""Every habit that real drivers may have, on real threads and into real files, all at once.

What is true is computed from the samples, each of which knows its index.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure.simulated import Fault, Habits
from tests.support.habit_recordings import HABITS, RATE_HZ, Recorded, record_all
from tests.support.made_once import made_once

#: How far a told length may be from the truth on a busy machine; no packet here is longer.
_ERROR_MS = 30.0
_SECONDS = 3.5

#: The program is away for 0.4 s, the scope remembers 0.1 s.
_AWAY: dict[str, Any] = {
    "fifo_s": 0.1,
    "faults": (Fault("hang", at_s=0.8, duration_s=0.4),),
}
_AWAY_OFTEN: dict[str, Any] = {
    "fifo_s": 0.1,
    "faults": tuple(Fault("hang", at_s=at_s, duration_s=0.3) for at_s in (0.5, 0.81, 1.15)),
}
_PATIENT: dict[str, Any] = {"fifo_s": 30.0}

_LOSSES: dict[str, dict[str, Any]] = {
    f"{kind}, {title}": {**settings, "overrun_signal": signal, "habits": Habits(**habits)}
    for kind, settings, signal, habits in (
        ("a hole", _AWAY, "flag", {}),
        ("a hole", _AWAY, "stall", {}),
        ("a hole", _AWAY, "both", {}),
        ("a hole", _AWAY, "none", {}),
        ("three holes without rest", _AWAY_OFTEN, "flag", {}),
        ("three holes without rest", _AWAY_OFTEN, "stall", {"memory_full": "newest"}),
        ("three holes without rest", _AWAY_OFTEN, "none", {}),
        ("a hole in the newest, told at once", _AWAY, "flag", {"memory_full": "newest"}),
        (
            "a hole in the newest, told at the hole",
            _AWAY,
            "stall",
            {"memory_full": "newest", "loss_told": "at_hole"},
        ),
        ("a hole in the newest", _AWAY, "none", {"memory_full": "newest"}),
        ("5 % at every call", _PATIENT, "none", {"steady_loss": 0.05}),
        ("30 % at every call", _PATIENT, "none", {"steady_loss": 0.3, "packet": "25ms"}),
        ("5 % at every call", _PATIENT, "flag", {"steady_loss": 0.05}),
        ("0.2 s now and then", _PATIENT, "none", {"loss_every_s": 2.0, "loss_s": (0.2, 0.2)}),
        ("1 to 100 ms now and then", _PATIENT, "flag", {"loss_every_s": 0.5}),
    )
    for title in [f"told by {signal}"]
}
#: A machine that is busy elsewhere may add to these: what is too little to be seen, and, before the
#: program is away for the first time or around the end, what may lie outside of the file.
_BEGIN_S = 0.45
_WITHOUT_REST = [title for title in _LOSSES if "without rest" in title]
_RESTARTS: dict[str, dict[str, Any]] = {
    f"{status} and begin {restart}": {
        **_PATIENT,
        "faults": (Fault(kind, at_s=1.0),),  # type: ignore[arg-type]
        "habits": Habits(restart=restart),  # type: ignore[arg-type]
    }
    for status, kind in ((20, "streaming_failed"), (28, "buffer_stall"), (282, "power_change"))
    for restart in ("anew", "goes_on")
}
_LIES: dict[str, dict[str, Any]] = {
    title: {**_PATIENT, "faults": (Fault(kind, at_s=1.1, samples=samples),)}  # type: ignore[arg-type]
    for title, kind, samples in (
        ("start index 0", "start_zero", 0),
        ("start index + 1", "start_shift", 1),
        ("start index - 1", "start_shift", -1),
        ("start index + 100", "start_shift", 100),
        ("count + 1", "count_shift", 1),
        ("count - 1", "count_shift", -1),
        ("the same chunk twice", "chunk_twice", 0),
        ("a chunk skipped", "chunk_skipped", 0),
    )
}
_LOSSY: dict[str, dict[str, Any]] = {
    **{
        f"a hole; {title}": {**_AWAY, "habits": Habits(**habits)}
        for title, habits in HABITS.items()
    },
    **_LOSSES,
    **_RESTARTS,
    "a chunk skipped": _LIES.pop("a chunk skipped"),
    "count - 1": _LIES.pop("count - 1"),
}
_WHOLE: dict[str, dict[str, Any]] = {
    **{title: {**_PATIENT, "habits": Habits(**habits)} for title, habits in HABITS.items()},
    "one call of 1 s": {**_PATIENT, "faults": (Fault("hang", at_s=1.0, duration_s=1.0),)},
    "nothing for 1 s": {**_PATIENT, "faults": (Fault("busy", at_s=1.0, duration_s=1.0),)},
}


_ALL = {**_LOSSY, **_LIES, **_WHOLE}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recorded]:
    return made_once(tmp_path_factory, "habits", lambda path: record_all(path, _ALL, _SECONDS))


@pytest.mark.parametrize("title", _LOSSY)
def test_what_is_missing_is_in_the_file(
    recorded: dict[str, Recorded], tell: Callable[..., None], title: str
) -> None:
    one = recorded[title]
    tell(title, one.said, one.true)
    assert one.true_lost > 0
    assert len(one.gaps)
    may_add = title in _WITHOUT_REST
    unseen = one.unseen if may_add and title.endswith("told by none") else 0
    assert [seam for seam in one.misplaced if seam.missing > unseen] == []
    # on a machine that is busy beyond that the file says that it cannot see as little
    may_be_wrong_ms = min(one.lost_accuracy_ms, one.unseen / RATE_HZ * 1e3)
    if may_add and one.reaches_an_end(_BEGIN_S):
        may_be_wrong_ms = one.lost_accuracy_ms
    error_ms = max(_ERROR_MS, may_be_wrong_ms)
    assert -error_ms - one.too_short_ms(unseen) <= one.missed_ms <= error_ms
    assert one.foreign <= 7 * len(one.truth), "less than eight samples do not spell an index"
    assert (one.report.exit_code, one.report.errors) == (3, [])


@pytest.mark.parametrize("title", _LIES)
def test_what_is_told_wrongly_is_put_right(
    recorded: dict[str, Recorded], tell: Callable[..., None], title: str
) -> None:
    one = recorded[title]
    tell(title, one.said, one.true)
    may_be_skipped = title == "start index + 1"  # if the new sample equals what lay there before
    assert one.lost == one.true_lost <= may_be_skipped
    assert one.truth == [] or (may_be_skipped and one.lost)
    assert (one.misplaced, one.foreign) == ([], 0)
    assert 1 <= len(one.gaps) <= 1 + may_be_skipped
    assert all(row["cause"].startswith(b"start index") for row in one.gaps)
    assert (one.report.exit_code, one.report.errors) == (3, [])


@pytest.mark.parametrize("title", _WHOLE)
def test_no_loss_is_told_where_there_was_none(
    recorded: dict[str, Recorded], tell: Callable[..., None], title: str
) -> None:
    one = recorded[title]
    tell(title, one.said, one.true)
    assert (one.truth, one.foreign) == ([], 0)
    assert len(one.gaps) == 0
    assert one.report.exit_code == 0
    assert one.report.samples == pytest.approx(_SECONDS * RATE_HZ, abs=RATE_HZ / 100)


def test_the_page_about_it_counts_right() -> None:
    page = (Path(__file__).parents[2] / "docs/how_it_works/time_and_loss.md").read_text()
    assert f"records {len(_ALL)} simulated scopes at once" in page
    assert f"| each of the {len(_WHOLE)} habits without a loss | no loss |" in page


@pytest.mark.long
def test_no_loss_is_told_when_all_cores_are_busy(tmp_path: Path) -> None:
    spin = [sys.executable, "-c", "while True: pass"]
    busy = [subprocess.Popen(spin) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        recordings = record_all(tmp_path, _WHOLE, 10.0)
    finally:
        for process in busy:
            process.kill()
            process.wait()
    for title, one in recordings.items():
        assert (one.truth, len(one.gaps), one.report.exit_code) == ([], 0, 0), title
