"""A small client of the driver in block mode, made of picosdk's wrapper; and the proof."""

from __future__ import annotations

import ctypes
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.simulated import SimulatedSignal, expected_values

OK = 0
CODES = {"A": 0, "B": 1, "C": 2, "D": 3, "PORT0": 0x80, "PORT1": 0x81}
TRIGGER_INFO = np.dtype(
    [
        ("status", "<u4"),
        ("segment", "<u4"),
        ("trigger_index", "<u4"),
        ("time", "<i8"),
        ("time_units", "<i2"),
        ("reserved", "<i2"),
        ("counter", "<u8"),
    ]
)

FAST = {"A": SimulatedSignal(frequency_hz=1e6, noise_v=0.0)}


def unpaced(simulated: Callable[..., Any], **settings: Any) -> Any:
    """A library that does not let captures take their time."""
    return simulated(**{"paced": False, "signals": FAST, **settings})


class BlockClient:
    """One open unit with some inputs on."""

    def __init__(self, library: Any, inputs: str | tuple[str, ...] = "A", bits: int = 8) -> None:
        self.library, self.inputs = library, tuple(inputs)
        handle = ctypes.c_int16()
        resolution = (8, 12, 14, 15, 16).index(bits)
        assert library.ps5000aOpenUnit(ctypes.byref(handle), None, resolution) in (0, 282, 286)
        self.handle = handle.value
        self.told: list[int] = []
        self.inside: Any = None
        self._ready = library.BlockReadyType(self._on_ready)
        self.counts: dict[str, NDArray[np.int16]] = {}
        for name in "ABCD"[: self._n_channels()]:
            assert self.call("SetChannel", CODES[name], int(name in self.inputs), 1, 7, 0.0) == OK
        for name in self.inputs:
            if name.startswith("PORT"):
                assert self.call("SetDigitalPort", CODES[name], 1, 9830) == OK

    def _n_channels(self) -> int:
        text = ctypes.create_string_buffer(20)
        size = ctypes.c_int16()
        self.library.ps5000aGetUnitInfo(self.handle, text, 20, ctypes.byref(size), 3)
        return int(text.value[1:2])

    def __enter__(self) -> BlockClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.library.ps5000aCloseUnit(self.handle)

    def call(self, name: str, *arguments: Any) -> int:
        return getattr(self.library, f"ps5000a{name}")(self.handle, *arguments)

    def trigger(
        self, level: int = 0, direction: int = 2, auto_ms: int = 0, source: int = 0
    ) -> None:
        arguments = (1, source, level, direction, 0, auto_ms)
        assert self.call("SetSimpleTrigger", *arguments) == OK

    def divide(self, segments: int, captures: int | None = None) -> int:
        """Samples of a segment, all inputs together."""
        samples = ctypes.c_int32()
        assert self.call("MemorySegments", segments, ctypes.byref(samples)) == OK
        wanted = segments if captures is None else captures
        assert self.call("SetNoOfCaptures", wanted) == OK
        return samples.value

    def register(self, segments: int, samples: int) -> None:
        for name in self.inputs:
            self.counts[name] = np.full((1, segments, samples), 99, np.int16)
            for segment, counts in enumerate(self.counts[name][0]):
                arguments = (CODES[name], counts.ctypes.data, None, samples, segment, 0)
                assert self.call("SetDataBuffers", *arguments) == OK

    def run(
        self, pre: int, post: int, timebase: int = 4, *, segment: int = 0, callback: bool = False
    ) -> int:
        ready = self._ready if callback else None
        return self.call("RunBlock", pre, post, timebase, None, segment, ready, None)

    def ready(self) -> tuple[int, int]:
        """Status and whether it is."""
        ready = ctypes.c_int16(-1)
        return self.call("IsReady", ctypes.byref(ready)), ready.value

    def wait(self) -> int:
        """Until ready or another status than OK."""
        while (found := self.ready()) == (OK, 0):
            time.sleep(0.0002)
        return found[0]

    def made(self) -> int:
        captures = ctypes.c_uint32()
        assert self.call("GetNoOfCaptures", ctypes.byref(captures)) == OK
        return captures.value

    def get(self, count: int, segment: int = 0, *, start: int = 0, mode: int = 0) -> Any:
        """Status, samples that came, over-range bits."""
        samples, overflow = ctypes.c_uint32(count), ctypes.c_int16(-1)
        pointers = ctypes.byref(samples), ctypes.byref(overflow)
        status = self.call("GetValues", start, pointers[0], 1, mode, segment, pointers[1])
        return status, samples.value, overflow.value

    def get_bulk(self, count: int, first: int, last: int) -> Any:
        """Status, samples that came, over-range bits."""
        samples = ctypes.c_uint32(count)
        overflow = np.full(1000 + abs(last - first), -1, np.int16)
        status = self.call(
            "GetValuesBulk",
            ctypes.byref(samples),
            first,
            last,
            1,
            0,
            overflow.ctypes.data_as(ctypes.POINTER(ctypes.c_int16)),
        )
        return status, samples.value, overflow

    def infos(self, first: int, last: int) -> NDArray[np.void]:
        infos = np.zeros((last - first) % self.truth.size + 1, TRIGGER_INFO)
        assert self.call("GetTriggerInfoBulk", infos.ctypes.data, first, last) == OK
        return infos

    @property
    def truth(self) -> NDArray[np.void]:
        return self.library.simulation.captures(self.handle)

    def expected(self, name: str, first: int, count: int) -> NDArray[np.int16]:
        described = json.loads(json.dumps(self.library.simulation.describe(self.handle)))
        return expected_values(described, name, first, count)

    def assert_proven(self, samples: int, segments: range) -> None:
        """Every sample of these segments is that of its place on the scope's clock."""
        for name in self.inputs:
            for segment in segments:
                first = int(self.truth["first"][segment])
                counts = self.counts[name][0, segment, :samples]
                assert np.array_equal(counts, self.expected(name, first, samples)), (name, segment)

    def _on_ready(self, _handle: int, status: int, _parameter: int | None) -> None:
        self.told.append(status)
        if self.inside is not None:
            self.told.append(self.inside())
