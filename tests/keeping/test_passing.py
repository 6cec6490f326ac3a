"""What is told of kept events and of the stream behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.config import ChannelConfig, EventRule, KeepConfig
from picostream_pymeasure.keeping import converter_step
from picostream_pymeasure.keeping.rules import pace_of
from picostream_pymeasure.records import CAUSE_BYTES, Event, Health
from tests.support.kept_memory import RATE_HZ, FedStream, MemorySink, describe

INTERVAL_S = 1 / RATE_HZ
#: At a level in volts: the signal rests at 0.
RULE = EventRule("A", "falling", -1.0, in_sigma=False, baseline_s=0.1, max_width_s=0.05)
KEEP = KeepConfig(RULE, 10 * INTERVAL_S, 10 * INTERVAL_S)
CAUSE = np.zeros(CAUSE_BYTES, np.uint8)


class ToldSink(MemorySink):
    """Also keeps what comes from Python."""

    def __init__(self, shape: tuple[int, int], dtype: str) -> None:
        super().__init__(shape, dtype)
        self.told: list[Any] = []

    def update(self, health: Health) -> None:
        self.told.append(health)

    def add_event(self, event: Event) -> None:
        self.told.append(event)

    def hasten(self) -> None:
        self.told.append("hasten")


def signal(size: int, *pulses: int) -> NDArray[np.int16]:
    rows = np.zeros((2, size), np.int16)
    for begin in pulses:
        rows[0, begin : begin + 20] = -10_000
    return rows


def fed(rows: NDArray[np.int16], keep: KeepConfig = KEEP) -> tuple[FedStream, ToldSink]:
    behind = ToldSink((2, rows.shape[1]), "<i2")
    stream = FedStream(describe(keep, "AB"), behind)
    stream.feed(rows)
    return stream, behind


@pytest.mark.parametrize(("value", "bits"), [(-32767, 0b11), (-32000, 0b10), (-32768, 0b11)])
def test_what_was_clipped_at_either_end_during_an_event(value: int, bits: int) -> None:
    rows = signal(3000, 1500)
    rows[0, 1510] = value
    rows[1, 1519] = 32767
    rows[1, 1520] = rows[0, 1525] = 32767  # after it
    _, behind = fed(rows)
    assert behind.rows["over_range"].tolist() == [bits]


def test_clipped_channels_are_told_by_their_own_bits() -> None:
    rows = signal(3000, 1500)
    rows[1, 1510] = 32767
    keep = replace(KEEP, rule=replace(RULE, channel="B"))
    stream = FedStream(describe(keep, "BD"), behind := MemorySink((2, 3000), "<i2"))
    stream.feed(rows)
    assert behind.rows["over_range"].tolist() == [0b1000]


def test_the_offset_is_taken_off_a_baseline() -> None:
    rows = signal(3000, 1500)
    rows[0] += 3000
    description = describe(KEEP, "AB")
    channels = (ChannelConfig("A", 5.0, offset_v=0.5), ChannelConfig("B", 5.0))
    description = replace(description, config=replace(description.config, channels=channels))
    stream = FedStream(description, behind := MemorySink((2, 3000), "<i2"))
    stream.feed(rows)
    assert behind.rows["baseline_v"].tolist() == [pytest.approx(3000 / 32767 * 5 - 0.5)]


def test_gaps_count_for_events_behind_them_alone_and_once() -> None:
    rows = signal(4000, 1490, 2000, 3000)
    behind = ToldSink((2, 4000), "<i2")
    stream = FedStream(describe(KEEP, "AB"), behind)
    stream.feed(rows[:, :1500])
    stream.gap(0, 1500, 100, CAUSE)  # while the first event lasts, which began before
    stream.feed(rows[:, 1500:2500])
    stream.gap(0, 1500, 70, CAUSE)  # settled
    stream.gap(1, 2500, 30, CAUSE)
    stream.feed(rows[:, 2500:])
    times = behind.rows["time_s"] / INTERVAL_S
    assert times.tolist() == pytest.approx([1490, 2100, 3100])


def test_the_totals_are_told_while_it_runs() -> None:
    _, behind = fed(signal(3000, 1500, 1900))
    assert behind.own["totals"][0, :4].tolist() == [3000, 2, 2, 0]


def test_bins_that_could_not_be_written_are_sent_again() -> None:
    rows = np.ascontiguousarray(signal(3000))
    stream = FedStream(describe(KEEP, "AB"), behind := MemorySink((2, 3000), "<i2"))
    stream.feed(rows[:, :1000])
    behind.own["refused"] = 7
    with pytest.raises(AssertionError, match="7"):
        stream.feed(rows[:, 1000:2000])
    behind.own["refused"] = 0
    stream.end()
    assert behind.own["totals"][0, 4:7].tolist() == [256, 8, 3]


def test_marks_and_health_are_passed_on() -> None:
    stream, behind = fed(signal(1200))
    event, health = Event(7, 0.1, "mark", 1.0), Health(received=5)
    stream.sink.add_event(event)
    stream.sink.update(health)
    stream.sink.hasten()
    assert behind.told == [event, health, "hasten"]


def test_the_window_before_is_there_whole_however_long_it_is() -> None:
    """Longer than what is taken at once: the ring has room for it and what follows."""
    window = 300_000
    rows = np.zeros((2, 4 * window), np.int16)
    for number in range(4):
        rows[:, number * window : (number + 1) * window] = 50 * number
    rows[0, window + 1000 :: window] = -20_000
    rule = replace(RULE, baseline_s=window / RATE_HZ)
    _, behind = fed(rows, KeepConfig(rule, 0, 0))
    levels = behind.rows["baseline_v"] * 32767 / 5
    assert levels.tolist() == pytest.approx([0, 50, 100])


def test_an_event_is_there_whole_however_long_it_is() -> None:
    """Longer than what is taken at once, too."""
    begin, end = 100_000, 400_000
    rows = np.zeros((2, 800_000), np.int16)
    rows[0, begin:end] = -20_000
    rows[1] = np.arange(rows.shape[1])
    rule = replace(RULE, max_width_s=(end - begin + 1) / RATE_HZ)
    _, behind = fed(rows, KeepConfig(rule, 10 * INTERVAL_S, 10 * INTERVAL_S))
    assert behind.rows["event_samples"].tolist() == [end - begin]
    np.testing.assert_array_equal(behind.counts, rows[:, begin - 10 : end + 10])


def test_a_pace_is_counted_in_samples() -> None:
    pace = pace_of(EventRule("A", hold_off_s=0.5, max_rate_hz=7.0), 1e-3)
    assert (pace["hold_off"], pace["second"], pace["most"]) == (500, 1000, 7)


@pytest.mark.parametrize(
    ("bits", "n_bytes", "step"),
    [(8, 1, 1), (8, 2, 256), (12, 2, 16), (15, 2, 2), (16, 2, 1), (None, 2, 1), (16, 1, 1)],
)
def test_a_step_of_the_converter(bits: object, n_bytes: int, step: int) -> None:
    assert converter_step(bits, n_bytes) == step


def test_noise_below_a_step_of_the_converter_is_that_of_the_step() -> None:
    rows = signal(3000, 1500)
    _, behind = fed(rows)
    step = 16 * 5 / 32767  # 12 bit
    assert behind.rows["sigma_v"].tolist() == [pytest.approx(step / np.sqrt(12))]
