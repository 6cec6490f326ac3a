"""Triggers on EXT, windows, several inputs, pulse widths and digital inputs, as streams take them.

Where a trigger must be follows from the simulated samples, which are computed anew here.
"""

from __future__ import annotations

import ctypes
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.config import (
    AdvancedTriggerConfig,
    ChannelConfig,
    DigitalPortConfig,
    Direction,
    PulseWidth,
    PulseWidthKind,
    StreamConfig,
    TriggerConfig,
    TriggerDirection,
    TriggerInput,
)
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import DriverError
from picostream_pymeasure.records import Outcome
from picostream_pymeasure.simulated import SimulatedSignal
from picostream_pymeasure.simulated.kernels.signal import expected_values
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming.session import StreamSession
from picostream_pymeasure.verification import verify
from tests.support.patience import PATIENCE_S

Load = Callable[..., Any]
Volts = NDArray[np.float64]

RATE_HZ = 1e6
SAMPLES = 50_000
RANGE_V = 5.0
UPPER, LOWER = (round(level_v / RANGE_V * 32767) for level_v in (1.5, 1.0))
SIGNALS = {
    "A": SimulatedSignal("sine", amplitude_v=2.0, frequency_hz=100.0, noise_v=0.0),
    "B": SimulatedSignal("square", amplitude_v=1.0, frequency_hz=30.0, noise_v=0.0),
    "EXT": SimulatedSignal("square", amplitude_v=2.0, frequency_hz=20.0, noise_v=0.0),
}


class Triggered:
    """A recorded stream, and what its inputs did before and after the trigger."""

    def __init__(self, path: Path, outcome: Outcome) -> None:
        self.path, self.outcome = path, outcome
        assert outcome.simulation is not None
        assert outcome.trigger_sample is not None
        self.at = outcome.first_stream_sample + outcome.trigger_sample

    def counts(self, row: str, first: int, count: int) -> NDArray[np.int16]:
        assert self.outcome.simulation is not None
        return expected_values(self.outcome.simulation, row, first, count)

    def volts(self, row: str) -> Volts:
        """An input from the start of the stream to the sample of the trigger."""
        return self.counts(row, 0, self.at + 1) * (RANGE_V / 32767)


@pytest.fixture
def library(simulated: Load) -> Any:
    return simulated(variant="5444DMSO", signals=SIGNALS)


@pytest.fixture
def triggered(library: Any, tmp_path: Path) -> Callable[..., Triggered]:
    def record(trigger: TriggerConfig | AdvancedTriggerConfig, **settings: Any) -> Triggered:
        path = tmp_path / "triggered.hdf5"
        config: dict[str, Any] = {
            "channels": (ChannelConfig("A", RANGE_V), ChannelConfig("B", RANGE_V)),
            "resolution_bits": 14,
            "sample_rate_hz": RATE_HZ,
            "samples": SAMPLES,
        }
        with Unit.open(library) as unit:
            session = StreamSession(
                unit, StreamConfig(trigger=trigger, **{**config, **settings}), Recorder(path)
            )
            session.start()
            return Triggered(path, session.wait(PATIENCE_S))

    return record


def level(
    source: str, direction: Direction, upper_v: float | None = None, lower_v: float | None = None
) -> TriggerInput:
    return TriggerInput(source, direction, upper_v, lower_v)


def advanced(*inputs: TriggerInput, **settings: Any) -> AdvancedTriggerConfig:
    return AdvancedTriggerConfig(inputs, **settings)


# -- the simple trigger on EXT


def test_edge_at_ext_starts_the_recording(triggered: Callable[..., Triggered]) -> None:
    found = triggered(TriggerConfig("EXT", 1.0, TriggerDirection.FALLING, pre_trigger_s=1e-3))
    assert found.outcome.trigger_sample == pytest.approx(1e-3 * RATE_HZ, rel=0.02)
    before, after = found.counts("EXT", found.at - 1, 2)
    assert before > 32767 / 5 >= after
    assert verify(found.path).proven_samples == SAMPLES + (found.outcome.trigger_sample or 0)


# -- one input


@pytest.mark.parametrize(
    ("direction", "holds"),
    [
        (Direction.ABOVE, lambda before, at: at >= UPPER),
        (Direction.BELOW, lambda before, at: at <= UPPER),
        (Direction.RISING, lambda before, at: before <= UPPER <= at),
        (Direction.FALLING, lambda before, at: before >= UPPER >= at),
    ],
)
def test_levels(
    triggered: Callable[..., Triggered], direction: Direction, holds: Callable[[int, int], bool]
) -> None:
    found = triggered(advanced(level("A", direction, 1.5)))
    before = found.counts("A", max(found.at - 1, 0), 1)[0]
    assert holds(before, found.counts("A", found.at, 1)[0])


@pytest.mark.parametrize(
    ("direction", "holds"),
    [
        (Direction.INSIDE, lambda before, at: LOWER <= at <= UPPER),
        (Direction.OUTSIDE, lambda before, at: not LOWER < at < UPPER),
        (Direction.ENTER, lambda before, at: not LOWER < before < UPPER and LOWER <= at <= UPPER),
        (Direction.EXIT, lambda before, at: LOWER <= before <= UPPER and not LOWER < at < UPPER),
    ],
)
def test_windows(
    triggered: Callable[..., Triggered], direction: Direction, holds: Callable[[int, int], bool]
) -> None:
    found = triggered(advanced(level("A", direction, 1.5, 1.0)))
    before = found.counts("A", max(found.at - 1, 0), 1)[0]
    assert holds(before, found.counts("A", found.at, 1)[0])


def test_offset_of_the_channel_moves_the_level(triggered: Callable[..., Triggered]) -> None:
    channel = ChannelConfig("A", RANGE_V, offset_v=-1.0)
    found = triggered(advanced(level("A", Direction.RISING, 1.5)), channels=(channel,))
    before, after = found.volts("A")[-2:] - channel.offset_v
    assert before < 1.5 <= after + 1e-3


def test_hysteresis_must_be_left_before_a_level_counts(
    triggered: Callable[..., Triggered],
) -> None:
    narrow = TriggerInput("A", Direction.RISING, 0.5, hysteresis_v=0.1)
    wide = TriggerInput("A", Direction.RISING, 0.5, hysteresis_v=1.5)
    first = triggered(advanced(narrow))
    first.path.unlink()
    second = triggered(advanced(wide))
    assert first.at < second.at
    assert second.volts("A").min() <= -1.0


# -- several inputs


def test_all_inputs_must_hold_at_once(triggered: Callable[..., Triggered]) -> None:
    found = triggered(advanced(level("A", Direction.RISING, 1.0), level("B", Direction.BELOW, 0.0)))
    a, b = found.volts("A"), found.volts("B")
    edges = 1 + np.flatnonzero((a[:-1] < 1.0) & (a[1:] >= 1.0))
    assert edges[-1] == pytest.approx(found.at, abs=1)
    assert b[-1] < 0
    assert (b[edges[:-1]] > 0).all()
    assert len(edges) > 1


def test_ext_can_be_one_of_the_inputs(triggered: Callable[..., Triggered]) -> None:
    found = triggered(
        advanced(level("A", Direction.RISING, 1.0), level("EXT", Direction.BELOW, 0.0))
    )
    assert found.counts("EXT", found.at, 1)[0] < 0


# -- pulse widths


@pytest.mark.parametrize(
    ("kind", "lower_s", "upper_s", "triggers"),
    [
        (PulseWidthKind.GREATER_THAN, 15e-3, None, True),
        (PulseWidthKind.GREATER_THAN, 20e-3, None, False),
        (PulseWidthKind.LESS_THAN, 20e-3, None, True),
        (PulseWidthKind.LESS_THAN, 15e-3, None, False),
        (PulseWidthKind.IN_RANGE, 15e-3, 20e-3, True),
        (PulseWidthKind.OUT_OF_RANGE, 15e-3, 20e-3, False),
    ],
)
def test_pulse_of_one_sixtieth_of_a_second(
    triggered: Callable[..., Triggered],
    kind: PulseWidthKind,
    lower_s: float,
    upper_s: float | None,
    triggers: bool,
) -> None:
    width = PulseWidth("B", Direction.RISING, kind, lower_s, upper_s)
    falling = level("B", Direction.FALLING, 0.0)
    found = triggered(advanced(falling, pulse_width=width, auto_trigger_s=0.2), samples=1000)
    volts = found.volts("B")
    if triggers:
        assert found.at < 0.1 * RATE_HZ
        assert volts[-2] >= 0 > volts[-1]
    else:
        assert found.at == pytest.approx(0.2 * RATE_HZ, rel=0.02)


def test_pulse_is_measured_at_the_actual_interval(
    library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    width = PulseWidth("A", Direction.RISING, PulseWidthKind.GREATER_THAN, 1e-3)
    trigger = advanced(level("A", Direction.FALLING, 0.0), pulse_width=width)
    # 60 ns lie between two steps of the scope's clock
    config = StreamConfig((ChannelConfig("A"),), sample_rate_hz=1e9 / 60, trigger=trigger)
    buffers = np.zeros((1, 4096), np.int16)
    set_limits, limits = library.ps5000aSetPulseWidthQualifierProperties, []

    def note(handle: int, lower: int, upper: int, kind: int) -> int:
        limits.append(lower)
        return int(set_limits(handle, lower, upper, kind))

    monkeypatch.setattr(library, "ps5000aSetPulseWidthQualifierProperties", note)
    with Unit.open(library) as unit:
        unit.configure(config)
        unit.register_buffers(config.channels[0], config.downsample_mode, buffers)
        interval_ns = unit.run_streaming(config, 4096)
        unit.stop()
        unit.release_all_buffers()
    assert interval_ns != 60
    assert limits == [0, round(1e6 / 60), round(1e6 / interval_ns)]


# -- digital inputs

PORTS = (DigitalPortConfig("PORT0"), DigitalPortConfig("PORT1"))


@pytest.mark.parametrize(
    ("names", "direction"),
    [
        (["D3"], Direction.RISING),
        (["D9"], Direction.FALLING),
        (["D5", "D1"], Direction.HIGH),
        (["D0", "D7", "D12"], Direction.LOW),
    ],
)
def test_digital_inputs(
    triggered: Callable[..., Triggered], names: list[str], direction: Direction
) -> None:
    found = triggered(advanced(*(level(name, direction) for name in names)), digital_ports=PORTS)
    ports = [found.counts(port.name, 0, found.at + 1) for port in PORTS]
    word = ports[0].astype(int) | ports[1].astype(int) << 8
    bits = [word >> int(name[1:]) & 1 for name in names]
    if direction is Direction.RISING:
        holds = np.diff(bits[0], prepend=bits[0][0]) == 1
    elif direction is Direction.FALLING:
        holds = np.diff(bits[0], prepend=bits[0][0]) == -1
    else:
        wanted = int(direction is Direction.HIGH)
        holds = np.all([bit == wanted for bit in bits], axis=0)
    assert holds[-1]
    assert not holds[:-1].any()
    assert verify(found.path).proven_samples == SAMPLES


def test_digital_input_beside_an_analogue_one(triggered: Callable[..., Triggered]) -> None:
    both = advanced(level("A", Direction.ABOVE, 1.9), level("D2", Direction.HIGH))
    found = triggered(both, digital_ports=PORTS)
    assert found.volts("A")[-1] >= 1.9 - 1e-3
    assert found.counts("PORT0", found.at, 1)[0] & 4


def test_pulse_of_a_digital_input(triggered: Callable[..., Triggered]) -> None:
    width = PulseWidth("D13", Direction.RISING, PulseWidthKind.IN_RANGE, 8e-3, 9e-3)
    falling = level("D13", Direction.FALLING)
    found = triggered(advanced(falling, pulse_width=width), digital_ports=PORTS)
    assert found.counts("PORT1", found.at - 1, 1)[0] & 32
    assert not found.counts("PORT1", found.at, 1)[0] & 32


# -- around it


def test_auto_trigger_goes_on_without_the_input(triggered: Callable[..., Triggered]) -> None:
    never = advanced(level("A", Direction.ABOVE, 4.5), auto_trigger_s=0.05, pre_trigger_s=0.01)
    found = triggered(never)
    assert found.at == pytest.approx(0.05 * RATE_HZ, rel=0.05)
    assert found.outcome.trigger_sample == pytest.approx(0.01 * RATE_HZ, rel=0.02)
    assert verify(found.path).proven_samples == SAMPLES + (found.outcome.trigger_sample or 0)


@pytest.mark.parametrize(
    "trigger",
    [None, TriggerConfig("A", 4.5, auto_trigger_s=0.05)],
    ids=["none", "simple"],
)
def test_next_stream_knows_nothing_of_the_trigger_before(
    library: Any, trigger: TriggerConfig | None
) -> None:
    enabled = [ctypes.c_int16(-1), ctypes.c_int16(-1)]
    width = PulseWidth("A", Direction.RISING, PulseWidthKind.GREATER_THAN, 1e-3)
    inputs = (level("A", Direction.FALLING, 0.0), level("D1", Direction.HIGH))
    with Unit.open(library) as unit:
        for wanted in (AdvancedTriggerConfig(inputs, width), trigger):
            unit.configure(StreamConfig(digital_ports=PORTS, trigger=wanted))
            unit.call("ps5000aIsTriggerOrPulseWidthQualifierEnabled", *map(ctypes.byref, enabled))
            found = [bool(flag.value) for flag in enabled]
            is_advanced = isinstance(wanted, AdvancedTriggerConfig)
            assert found == [wanted is not None, is_advanced]


def test_file_names_the_trigger(triggered: Callable[..., Triggered]) -> None:
    width = PulseWidth("A", Direction.RISING, PulseWidthKind.GREATER_THAN, 1e-3)
    found = triggered(advanced(level("A", Direction.FALLING, 0.5), pulse_width=width))
    with h5py.File(found.path) as file:
        trigger = json.loads(file.attrs["trigger"])
    assert trigger["inputs"][0]["source"] == "A"
    assert trigger["inputs"][0]["direction"] == "FALLING"
    assert trigger["inputs"][0]["upper_v"] == 0.5
    assert trigger["pulse_width"]["kind"] == "GREATER_THAN"
    assert trigger["pulse_width"]["begin"] == "RISING"


def test_refusal_of_the_driver_is_named(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "ps5000aSetTriggerChannelConditionsV2", lambda *arguments: 18)
    with (
        Unit.open(library) as unit,
        pytest.raises(DriverError, match="cannot combine") as caught,
    ):
        unit.configure(StreamConfig(trigger=advanced(level("A", Direction.RISING, 0.0))))
    assert caught.value.status_name == "INVALID_CONDITION_CHANNEL"
