"""Triggers of the simulated library from conditions, directions and thresholds."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.simulated import Fault, SimulatedSignal
from picostream_pymeasure.simulated.kernels.signal import expected_values
from tests.support.simulated_client import OK, Client, assert_proven, description, trigger_index
from tests.support.simulated_conditions import (
    ABOVE,
    ADD,
    CLEAR,
    EXT,
    FALLING,
    FALSE,
    LEVEL,
    PORT0,
    PORT1,
    PULSE,
    RISING,
    TRUE,
    WINDOW,
    A,
    B,
    C,
    conditions,
    digital,
    directions,
    run,
    thresholds,
)

Load = Callable[..., Any]
SIGNALS = {
    "A": SimulatedSignal("sine", frequency_hz=170.0, noise_v=0.02),
    "B": SimulatedSignal("triangle", frequency_hz=410.0, noise_v=0.0),
    "C": SimulatedSignal("square", frequency_hz=100.0, noise_v=0.0),
    "EXT": SimulatedSignal("sine", frequency_hz=90.0, amplitude_v=3.0),
}


def truths(
    values: Any, direction: int, mode: int, upper: int, lower: int, hysteresis: int
) -> Iterator[bool]:
    """The plain and slow formula, sample by sample."""
    was_far = was_deep = False
    level = lower if direction > 4 else upper
    for value in values.astype(int).tolist():
        if mode == WINDOW:
            inside, outside = lower <= value <= upper, not lower <= value <= upper
            deep = lower + hysteresis <= value <= upper - hysteresis
            far = not lower - hysteresis <= value <= upper + hysteresis
        else:
            inside, outside = value >= level, value <= level
            deep, far = value > level + hysteresis, value < level - hysteresis
        entered, left = was_far and inside, was_deep and outside
        was_far, was_deep = (was_far and not entered) or far, (was_deep and not left) or deep
        yield (inside, outside, entered, left, entered or left)[direction % 5]


DIRECTIONS = [(LEVEL, direction) for direction in range(9)]
DIRECTIONS += [(WINDOW, direction) for direction in range(5)]


@pytest.mark.parametrize(("mode", "direction"), DIRECTIONS)
@pytest.mark.parametrize("hysteresis", [0, 700])
def test_every_direction(simulated: Load, direction: int, mode: int, hysteresis: int) -> None:
    upper, lower = 9000, 4000
    with Client(simulated(paced=False, signals=SIGNALS)) as client:
        assert thresholds(client, (upper, hysteresis, lower, hysteresis, A)) == OK
        assert conditions(client, (A, TRUE), info=CLEAR | ADD) == OK
        assert directions(client, (A, direction, mode)) == OK
        at = run(client, "A", pre=2500)
        values = expected_values(description(client), "A", 0, 20_000)
        found = list(truths(values, direction, mode, upper, lower, hysteresis))
        assert at == found.index(True, 2500)


def test_all_conditions_of_a_call_must_hold(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=SIGNALS)) as client:
        thresholds(client, (8000, 300, 0, 0, A), (4000, 300, 0, 0, B), (0, 0, 0, 0, C))
        assert conditions(client, (A, TRUE), (B, TRUE), (C, FALSE)) == OK
        directions(client, (A, ABOVE, LEVEL), (B, RISING, LEVEL), (C, ABOVE, LEVEL))
        at = run(client, "ABC", pre=100)
        a, b, c = (expected_values(description(client), x, 0, 50_000) for x in "ABC")
        rising = list(truths(b, RISING, LEVEL, 4000, 0, 300))
        together = (a >= 8000) & np.array(rising) & ~(c >= 0)
        assert at == together[100:].argmax() + 100
        assert at > np.array(rising)[100:].argmax() + 100


def test_one_call_of_several_is_enough(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=SIGNALS)) as client:
        thresholds(client, (15_000, 300, 0, 0, A), (15_000, 300, 0, 0, B))
        directions(client, (A, RISING, LEVEL), (B, RISING, LEVEL))
        for source in (A, B):
            assert conditions(client, (source, TRUE)) == OK
        at = run(client, "AB")
        a, b = (expected_values(description(client), x, 0, 5000) for x in "AB")
        firsts = [list(truths(x, RISING, LEVEL, 15_000, 0, 300)).index(True) for x in (a, b)]
        assert at == min(firsts)


def test_conditions_that_do_not_matter(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=SIGNALS)) as client:
        assert conditions(client, (A, 0), (B, 0)) == OK
        assert enabled(client) == (0, 0)


def enabled(client: Client) -> tuple[int, int]:
    flags = ctypes.c_int16(7), ctypes.c_int16(7)
    pointers = [ctypes.byref(flag) for flag in flags]
    assert client.call("IsTriggerOrPulseWidthQualifierEnabled", *pointers) == OK
    return flags[0].value, flags[1].value


def test_what_clears_what(simulated: Load) -> None:
    with Client(simulated()) as client:
        name = "SetPulseWidthQualifierConditions"
        assert enabled(client) == (0, 0)
        conditions(client, (A, TRUE), (PULSE, TRUE))
        conditions(client, (A, TRUE), name=name)
        assert enabled(client) == (1, 0)
        assert client.call("SetPulseWidthQualifierProperties", 5, 0, 1) == OK
        assert enabled(client) == (1, 1)
        client.call("SetSimpleTrigger", 1, B, 0, RISING, 0, 0)
        assert enabled(client) == (1, 0)
        conditions(client, info=CLEAR)
        assert enabled(client) == (0, 0)
        conditions(client, (A, TRUE))
        client.call("SetSimpleTrigger", 0, 0, 0, 0, 0, 0)
        assert enabled(client) == (0, 0)


def test_conditions_take_the_place_of_the_simple_trigger(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=SIGNALS)) as client:
        client.call("SetSimpleTrigger", 1, A, -32_000, ABOVE, 0, 0)
        thresholds(client, (0, 0, 0, 0, B))
        directions(client, (B, FALLING, LEVEL))
        conditions(client, (B, TRUE))
        assert run(client, "AB") == pytest.approx(0.5 / 410e-6, abs=6)


@pytest.mark.parametrize(("threshold_v", "direction"), [(1.5, RISING), (-1.0, FALLING)])
def test_the_external_input(simulated: Load, threshold_v: float, direction: int) -> None:
    """A sine of 3 V and 90 Hz; ±5 V are ±32767 counts."""
    with Client(simulated(paced=False, signals=SIGNALS)) as client:
        threshold = round(threshold_v / 5 * 32767)
        assert client.call("SetSimpleTrigger", 1, EXT, threshold, direction, 0, 0) == OK
        at = run(client, "A")
        turns = np.arcsin(threshold_v / 3) / (2 * np.pi)
        expected = turns if direction == RISING else 0.5 - turns
        assert at == pytest.approx(expected / 90e-6, abs=5)
        assert list(description(client)["channels"]) == ["A", "EXT"]


def test_the_external_input_is_flat_by_default(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.call("SetSimpleTrigger", 1, EXT, 100, RISING, 0, 0)
        client.start("A", size=100_000)
        client.poll()
        assert not client.deliveries[0].triggered


def test_the_external_input_among_conditions(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=SIGNALS)) as client:
        thresholds(client, (12_000, 500, 0, 0, EXT), (0, 300, 0, 0, B))
        directions(client, (EXT, ABOVE, LEVEL), (B, RISING, LEVEL))
        conditions(client, (EXT, TRUE), (B, TRUE))
        at = run(client, "B")
        simulation = description(client)
        high = expected_values(simulation, "EXT", 0, 20_000) >= 12_000
        rising = list(truths(expected_values(simulation, "B", 0, 20_000), RISING, 0, 0, 0, 300))
        assert at == (high & np.array(rising)).argmax()


def test_auto_trigger_in_microseconds(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=SIGNALS)) as client:
        thresholds(client, (32_000, 0, 0, 0, A))
        conditions(client, (A, TRUE))
        assert client.call("SetAutoTriggerMicroSeconds", 2500) == OK
        assert run(client, "A", pre=600) == 3100


@pytest.mark.parametrize(
    ("rows", "matches"),
    [
        ([(0, 2), (1, 1)], lambda now, before: now & 3 == 1),
        ([(3, 3)], lambda now, before: now & 8 > before & 8),
        ([(5, 4)], lambda now, before: now & 32 < before & 32),
        ([(6, 5)], lambda now, before: now & 64 != before & 64),
        ([(7, 3), (10, 2)], lambda now, before: now & 128 > before & 128 and now & 1024),
        ([(12, 4), (15, 1)], lambda now, before: now & 4096 < before & 4096 and now < 32768),
    ],
)
def test_digital_channels(
    simulated: Load, rows: list[tuple[int, int]], matches: Callable[[int, int], bool]
) -> None:
    inputs = ("A", "PORT0", "PORT1")
    with Client(simulated(variant="5444DMSO", paced=False)) as client:
        ports = sorted({PORT0 + channel // 8 for channel, _ in rows})
        assert digital(client, (14, 0), *rows) == OK
        assert conditions(client, *[(port, TRUE) for port in ports]) == OK
        at = run(client, inputs, pre=100, size=5000)
        low, high = (expected_values(description(client), p, 0, 70_000) for p in inputs[1:])
        counts = (low.astype(int) + 256 * high).tolist()
        assert at == next(i for i in range(100, 70_000) if matches(counts[i], counts[i - 1]))


def test_a_digital_channel_and_an_analogue_one(simulated: Load) -> None:
    with Client(simulated(variant="5444DMSO", paced=False, signals=SIGNALS)) as client:
        digital(client, (4, 2))
        thresholds(client, (10_000, 200, 0, 0, B))
        directions(client, (B, RISING, LEVEL))
        conditions(client, (PORT0, TRUE), (B, TRUE))
        at = run(client, ("B", "PORT0"))
        simulation = description(client)
        bit = expected_values(simulation, "PORT0", 0, 60_000) & 16 > 0
        b = expected_values(simulation, "B", 0, 60_000)
        rising = np.array(list(truths(b, RISING, LEVEL, 10_000, 0, 200)))
        assert at == (bit & rising).argmax()


def test_lost_samples_forget_the_slope(simulated: Load) -> None:
    """The signal is low before the hole and high after it: that is no edge."""
    square = {"A": SimulatedSignal("square", frequency_hz=100.0, noise_v=0.0)}
    fault = Fault("overrun", 9000, samples=2000)
    with Client(simulated(paced=False, signals=square, faults=(fault,))) as client:
        thresholds(client, (0, 100, 0, 0, A))
        directions(client, (A, RISING, LEVEL))
        conditions(client, (A, TRUE))
        client.start("A", size=1000)
        client.poll_for(20_000)
        at = trigger_index(client)
        assert at == pytest.approx(20_000 - 2000, abs=1)
        assert_proven(client, "A")


@pytest.mark.parametrize(
    ("rows", "info", "status"),
    [
        ([(A, TRUE)], 0, 300),
        ([(A, TRUE)], 4, 300),
        ([(A, 3)], ADD, 34),
        ([(A, TRUE), (A, FALSE)], ADD, 299),
        ([(5, TRUE)], ADD, 18),
        ([(6, TRUE)], ADD, 18),
        ([(PORT0, TRUE)], ADD, 18),
        ([(PULSE, TRUE)], ADD, OK),
    ],
)
def test_conditions_are_checked(
    simulated: Load, rows: list[tuple[int, int]], info: int, status: int
) -> None:
    with Client(simulated()) as client:
        assert conditions(client, *rows, info=info) == status
        assert client.call("SetTriggerChannelConditionsV2", None, 1, ADD) == 298


def test_only_so_many_alternatives(simulated: Load) -> None:
    with Client(simulated()) as client:
        for _ in range(64):
            assert conditions(client, (A, TRUE)) == OK
        assert conditions(client, (A, TRUE)) == 34
        assert conditions(client, (A, TRUE), info=CLEAR | ADD) == OK


def test_directions_and_thresholds_are_checked(simulated: Load) -> None:
    with Client(simulated(variant="5242D")) as client:
        assert directions(client, (C, RISING, LEVEL)) == 17
        assert directions(client, (A, 9, LEVEL)) == 13
        assert directions(client, (A, 5, WINDOW)) == 13
        assert directions(client, (A, 0, 2)) == 13
        assert client.call("SetTriggerChannelDirectionsV2", None, 1) == 22
        assert thresholds(client, (0, 0, 0, 0, C)) == 17
        assert thresholds(client, (0, 0, 0, 0, 5)) == 17
        assert client.call("SetTriggerChannelPropertiesV2", None, 1, 0) == 22
        assert digital(client, (0, 1)) == 275
        assert client.call("SetSimpleTrigger", 1, C, 0, RISING, 0, 0) == 16
        assert client.call("SetSimpleTrigger", 1, EXT, 0, 5, 0, 0) == 13
    with Client(simulated(variant="5242DMSO")) as client:
        assert digital(client, (16, 1)) == 276
        assert digital(client, (15, 6)) == 277
        assert client.call("SetTriggerDigitalPortProperties", None, 1) == 22
        assert client.call("SetSimpleTrigger", 1, PORT0, 0, RISING, 0, 0) == 16


def test_a_trigger_needs_its_inputs(simulated: Load) -> None:
    with Client(simulated(variant="5444DMSO")) as client:
        client.use("A")
        client.register("A", 100)
        for rows in ([(A, TRUE), (B, TRUE)], [(PORT1, TRUE)], [(PULSE, TRUE)]):
            assert conditions(client, *rows, info=CLEAR | ADD) == OK
            assert client.run()[0] == 44
        conditions(client, (A, TRUE), info=CLEAR | ADD)
        thresholds(client, (0, 0, 10, 0, A))
        directions(client, (A, ABOVE, WINDOW))
        assert client.run()[0] == 44
        directions(client, (A, ABOVE, LEVEL))
        assert client.run()[0] == OK
