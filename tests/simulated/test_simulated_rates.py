"""Which sample intervals the simulated library takes, and what starting a stream refuses."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.simulated_client import BUSY, OK, Client

Load = Callable[..., Any]

FASTEST_NS = [
    ("5444D", "mains", 0, "A", 8),
    ("5444D", "mains", 0, "AB", 16),
    ("5444D", "mains", 0, "ABC", 24),
    ("5444D", "mains", 0, "ABCD", 32),
    ("5444D", "mains", 1, "A", 16),
    ("5444D", "mains", 1, "ABCD", 64),
    ("5444D", "mains", 2, "B", 16),
    ("5444D", "mains", 3, "AB", 32),
    ("5444D", "mains", 4, "D", 16),
    ("5444B", "mains", 0, "A", 32),
    ("5444A", "mains", 1, "AB", 128),
    ("5444D", "usb2", 0, "A", 32),
]


@pytest.mark.parametrize(("variant", "power", "resolution", "channels", "fastest_ns"), FASTEST_NS)
def test_fastest_interval(
    simulated: Load, variant: str, power: str, resolution: int, channels: str, fastest_ns: int
) -> None:
    with Client(simulated(variant=variant, power=power), resolution) as client:
        client.call("ChangePowerSource", 286)
        client.use(channels)
        client.register(channels, 100)
        assert client.run(fastest_ns - 1)[0] == 43
        assert client.run(fastest_ns) == (OK, fastest_ns)
        assert client.run(fastest_ns)[0] == BUSY


@pytest.mark.parametrize(
    ("resolution", "unit", "wanted", "actual"),
    [
        (0, 2, 1000, 1000),
        (0, 2, 1003, 1000),
        (0, 2, 1005, 1008),
        (0, 2, 12, 16),
        (1, 2, 1000, 1008),
        (1, 2, 999, 992),
        (0, 1, 8_000, 8_000),
        (0, 1, 9_999, 8_000),
        (0, 3, 1, 1),
        (1, 3, 2, 2),
        (1, 3, 1, 1),
        (0, 4, 3, 3),
        (0, 5, 34, 34),
    ],
)
def test_intervals_snap_to_the_grid_in_the_callers_unit(
    simulated: Load, resolution: int, unit: int, wanted: int, actual: int
) -> None:
    with Client(simulated(), resolution) as client:
        client.use("A")
        client.register("A", 100)
        assert client.run(wanted, unit=unit) == (OK, actual)


def test_a_slow_link_limits_the_rate(simulated: Load) -> None:
    with Client(simulated(max_rate_hz=10e6)) as client:
        client.use("AB")
        client.register("A", 100)
        assert client.run(192)[0] == 43
        assert client.run(200) == (OK, 200)


def test_what_run_streaming_refuses(simulated: Load) -> None:
    with Client(simulated(), 3) as client:
        client.register("A", 100)
        assert client.run()[0] == 289
        client.use("A")
        assert client.run(size=0)[0] == 55
        assert client.run(ratio=0)[0] == 64
        assert client.run(unit=6)[0] == 13
        assert client.run(35, unit=5)[0] == 43
        client._mode = 3
        assert client.run()[0] == 71
        client._mode = 0
        client.use("")
        assert client.run()[0] == 16
        assert client.call("RunStreaming", None, 2, 0, 0, 0, 1, 0, 100) == 22


def test_timebases_lead_every_client_to_an_interval(simulated: Load) -> None:
    with Client(simulated(), 1) as client:
        interval, most = ctypes.c_float(), ctypes.c_int32()
        arguments = (100, ctypes.byref(interval), ctypes.byref(most), 0)
        client.use("AB")
        assert client.call("GetTimebase2", 0, *arguments) == 14
        assert client.call("GetTimebase2", 2, *arguments) == OK
        assert interval.value == 4
        assert client.call("GetTimebase2", 6, *arguments) == OK
        assert interval.value == 48
