"""A small client of the driver: picosdk's wrapper, ctypes and numpy; and the proof."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.simulated.kernels.signal import expected_values

OK, BUSY = 0, 39
NS = 2
NONE, AGGREGATE, DECIMATE, AVERAGE = 0, 1, 2, 4
RANGE_2V = 7
CODES = {"A": 0, "B": 1, "C": 2, "D": 3, "PORT0": 0x80, "PORT1": 0x81}


@dataclass
class Delivery:
    """One callback; ``values``: channel -> int16, interleaved [min, max] when aggregating."""

    count: int
    start: int
    overflow: int
    trigger_at: int
    triggered: int
    auto_stop: int
    values: dict[str, NDArray[np.int16]]


class Client:
    """One open unit."""

    def __init__(self, library: Any, resolution: int = 0, serial: bytes | None = None) -> None:
        self.library = library
        handle = ctypes.c_int16()
        self.open_status = library.ps5000aOpenUnit(ctypes.byref(handle), serial, resolution)
        self.handle = handle.value
        self.deliveries: list[Delivery] = []
        self.inside: Any = None
        self.inside_status = -1
        self._callback = library.StreamingReadyType(self._on_data)
        self._buffers: dict[str, tuple[NDArray[np.int16], NDArray[np.int16]]] = {}
        self._mode = NONE

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.library.ps5000aCloseUnit(self.handle)

    def call(self, name: str, *arguments: Any) -> int:
        return getattr(self.library, f"ps5000a{name}")(self.handle, *arguments)

    def use(self, channels: Sequence[str], range_code: int = RANGE_2V, total: int = 4) -> None:
        """Enable these channels and ports; no other channel."""
        for index, name in enumerate("ABCD"[:total]):
            status = self.call("SetChannel", index, int(name in channels), 1, range_code, 0.0)
            assert status == OK
        for port in ("PORT0", "PORT1"):
            if port in channels:
                assert self.call("SetDigitalPort", CODES[port], 1, 9830) == OK

    def register(self, channels: Sequence[str], size: int, mode: int = NONE) -> None:
        self._mode = mode
        for name in channels:
            low, high = np.full(size, 99, np.int16), np.full(size, 99, np.int16)
            self._buffers[name] = (low, high)
            minimum = low.ctypes.data if mode == AGGREGATE else None
            arguments = (CODES[name], high.ctypes.data, minimum, size, 0, mode)
            assert self.call("SetDataBuffers", *arguments) == OK

    def run(
        self,
        interval: int = 1000,
        *,
        size: int = 10_000,
        unit: int = NS,
        pre: int = 0,
        post: int = 0,
        auto_stop: int = 0,
        ratio: int = 1,
    ) -> tuple[int, int]:
        """``RunStreaming``; status and the interval that came back."""
        wanted = ctypes.c_uint32(interval)
        status = self.call(
            "RunStreaming",
            ctypes.byref(wanted),
            unit,
            pre,
            post,
            auto_stop,
            ratio,
            self._mode,
            size,
        )
        return status, wanted.value

    def start(self, channels: Sequence[str] = "A", size: int = 10_000, **settings: Any) -> None:
        """Enable, register and run in one mode."""
        mode = settings.pop("mode", NONE)
        self.use(channels, total=settings.pop("total", 4))
        self.register(channels, size, mode)
        assert self.run(size=size, **settings)[0] == OK

    def poll(self) -> int:
        return self.call("GetStreamingLatestValues", self._callback, None)

    def poll_for(self, samples: int) -> int:
        """Poll until so many samples have come, or something else than OK or BUSY."""
        while self.received < samples:
            status = self.poll()
            if status not in (OK, BUSY):
                return status
        return OK

    def poll_until(self, status: int) -> None:
        """Poll until this status, past OK and BUSY only."""
        while (seen := self.poll()) != status:
            assert seen in (OK, BUSY)

    @property
    def received(self) -> int:
        return sum(delivery.count for delivery in self.deliveries)

    def values(self, channel: str) -> NDArray[np.int16]:
        """All that was delivered of a channel."""
        return np.concatenate([delivery.values[channel] for delivery in self.deliveries])

    def _on_data(
        self,
        handle: int,
        count: int,
        start: int,
        overflow: int,
        trigger_at: int,
        triggered: int,
        auto_stop: int,
        parameter: int | None,
    ) -> None:
        if self.inside is not None:
            self.inside_status = self.inside()
        where = slice(start, start + count)
        values = {name: self._copy(name, where) for name in self._buffers}
        self.deliveries.append(
            Delivery(count, start, overflow, trigger_at, triggered, auto_stop, values)
        )

    def _copy(self, name: str, where: slice) -> NDArray[np.int16]:
        low, high = self._buffers[name]
        if self._mode == AGGREGATE:
            return np.stack([low[where], high[where]], axis=1).reshape(-1)
        return high[where].copy()


def description(client: Client) -> dict[str, Any]:
    return json.loads(json.dumps(client.library.simulation.describe(client.handle)))


def until_the_end(client: Client) -> None:
    """Poll until the stream has stopped by itself."""
    while not (client.deliveries and client.deliveries[-1].auto_stop):
        assert client.poll() in (OK, BUSY)


def trigger_index(client: Client) -> int:
    """Index in all that was delivered: samples before the chunk plus ``triggerAt``."""
    (number,) = [n for n, delivery in enumerate(client.deliveries) if delivery.triggered]
    before = sum(delivery.count for delivery in client.deliveries[:number])
    assert client.deliveries[number].trigger_at < client.deliveries[number].count
    return before + client.deliveries[number].trigger_at


def span(values: np.ndarray) -> int:
    return int(values.max()) - int(values.min())


def assert_proven(client: Client, channels: Sequence[str]) -> None:
    """All that was delivered is what the description says, holes left out."""
    simulation = description(client)
    index = np.arange(client.received)
    for sample, missing in simulation["holes"]:
        index[index >= sample] += missing
    last = int(index[-1]) + 1
    for channel in channels:
        expected = expected_values(simulation, channel, 0, last).reshape(last, -1)
        assert np.array_equal(client.values(channel), expected[index].reshape(-1)), channel
