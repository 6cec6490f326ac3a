"""How simulated scopes are described, in Python and as text."""

from __future__ import annotations

from typing import Any

import pytest

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.simulated import (
    Fault,
    SimulatedScope,
    SimulatedSignal,
    scopes_from_text,
)


def test_text_describes_scopes() -> None:
    text = "variant=5444D,serial=X/1,power=usb,fifo_s=0.1,unplug_at=5e6; variant=5242D , A=counter"
    first, second = scopes_from_text(text)
    assert first == SimulatedScope(
        "5444D", "X/1", "usb", fifo_s=0.1, faults=(Fault("unplug", 5_000_000),)
    )
    assert second.variant == "5242D"
    assert second.signal("A") == SimulatedSignal("counter")
    assert second.signal("B").wave == "generator"


def test_text_describes_spans() -> None:
    text = "busy_at=10:0.5,overrun_at=20:300,over_range_at=5:1e3,paced=no,overrun_signal=stall"
    (scope,) = scopes_from_text(text)
    assert scope.faults == (
        Fault("busy", 10, duration_s=0.5),
        Fault("overrun", 20, samples=300),
        Fault("over_range", 5, samples=1000),
    )
    assert not scope.paced


def test_text_describes_an_mso_with_an_external_signal() -> None:
    (scope,) = scopes_from_text("variant=5444DMSO,EXT=square")
    assert scope.model.has_ports
    assert scope.signal("EXT") == SimulatedSignal("square")
    assert SimulatedScope().signal("EXT").wave == "dc"
    assert not SimulatedScope().model.has_ports


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "variant=5444D"),
        ("wheels=4", "use variant, serial, power, fifo_s"),
        ("wheels=4", "unplug_at"),
        ("fifo_s=long", "'long' is no value for 'fifo_s' of a simulated scope; write a number"),
        ("paced=0", "'0' is no value for 'paced' of a simulated scope; write yes or no"),
        ("seed=1.5", "write a whole number"),
        ("seed=1,seed=1", "has seed once; it is told twice"),
        ("serial=X;serial=X", "give each its own"),
        ("stall_at=5:1", "write stall_at=SAMPLE"),
        ("unplug_at=5:", "write unplug_at=SAMPLE"),
        ("loss_s=one", "write seconds, one number or two"),
        ("overrun_at=5", "write overrun_at=SAMPLE:SAMPLES"),
        ("hang_at=5", "write hang_at=SAMPLE:SECONDS"),
        ("stall_at=1e999", "write stall_at=SAMPLE"),
        ("unplug_at=arm", "write unplug_at=SAMPLE or run_block:RUN:NUMBER or armed:RUN:NUMBER"),
        ("unplug_at=armed:2:3:4", "'armed:2:3:4' is no value"),
        ("never_ready_at=5", "must be run_block, armed, get_values, not '5'"),
        ("overrun_at=armed", "never_ready, fewer_samples, not 'overrun'"),
        ("power=steam", "mains, usb, usb2, not 'steam'"),
        ("A=banana", "use one of sine"),
        ("EXT=events", "EXT must be one of dc, sine"),
        ("wheels=4", "A, B, C, D, EXT, unplug_at"),
        ("variant=6000", "no PicoScope '6000'"),
    ],
)
def test_text_that_is_wrong_says_what_is_allowed(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said.replace("(", "[(]")):
        scopes_from_text(text)


@pytest.mark.parametrize(
    "variant", ["5242A", "5442B", "5243D", "5443A", "5244B", "5444D", "5242DMSO", "5444DMSO"]
)
def test_models(variant: str) -> None:
    model = SimulatedScope(variant).model
    assert model.n_channels == int(variant[1])
    assert model.usb3 == ("D" in variant)
    assert (model.awg_samples == 0) == (variant[4] == "A")


@pytest.mark.parametrize("variant", ["", "5344D", "5445D", "5444C", "5444BMSO", "5444Dx", "4444D"])
def test_there_are_no_other_models(variant: str) -> None:
    with pytest.raises(ConfigurationError, match="5444D"):
        SimulatedScope(variant)


@pytest.mark.parametrize(
    "settings",
    [
        {"serial": ""},
        {"serial": "a,b"},
        {"fifo_s": 0},
        {"fifo_s": float("nan")},
        {"overrun_signal": "smoke"},
        {"seed": -1},
        {"max_rate_hz": 0},
        {"signals": {"E": SimulatedSignal()}},
        {"signals": {"PORT0": SimulatedSignal()}},
        {"signals": {"EXT": SimulatedSignal("sinc")}},
    ],
)
def test_impossible_scopes(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        SimulatedScope(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"wave": "arbitrary"},
        {"amplitude_v": float("inf")},
        {"noise_v": -1.0},
        {"frequency_hz": 0.0},
    ],
)
def test_impossible_signals(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        SimulatedSignal(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "fire"},
        {"kind": "unplug", "at_sample": -1},
        {"kind": "overrun"},
        {"kind": "over_range", "samples": 1, "channel": "E"},
        {"kind": "power_change", "power": "steam"},
    ],
)
def test_impossible_faults(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Fault(**settings)
