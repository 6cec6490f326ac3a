"""Buffers of one byte a sample, which the vendor's own client streams 8 bits through."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.simulated.kernels.signal import expected_values
from tests.support.simulated_client import (
    AGGREGATE,
    AVERAGE,
    DECIMATE,
    NONE,
    OK,
    Client,
    description,
)

Load = Callable[..., Any]


class UnscaledClient(Client):
    """Registers int8 buffers through the library itself, as picosdk does not bind the call."""

    def register(self, channels: Any, size: int, mode: int = NONE) -> None:
        self._mode = mode
        for name in channels:
            low, high = np.full(size, 99, np.int8), np.full(size, 99, np.int8)
            self._buffers[name] = (low, high)  # type: ignore[assignment]
            assert self.set_unscaled(name, high, low if mode == AGGREGATE else None, mode) == OK

    def set_unscaled(self, name: str, high: Any, low: Any, mode: int) -> int:
        code = {"A": 0, "B": 1, "PORT0": 0x80, "PORT1": 0x81}[name]
        minimum = None if low is None else low.ctypes.data
        maximum, size = (None, 0) if high is None else (high.ctypes.data, high.size)
        call = self.library._clib.ps5000aSetUnscaledDataBuffers
        return call(self.handle, code, maximum, minimum, size, 0, mode)


@pytest.mark.parametrize(("mode", "ratio"), [(NONE, 1), (DECIMATE, 7), (AGGREGATE, 1000)])
def test_samples_are_those_of_wide_buffers_without_the_low_byte(
    simulated: Load, mode: int, ratio: int
) -> None:
    with UnscaledClient(simulated(variant="5444DMSO", paced=False)) as client:
        inputs = ("A", "B", "PORT0", "PORT1")
        client.start(inputs, size=70_001, mode=mode, ratio=ratio)
        client.poll_for(100_000)
        for name in inputs:
            values = client.values(name)
            assert values.dtype == np.int8
            expected = expected_values(description(client), name, 0, client.received)
            narrow = expected if name.startswith("PORT") else expected >> 8
            assert np.array_equal(values, narrow.astype(np.int8)), name


def test_full_scale_is_127(simulated: Load) -> None:
    from picostream_pymeasure.simulated import Fault

    faults = (Fault("over_range", 0, samples=10),)
    with UnscaledClient(simulated(paced=False, faults=faults)) as client:
        client.start("A", size=100)
        client.poll()
        assert set(client.values("A")[:10]) == {127}
        maximum = ctypes.c_int16()
        assert client.call("MaximumValue", ctypes.byref(maximum)) == OK
        assert maximum.value == 32512


def test_what_is_refused(simulated: Load) -> None:
    buffer = np.zeros(100, np.int8)
    with UnscaledClient(simulated(paced=False)) as client:
        assert client.set_unscaled("A", buffer, None, AVERAGE) == 71
        assert client.set_unscaled("A", buffer, None, AGGREGATE) == 22
        assert client.set_unscaled("A", buffer, None, NONE) == OK
        client.use("A")
        assert client.call("SetDeviceResolution", 1) == OK
        assert client.set_unscaled("A", buffer, None, NONE) == 288
        assert client.run()[0] == 288
        assert client.call("SetDeviceResolution", 0) == OK
        assert client.run()[0] == OK
    with UnscaledClient(simulated(paced=False), 1) as client:
        assert client.set_unscaled("A", buffer, None, NONE) == 288
