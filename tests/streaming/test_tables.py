"""What single polls of a driver may say, as tables, and what the ledger makes of it.

The driver is written down poll by poll; what is true follows from the samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest

from picostream_pymeasure.config import TriggerConfig
from picostream_pymeasure.streaming import polling
from tests.support.scripted_driver import INTERVAL_NS, play
from tests.support.virtual_stream import Told

Tell = Callable[[str, object, object], None]
Script = Mapping[int, Mapping[str, int]]

_ERROR_MS = 5.0
_ALL_BITS = -1
_HOLE = {"blocks_ns": 60_000_000, "loses": 20_000}

#: A hole of 40 ms before what poll 40 hands over, and when the driver tells of it.
LATE: dict[str, Script] = {
    "at once": {40: {**_HOLE, "overflow": _ALL_BITS}},
    "one poll later": {40: _HOLE, 41: {"overflow": _ALL_BITS}},
    "two polls later": {40: _HOLE, 42: {"overflow": _ALL_BITS}},
    "ten polls later": {40: _HOLE, 50: {"overflow": _ALL_BITS}},
    "a second later": {40: _HOLE, 110: {"overflow": _ALL_BITS}},
    "with count 0": {39: {"keeps": 1, "tells": 1, "overflow": _ALL_BITS}, 40: _HOLE},
    "with count 0, a poll later": {
        40: _HOLE,
        41: {"keeps": 1, "tells": 1, "overflow": _ALL_BITS},
    },
    "by 28, two polls later": {40: _HOLE, 42: {"keeps": 1, "status": 28}},
    "by flags at three polls": {
        40: {**_HOLE, "overflow": _ALL_BITS},
        41: {"overflow": _ALL_BITS},
        43: {"overflow": _ALL_BITS},
    },
    "by flags that come a poll late, of three holes": {
        number: {**(_HOLE if number < 43 else {}), **({"overflow": _ALL_BITS} if late else {})}
        for number, late in ((40, 0), (41, 1), (42, 1), (43, 1))
    },
    "by nothing": {40: _HOLE},
}


@pytest.mark.parametrize("title", LATE)
def test_a_hole_is_told_whenever_the_driver_tells_it(tell: Tell, title: str) -> None:
    told = play(LATE[title], 3)
    tell(f"a hole told {title}", told.said, told.true)
    assert told.true_lost > 0
    for place, _ in told.truth:
        assert any(row.earliest <= place <= row.latest for row in told.rows), told.rows
    for row, later in pairwise(told.rows):  # what was told before is not told once more
        assert row.index <= later.earliest, told.rows
    assert abs(told.missed_ms()) <= _ERROR_MS


@pytest.mark.parametrize("missing", [1500, 2500, 4000])
@pytest.mark.parametrize("later", [15, 40])
def test_a_loss_that_is_shorter_than_a_delivery_and_told_late_lies_in_its_place(
    missing: int, later: int
) -> None:
    told = play({60: {"drops": missing}, 60 + later: {"overflow": _ALL_BITS}}, 3)
    [(place, lost)], [row] = told.truth, told.rows
    assert lost == missing
    assert row.earliest <= place <= row.latest


@pytest.mark.parametrize("told_at", [0, 1])
def test_what_is_lost_while_the_scope_is_started_is_not_ruled_out(tell: Tell, told_at: int) -> None:
    """It samples before the driver answers, and drops the newest: only the flag tells of it."""
    script: Script = {0: {"drops": 20_000}, 1: {}}
    script = {**script, told_at: {**script[told_at], "overflow": _ALL_BITS}}
    told = play(script, 3, started_s=0.5)
    tell(f"40 ms lost while it is started, told at poll {told_at}", told.said, told.true)
    assert [missing for _, missing in told.truth] == [20_000]
    shown_s = told.findings.smallest_visible_loss * INTERVAL_NS / 1e9
    assert abs(told.missed_ms()) / 1e3 <= max(shown_s, told.findings.lost_accuracy_s)


@pytest.mark.parametrize(("what", "missing"), [("loses", 0), ("drops", 30_000)])
def test_a_loss_that_may_lie_before_the_first_sample_is_told_as_uncertain(
    tell: Tell, what: str, missing: int
) -> None:
    """The first poll comes late: a memory that dropped its oldest samples has lost none behind."""
    told = play({0: {"blocks_ns": 300_000_000, what: 30_000, "overflow": _ALL_BITS}}, 3)
    tell(f"60 ms lost before the first poll, which {what} them", told.said, told.true)
    assert told.true_lost == missing
    assert told.rows
    assert abs(told.missed_ms()) / 1e3 <= told.findings.lost_accuracy_s


@pytest.mark.parametrize("from_end", [1, 5, 12, 20])
def test_a_loss_that_may_lie_behind_the_end_is_told_as_uncertain(tell: Tell, from_end: int) -> None:
    """What waited before the loss reaches beyond the end; the newest was dropped."""
    number = play({}, 2).polls - 1 - from_end
    told = play({number: {"blocks_ns": 300_000_000, "drops": 30_000, "overflow": _ALL_BITS}}, 2)
    tell(f"60 ms lost, told {from_end} polls before the end", told.said, told.true)
    assert told.rows
    assert abs(told.missed_ms()) / 1e3 <= told.findings.lost_accuracy_s


#: What is said though nothing is missing.
NOTHING: dict[str, tuple[Script, Mapping[str, int]]] = {
    "nothing": ({}, {}),
    "count 0 at many polls": ({n: {"keeps": 1, "tells": 1} for n in range(10, 100, 3)}, {}),
    "over-range of all channels": ({n: {"overflow": 15} for n in range(10, 100)}, {}),
    "over-range with count 0": ({40: {"keeps": 1, "tells": 1, "overflow": 15}}, {}),
    "a trigger that nobody set": ({40: {"triggered": 1, "trigger_at": 7}}, {}),
}


@pytest.mark.parametrize("title", NOTHING)
def test_what_is_no_loss_is_told_as_none(title: str) -> None:
    script, steady = NOTHING[title]
    told = play(script, 3, steady)
    assert (told.rows, told.truth, told.received) == ([], [], 1_500_000)


#: What every poll says wrongly, and whether the file has a row of it.
FOR_EVER: dict[str, Mapping[str, int]] = {
    "start index + 1": {"start": 1},
    "start index + 100": {"start": 100},
    "start index - 1": {"start": -1},
    "start index - 100": {"start": -100},
    "one sample too many": {"count": 1},
    "a hundred too many": {"count": 100},
    "at 0 again with each chunk": {"rewinds": 1},
}


@pytest.mark.parametrize("title", FOR_EVER)
def test_samples_are_taken_from_where_they_are(tell: Tell, title: str) -> None:
    told = play({}, 3, FOR_EVER[title])
    tell(f"{title}, for ever", told.said, told.true)
    assert told.truth == []
    assert told.received == 1_500_000
    assert {row.missing for row in told.rows} == {0}
    assert len(told.rows) <= 2


def test_a_start_index_that_stands_still_at_a_flat_signal_keeps_nothing_back() -> None:
    """What came looks as if it came again each time."""
    told = play({}, 3, {"rewinds": 1, "flat": 1})
    assert told.why == polling.TARGET_REACHED
    assert told.received + told.lost == pytest.approx(1_500_000, rel=0.02)
    assert told.received >= 1_400_000


#: What one poll says wrongly at a flat signal, and what is lost.
AT_FLAT: dict[str, tuple[Mapping[str, int], int]] = {
    "start index + 100": ({"start": 100}, 0),
    "start index - 100": ({"start": -100}, 0),
    "start index + 100, and a hole": ({**_HOLE, "overflow": _ALL_BITS, "start": 100}, 20_000),
}


def require_shown(number: int, says: Mapping[str, int], lost: int) -> Told:
    """The next chunk shows that a start index was wrong: it goes on as if it had been right."""
    # a chunk that counted twice would end it a poll sooner
    told = play({number: says}, 2.995, {"flat": 1})
    assert told.rows
    assert {row.cause for row in told.rows if row.estimate > 0} <= {"driver overrun"}
    assert abs(told.lost - lost) * INTERVAL_NS / 1e6 <= _ERROR_MS
    taken = int(told.state["now_ns"] - told.state["run_ns"]) // INTERVAL_NS
    assert told.received + told.lost <= taken  # no sample comes before it is taken
    return told


@pytest.mark.parametrize("title", AT_FLAT)
def test_the_next_chunk_shows_that_a_start_index_was_wrong(tell: Tell, title: str) -> None:
    says, lost = AT_FLAT[title]
    tell(f"{title}, once at a flat signal", require_shown(40, says, lost).said, lost)


def test_the_next_chunk_shows_that_the_buffer_did_not_begin_again() -> None:
    """A driver may begin at 0 again a little before its end; this one only says so."""
    place = play({50: {"start": 100}}, 3, {"flat": 1})
    position = place.rows[0].index % int(place.state["buffer_samples"])
    require_shown(50, {"start": -position}, 0)


def test_samples_that_come_again_take_nothing_back_of_a_loss() -> None:
    script = {40: {**_HOLE, "overflow": _ALL_BITS}, 100: {"start": -15_000, "count": 15_000}}
    told = play(script, 3, {"flat": 1})
    assert abs(told.lost - 20_000) * INTERVAL_NS / 1e6 <= _ERROR_MS


def test_a_chunk_wholly_outside_of_the_buffer_is_refused() -> None:
    """Behind a restart any start index may come, but one of the buffer."""
    outside = int(play({}, 0.2).state["buffer_samples"])
    told = play({39: {"keeps": 1, "status": 20}, 40: {"rewinds": 1, "start": outside}}, 3)
    assert told.why == polling.VIOLATION


#: The same before what comes after a restart, where counting begins anew.
_ANEW = {**_HOLE, "rewinds": 1, "overflow": _ALL_BITS}

TRIGGERS: dict[str, tuple[Script, int]] = {
    "in the chunk": ({40: {"triggered": 1, "trigger_at": 7}}, 7),
    "with count 0": ({40: {"keeps": 1, "tells": 1, "triggered": 1}}, 0),
    "behind a hole": ({40: {**_HOLE, "overflow": _ALL_BITS, "triggered": 1, "trigger_at": 7}}, 7),
    "at once behind a hole": ({40: {**_HOLE, "overflow": _ALL_BITS, "triggered": 1}}, 0),
    "behind a hole and a restart at once": (
        {39: {"keeps": 1, "status": 20}, 40: {**_ANEW, "triggered": 1, "trigger_at": 7}},
        7,
    ),
    "at the moment of a restart, with a hole behind it": (
        {40: {"triggered": 1, "trigger_at": 7, "status": 20}, 41: _ANEW},
        7,
    ),
}


@pytest.mark.parametrize("title", TRIGGERS)
def test_the_trigger_is_where_it_is_told(tell: Tell, title: str) -> None:
    script, within = TRIGGERS[title]
    whole = play({}, 1.5)
    told = play(script, 1, trigger=TriggerConfig("A", 0.5))
    assert told.why == polling.TARGET_REACHED
    at = int(told.state["triggered_at"])
    pause = 750_000 // (whole.polls - 1)
    assert abs(at - within - 40 * pause) <= pause + 20_000 * ("hole" in title)
    lost = told.lost - int(told.state["lost_at_trigger"])
    true_lost = sum(missing for place, missing in told.truth if place > at)
    tell(f"a trigger {title}", f"{lost} lost after it", true_lost)
    assert abs(lost - true_lost) * INTERVAL_NS / 1e6 <= _ERROR_MS
    assert told.received + lost == at + 500_000


@pytest.mark.parametrize("number", [20, 60])
def test_a_trigger_that_nobody_asked_for_is_none(tell: Tell, number: int) -> None:
    script = {40: {**_HOLE, "overflow": _ALL_BITS}, number: {"triggered": 1, "trigger_at": 5}}
    told = play(script, 3)
    tell("a trigger that nobody asked for, and a hole", told.said, told.true)
    assert told.state["triggered_at"] == -1
    assert told.true_lost > 0
    assert abs(told.missed_ms()) <= _ERROR_MS


def test_a_driver_that_stops_by_itself_is_believed(tell: Tell) -> None:
    told = play({40: {"auto_stop": 1}}, 3)
    tell("autoStop that nobody asked for", f"ended after {told.received} samples", "the same")
    assert told.why == polling.AUTO_STOPPED
    assert (told.truth, told.rows) == ([], [])
    assert told.received < 750_000
