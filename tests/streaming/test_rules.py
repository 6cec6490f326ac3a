"""Rules of a stream that its parts keep by themselves, by tables and on a clock of their own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import ChannelConfig, DownsampleMode, StreamConfig
from picostream_pymeasure.driver import BUFFER_STALL
from picostream_pymeasure.errors import (
    DeviceLostError,
    DriverError,
    OverrunError,
    PowerSourceError,
    StorageError,
    StreamError,
)
from picostream_pymeasure.records import (
    ABORTED,
    DISK,
    FAILED,
    FINISHED,
    LOST_SCOPE,
    STOPPED,
    TARGET,
)
from picostream_pymeasure.streaming import access, callback, polling, provision
from picostream_pymeasure.streaming.ending import Ending
from picostream_pymeasure.streaming.ledger.lag import base_lag
from picostream_pymeasure.streaming.ledger.target import wanted_samples
from picostream_pymeasure.streaming.marks import Mark, is_ripe, keep_accuracy, sample_of
from picostream_pymeasure.streaming.newest import NewestSamples
from picostream_pymeasure.streaming.preparation import _set_end
from picostream_pymeasure.streaming.producer import Producer
from picostream_pymeasure.streaming.state import SharedState
from picostream_pymeasure.streaming.totals import mark_accuracy_s
from tests.support.made_state import state_of

CONFIG = StreamConfig(
    channels=(ChannelConfig("A"),), downsample_mode=DownsampleMode.DECIMATE, downsample_ratio=4
)
S = 1_000_000_000


class RestartedUnit:
    """Answers a restart with an interval, at a time of its own."""

    def __init__(self, interval_ns: float) -> None:
        self.interval_ns = interval_ns

    def stop(self) -> None:
        pass

    def run_streaming(self, _config: Any, _buffer_samples: int) -> float:
        return self.interval_ns


@pytest.mark.parametrize(("interval_ns", "goes_on"), [(100.0, True), (400.0, False)])
def test_a_restart_goes_on_with_the_same_raw_interval_alone(
    interval_ns: float, goes_on: bool
) -> None:
    words = np.array([9 * S], np.int64)
    state = state_of(told_total=5, interval_ns=400.0, silent_ns=S, clock_address=words.ctypes.data)
    unit: Any = RestartedUnit(interval_ns)
    producer = Producer(unit, CONFIG, state, 100, lambda error: None)
    if not goes_on:
        with pytest.raises(StreamError, match="every 400 ns instead of 100 ns") as refused:
            producer._restart(BUFFER_STALL)
        assert isinstance(refused.value.__cause__, DriverError), "why it was started again"
        return
    producer._restart(BUFFER_STALL)
    assert (state["last_data_ns"], state["silent_ns"]) == (9 * S, 0)  # its time begins anew
    with pytest.raises(DriverError):  # it has not delivered since: it is not started for ever
        producer._restart(BUFFER_STALL)


@pytest.mark.parametrize("status", [283, 284])
def test_power_that_cannot_be_accepted_ends_a_stream_and_names_the_call(status: int) -> None:
    producer = Producer(SimpleNamespace(), CONFIG, state_of(told_total=5), 100, lambda error: None)  # type: ignore[arg-type]
    with pytest.raises(PowerSourceError, match="ps5000aGetStreamingLatestValues") as refused:
        producer._restart(status)
    assert refused.value.status == status


def test_a_scope_that_stops_by_itself_has_not_reached_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its autoStop is never asked for, and a target that was reached is told as such."""
    monkeypatch.setattr(polling, "poll_until", lambda *_: (polling.AUTO_STOPPED, 0))
    unit: Any = SimpleNamespace(poll_address=0, handle=1)
    producer = Producer(unit, CONFIG, state_of(), 100, lambda error: None)
    with pytest.raises(StreamError, match="ended the collection by itself"):
        producer._fetch()


@pytest.mark.parametrize(
    ("trigger_at", "told_total", "told_at_restart", "within"),
    [
        (7, 2**33, 0, 7),  # within the chunk
        (1007, 1000, 0, 7),  # since the start
        (1007, 2**32 + 1000, 0, 7),
        (3, 2**32 - 4, 0, 3),
        (2**32 - 1, 2**32 - 4, 0, 3),
        (1007, 5000, 4000, 7),  # since the start after a failure
        (1007, 2**32 + 5000, 2**32 + 4000, 7),
    ],
)
def test_the_trigger_is_found_however_drivers_count(
    trigger_at: int, told_total: int, told_at_restart: int, within: int
) -> None:
    state = state_of(told_total=told_total, told_at_restart=told_at_restart)
    assert callback._within_chunk(state.records[0], trigger_at, 500) == within


@pytest.mark.parametrize(
    ("fields", "ripe"),
    [
        ({}, True),
        ({"open_gaps": 1}, False),
        ({"suspect_since_ns": 1}, False),
        ({"more_waits": 1}, False),
        ({"before_ns": 10 * S}, False),
        ({"open_gaps": 1, "now_ns": 22 * S + 1}, True),
    ],
)
def test_a_mark_waits_for_a_settled_ledger_but_not_for_ever(
    fields: dict[str, Any], ripe: bool
) -> None:
    known = {"now_ns": 12 * S, "before_ns": 11 * S}
    state = state_of({"first": 0, "zero_is_final": 1}, **{**known, **fields})
    assert is_ripe(state, Mark(10 * S, "", 0.0)) == ripe


@pytest.mark.parametrize(
    ("time_s", "index"), [(0.5, 500), (0.9995, 999), (1.0005, 999), (1.5, None), (-0.5, 0)]
)
def test_a_mark_behind_the_last_sample_is_that_one_or_none(
    time_s: float, index: int | None
) -> None:
    state = state_of({"first": 0}, interval_ns=1e6, base_ns=0.0, accepted=1000)
    state.publish(access.ENDED, 1)
    assert sample_of(state, Mark(round(time_s * S), "", 0.0)) == index


@pytest.mark.parametrize(("pre_trigger", "index"), [(-1, 0), (0, None), (100, None)])
def test_a_mark_before_the_first_sample_is_that_one_unless_a_trigger_was_awaited(
    pre_trigger: int, index: int | None
) -> None:
    """The first polls of a busy machine are late, and so is all that is reckoned by them."""
    state = state_of({"first": 0}, interval_ns=1e6, base_ns=0.0, accepted=1000)
    state["pre_trigger"] = pre_trigger
    assert sample_of(state, Mark(-S // 2, "", 0.0)) == index


@pytest.mark.parametrize("forgotten", [0, 50])
@pytest.mark.parametrize(
    ("taken", "index"),
    [(499, 499), (500, 500), (650, 500), (800, 500), (801, 501), (900, 600), (1000, 600)],
)
def test_a_mark_within_a_gap_is_the_first_sample_behind_it(
    taken: int, index: int, forgotten: int
) -> None:
    """300 are missing before sample 500, 100 before 600, none that is known before 700."""
    state = state_of({"first": 0}, interval_ns=1e6, base_ns=5e6, accepted=1000)
    for number, (place, estimate) in enumerate([(600, 100), (700, -1), (500, 300)]):
        state.gaps["index"][number], state.gaps["estimate"][number] = place, estimate
    state["lost"] = 400 + forgotten  # before all rows that are left
    state.publish(access.GAP_COUNT, 3)
    assert sample_of(state, Mark((taken + forgotten + 5) * S // 1000, "", 0.0)) == index


def test_the_accuracy_of_the_marks_holds_for_one_before_the_first_sample() -> None:
    state = state_of({"first": 0}, interval_ns=1e6, base_ns=0.0, accepted=1000)
    keep_accuracy(state, Mark(S // 2, "", 0.0))
    assert mark_accuracy_s(state) < 0.1
    keep_accuracy(state, Mark(-S // 2, "", 0.0))
    assert mark_accuracy_s(state) == 0.5
    keep_accuracy(state, Mark(S // 2, "", 0.0))
    assert mark_accuracy_s(state) == 0.5


@pytest.mark.parametrize("ended_by", [STOPPED, FINISHED, TARGET])
def test_an_end_before_the_trigger_is_no_end_as_asked(ended_by: str) -> None:
    assert Ending().words(ended_by, "", True)[0] == ABORTED
    assert Ending().words(ended_by, "", False)[0] == ended_by


@pytest.mark.parametrize(
    ("error", "ended_by"),
    [
        (ValueError("x"), FAILED),
        (KeyboardInterrupt(), ABORTED),
        (SystemExit(), ABORTED),
    ],
)
def test_what_happened_in_the_callers_code_is_why_a_stream_stopped(
    error: BaseException, ended_by: str
) -> None:
    ending = Ending()
    ending.ask_for(error)
    ending.ask(STOPPED, "later")
    assert ending.words(STOPPED, "", False)[0] == ended_by
    assert ending.words(TARGET, "reached", False) == (TARGET, "reached")  # before it was asked


@pytest.mark.parametrize(
    ("error", "ended_by"),
    [(StorageError("x"), DISK), (DeviceLostError("x"), LOST_SCOPE), (ValueError("x"), FAILED)],
)
def test_a_failure_is_told_whatever_was_asked_for(error: Exception, ended_by: str) -> None:
    ending = Ending()
    ending.ask(FINISHED, "as planned")
    ending.fail(error)
    assert ending.words(STOPPED, "", False) == (ended_by, "x")


def test_the_first_failure_is_the_one_that_is_told() -> None:
    ending, first = Ending(), ValueError("first")
    ending.fail(first)
    ending.fail(ValueError("second"))
    assert ending.error is first


@pytest.mark.parametrize("is_told_first", [True, False])
def test_a_loss_gives_way_to_what_the_driver_failed_with(is_told_first: bool) -> None:
    ending, loss = Ending(), OverrunError("Samples were lost.")
    ending.fail(loss)
    ending.fail(StorageError("full"))
    assert ending.error is loss
    ending, why = Ending(), PowerSourceError("Channel C needs the power supply.")
    for error in (loss, why) if is_told_first else (why, loss):
        ending.fail(error)
    assert ending.error is why


def test_of_what_nobody_took_the_last_pieces_are_kept() -> None:
    state = state_of({"first": 0}, block_samples=10)
    newest = NewestSamples(state, np.arange(200).reshape(20, 1, 10))
    state.publish(access.ACCEPTED, 195)
    newest.let_go()
    assert [piece.first_sample for piece in newest.take()] == list(range(120, 200, 10))
    assert newest.take() == []


def test_no_piece_begins_before_the_file() -> None:
    state = state_of({"first": 25}, block_samples=10)
    newest = NewestSamples(state, np.arange(100).reshape(10, 1, 10))
    state.publish(access.ACCEPTED, 50)
    pieces = newest.take()
    assert [(piece.first_sample, piece.rows[0, 0]) for piece in pieces] == [
        (0, 25),
        (5, 30),
        (15, 40),
    ]


def test_a_piece_that_is_written_over_meanwhile_is_left_out() -> None:
    state = state_of({"first": 0}, block_samples=10)
    newest = NewestSamples(state, np.zeros((4, 1, 10)))
    state.publish(access.ACCEPTED, 60)
    state.publish(access.HEAD, 6)
    assert [piece.first_sample for piece in newest.take()] == [30, 40, 50]


_LOST = {"target": 100, "accepted": 40, "lost": 30, "open_lost": 5, "lost_at_trigger": 10}


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"accepted": 40}, 1 << 62),
        ({**_LOST}, 60),
        ({**_LOST, "target_counts_lost": 1}, 35),
        ({**_LOST, "target_counts_lost": 1, "lost": 80}, 0),
        ({**_LOST, "beyond": 1}, 0),  # what follows was let go, whatever is taken back
    ],
)
def test_what_a_stream_still_takes(fields: dict[str, Any], wanted: int) -> None:
    assert wanted_samples(state_of(**fields).records[0]) == wanted


@pytest.mark.parametrize(("fields", "lag_ns"), [({}, 2 * S), ({"base_ns": 5.0}, 5.0)])
def test_sampling_begins_when_the_start_has_answered_until_samples_tell(
    fields: dict[str, Any], lag_ns: float
) -> None:
    assert base_lag(state_of(run_ns=S, ran_ns=3 * S, **fields).records[0]) == lag_ns


@pytest.mark.parametrize(
    ("rate_hz", "duration_s", "limit_s"),
    [(0.0, 100, 105), (0.1, 100, 105), (0.1, 10, 13.2)],
)
def test_the_hosts_clock_ends_a_duration_when_samples_stay_away(
    rate_hz: float, duration_s: float, limit_s: float
) -> None:
    state, channels = SharedState(), (ChannelConfig("A"),)
    _set_end(state, StreamConfig(channels, sample_rate_hz=rate_hz, duration_s=duration_s))
    assert state["time_limit_ns"] == pytest.approx(limit_s * S)
    assert state["target_counts_lost"] == 1


class LostUnit:
    """Gone when it is asked what it has."""

    @property
    def has_byte_buffers(self) -> bool:
        raise DeviceLostError("It is gone.")


def test_a_scope_that_is_gone_is_not_tried_with_wider_samples() -> None:
    config = StreamConfig(channels=(ChannelConfig("A"),), resolution_bits=8)
    unit: Any = LostUnit()
    with pytest.raises(DeviceLostError):
        provision.provide_memory(unit, config)
