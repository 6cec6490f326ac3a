"""The calls that set an advanced trigger, as a client of the driver makes them."""

from __future__ import annotations

import ctypes
import struct
from typing import Any

from tests.support.simulated_client import Client, assert_proven, trigger_index, until_the_end

A, B, C, D, EXT, PORT0, PORT1, PULSE = 0, 1, 2, 3, 4, 0x80, 0x81, 0x10000000
TRUE, FALSE = 1, 2
CLEAR, ADD = 1, 2
LEVEL, WINDOW = 0, 1
ABOVE, BELOW, RISING, FALLING, EITHER = range(5)


def structures(form: str, rows: list[tuple[int, ...]]) -> Any:
    """An array as the header packs it, and its length."""
    return ctypes.create_string_buffer(b"".join(struct.pack("<" + form, *row) for row in rows))


def conditions(client: Client, *rows: tuple[int, int], info: int = ADD, name: str = "") -> int:
    function = name or "SetTriggerChannelConditionsV2"
    return client.call(function, structures("ii", list(rows)), len(rows), info)


def directions(client: Client, *rows: tuple[int, int, int], name: str = "") -> int:
    function = name or "SetTriggerChannelDirectionsV2"
    return client.call(function, structures("iii", list(rows)), len(rows))


def thresholds(client: Client, *rows: tuple[int, int, int, int, int]) -> int:
    """Upper level, its hysteresis, lower level, its hysteresis, source."""
    arguments = (structures("hHhHi", list(rows)), len(rows), 0)
    return client.call("SetTriggerChannelPropertiesV2", *arguments)


def digital(client: Client, *rows: tuple[int, int], name: str = "") -> int:
    function = name or "SetTriggerDigitalPortProperties"
    return client.call(function, structures("ii", list(rows)), len(rows))


def run(client: Client, inputs: Any, **settings: Any) -> int:
    """Stream until 200 samples after the trigger; its index."""
    settings.setdefault("size", 777)
    client.start(inputs, post=200, auto_stop=1, **settings)
    until_the_end(client)
    assert_proven(client, inputs)
    return trigger_index(client)
